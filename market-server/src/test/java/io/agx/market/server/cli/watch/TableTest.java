package io.agx.market.server.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.cli.watch.Paint.Tone;
import io.agx.market.server.cli.watch.Table.Cell;
import io.agx.market.server.cli.watch.Table.Column;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TableTest {
    private final Table table = new Table(
            new Column("NAME", false, 0),
            new Column("LAST", true, 0),
            new Column("N", true, 2),
            new Column("Q", true, 1));

    @Test
    void decimalPointsStandBelowOneAnother() {
        assertThat(lines(80, List.of(row("BTC", "64001.5", "7", "1"), row("SHIB", "0.00001834", "12", "-2.5"))))
                .containsExactly(
                        "NAME            LAST   N     Q", //
                        "BTC   64001.5          7   1  ",
                        "SHIB      0.00001834  12  -2.5");
    }

    @Test
    void leavesOutWholeColumnsTheHighestRankFirst() {
        List<List<Cell>> rows = List.of(row("BTC", "64001.5", "7", "1.5"));

        assertThat(table.lines(rows, 22, Paint.NONE).get(0)).isEqualTo("NAME     LAST  N    Q");
        assertThat(table.lines(rows, 20, Paint.NONE).get(0)).isEqualTo("NAME     LAST    Q");
        assertThat(table.lines(rows, 16, Paint.NONE).get(0)).isEqualTo("NAME     LAST");
        assertThat(table.lines(rows, 10, Paint.NONE)).containsExactly("NAME     L", "BTC   6400");
    }

    static Stream<Integer> widths() {
        return Stream.iterate(1, width -> width + 1).limit(60);
    }

    @ParameterizedTest
    @MethodSource("widths")
    void isNeverWiderThanTheTerminalWithOrWithoutColours(int width) {
        List<List<Cell>> rows = List.of(
                List.of(
                        Cell.of("BTC-USDT"),
                        new Cell("64001.23", Tone.UP),
                        new Cell("1", Tone.DOWN),
                        new Cell("0.25", Tone.WARNING)),
                row("A", "1", "1000000", "1"));

        List<String> plain = table.lines(rows, width, Paint.NONE);
        List<String> coloured = table.lines(rows, width, Paint.COLOURS);

        assertThat(plain).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        assertThat(coloured.stream().map(line -> line.replaceAll("\u001b\\[\\d*m", "")))
                .isEqualTo(plain);
    }

    @Test
    void aColumnDoesNotShrinkAgain() {
        lines(80, List.of(row("BTC", "64001.25", "7", "1")));

        assertThat(lines(80, List.of(row("BTC", "1", "7", "1"))).get(1)).isEqualTo("BTC       1     7  1");
    }

    private List<String> lines(int width, List<List<Cell>> rows) {
        return table.lines(rows, width, Paint.NONE);
    }

    private static List<Cell> row(String... texts) {
        return Stream.of(texts).map(Cell::of).toList();
    }
}
