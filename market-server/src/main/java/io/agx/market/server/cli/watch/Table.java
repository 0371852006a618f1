package io.agx.market.server.cli.watch;

import io.agx.market.server.cli.watch.Paint.Tone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text and numbers as lines that are no wider than a terminal. Numbers stand with their decimal points below one another. What does
 * not fit is left out by whole columns. Widths never shrink from one call to the next, so that a live table does not jump. Not thread-safe.
 */
final class Table {
    /** @param rank 0 for a column that is never left out; of the others, the highest goes first */
    record Column(String title, boolean number, int rank) {}

    record Cell(String text, Tone tone) {
        Cell {
            text = Printable.of(text);
        }

        static Cell of(String text) {
            return new Cell(text, Tone.PLAIN);
        }
    }

    private static final int SPACE = 2;

    private final List<Column> columns;
    private final int[] wholeWidth; // Of a text: its length.
    private final int[] fractionWidth; // With the point.

    Table(Column... columns) {
        this.columns = List.of(columns);
        this.wholeWidth = new int[columns.length];
        this.fractionWidth = new int[columns.length];
    }

    /** The title and the rows, each row with a cell for every column. */
    List<String> lines(List<List<Cell>> rows, int width, Paint paint) {
        rows.forEach(this::measure);
        boolean[] shown = choose(width);
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(line(titles(), true, shown, width, paint));
        for (List<Cell> row : rows) {
            lines.add(line(row, false, shown, width, paint));
        }
        return lines;
    }

    private void measure(List<Cell> row) {
        for (int i = 0; i < columns.size(); i++) {
            String text = row.get(i).text();
            int point = pointOf(i, text);
            wholeWidth[i] = Math.max(wholeWidth[i], point);
            fractionWidth[i] = Math.max(fractionWidth[i], text.length() - point);
        }
    }

    private int pointOf(int column, String text) {
        int point = columns.get(column).number() ? text.indexOf('.') : -1;
        return point < 0 ? text.length() : point;
    }

    private boolean[] choose(int width) {
        boolean[] shown = new boolean[columns.size()];
        Arrays.fill(shown, true);
        while (total(shown) > width) {
            int last = -1;
            for (int i = 0; i < shown.length; i++) {
                int rank = columns.get(i).rank();
                if (shown[i]
                        && rank > 0
                        && (last < 0 || rank > columns.get(last).rank())) {
                    last = i;
                }
            }
            if (last < 0) {
                break; // The line is cut.
            }
            shown[last] = false;
        }
        return shown;
    }

    private int total(boolean[] shown) {
        int total = -SPACE;
        for (int i = 0; i < shown.length; i++) {
            total += shown[i] ? SPACE + width(i) : 0;
        }
        return total;
    }

    private int width(int column) {
        return Math.max(columns.get(column).title().length(), wholeWidth[column] + fractionWidth[column]);
    }

    private List<Cell> titles() {
        return columns.stream()
                .map(column -> new Cell(column.title(), Tone.FAINT))
                .toList();
    }

    private String line(List<Cell> cells, boolean titles, boolean[] shown, int width, Paint paint) {
        StringBuilder line = new StringBuilder();
        int left = width;
        for (int i = 0; i < shown.length && left > 0; i++) {
            if (!shown[i]) {
                continue;
            }
            int space = left == width ? 0 : Math.min(SPACE, left);
            Cell cell = cells.get(i);
            String text = place(i, cell.text(), titles);
            text = text.substring(0, Math.min(text.length(), left - space));
            line.append(" ".repeat(space)).append(paint.on(cell.tone(), text));
            left -= space + text.length();
        }
        return line.toString();
    }

    private String place(int column, String text, boolean title) {
        int width = width(column);
        if (!columns.get(column).number()) {
            return text + " ".repeat(width - text.length());
        }
        int behind = title ? 0 : fractionWidth[column] - (text.length() - pointOf(column, text));
        return " ".repeat(width - text.length() - behind) + text + " ".repeat(behind);
    }
}
