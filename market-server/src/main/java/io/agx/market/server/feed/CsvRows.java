package io.agx.market.server.feed;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.CsvColumns.Role;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data lines of a trade file, parsed one at a time into fields of this object. Empty lines are passed over. Owned by
 * one thread.
 */
final class CsvRows implements Closeable {
    private final Path file;
    private final CsvLines lines;
    private final int[] starts = new int[Role.COUNT];
    private final int[] ends = new int[Role.COUNT];
    private final CsvTime time = new CsvTime();
    private final CsvDecimal price = new CsvDecimal();
    private final CsvDecimal quantity = new CsvDecimal();
    private final OrdinalIds ids = new OrdinalIds();
    private @Nullable CsvColumns columns;
    private long ordinalId;
    private Side side = Side.UNKNOWN;

    CsvRows(Path file) throws IOException {
        this.file = file;
        this.lines = new CsvLines(file);
    }

    /**
     * Moves to the next data line without parsing it.
     *
     * @return false at the end
     * @throws CsvTradeException if the header is not usable
     */
    boolean advance() throws IOException {
        while (lines.next()) {
            if (lines.start() == lines.end()) {
                continue;
            }
            if (columns != null) {
                return true;
            }
            String first = lines.overlong() ? "" : lines.text();
            if (!CsvColumns.isHeader(first)) {
                columns = CsvColumns.WITHOUT_HEADER;
                return true;
            }
            columns = header(first);
        }
        return false;
    }

    /** Parses the line; afterwards the accessors below tell its values. */
    void parse() throws CsvTradeException {
        CsvColumns layout = columns == null ? CsvColumns.WITHOUT_HEADER : columns;
        split(layout);
        byte[] bytes = lines.buffer();
        Role role = Role.TIME;
        try {
            time.parse(bytes, start(role), end(role));
            if (!layout.has(Role.ID)) {
                ordinalId = ids.next(time.millis(), time.wholeSecond());
            }
            role = Role.PRICE;
            price.parse(bytes, start(role), end(role));
            role = Role.QTY;
            quantity.parse(bytes, start(role), end(role));
            role = Role.SIDE;
            side = layout.has(role) ? side(text(role)) : Side.UNKNOWN;
            role = Role.ID;
            if (layout.has(role)) {
                requireId();
            }
        } catch (IllegalArgumentException e) {
            throw bad(role, e);
        }
    }

    long timeMillis() {
        return time.millis();
    }

    int priceDecimals() {
        return price.decimals();
    }

    int quantityDecimals() {
        return quantity.decimals();
    }

    long price(int scale) throws CsvTradeException {
        try {
            return price.units(scale);
        } catch (IllegalArgumentException e) {
            throw bad(Role.PRICE, e);
        }
    }

    long quantity(int scale) throws CsvTradeException {
        try {
            return quantity.units(scale);
        } catch (IllegalArgumentException e) {
            throw bad(Role.QTY, e);
        }
    }

    Side side() {
        return side;
    }

    String id() {
        return columns != null && columns.has(Role.ID) ? text(Role.ID) : Long.toString(ordinalId);
    }

    long lineNumber() {
        return lines.lineNumber();
    }

    long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private CsvColumns header(String line) throws CsvTradeException {
        try {
            return CsvColumns.ofHeader(line);
        } catch (IllegalArgumentException e) {
            CsvTradeException bad =
                    new CsvTradeException(file, lines.lineNumber(), "", String.valueOf(e.getMessage()), line);
            bad.initCause(e);
            throw bad;
        }
    }

    /** Finds the fields that have a role, without the spaces around them. */
    private void split(CsvColumns layout) throws CsvTradeException {
        if (lines.overlong()) {
            throw new CsvTradeException(
                    file,
                    lines.lineNumber(),
                    "",
                    "line must be at most " + CsvLines.MAX_LINE_BYTES + " bytes",
                    lines.text());
        }
        byte[] bytes = lines.buffer();
        int column = 0;
        int from = lines.start();
        for (int i = from; i <= lines.end(); i++) {
            if (i < lines.end() && bytes[i] != ',') {
                continue;
            }
            if (column < layout.count() && layout.role(column) >= 0) {
                trim(layout.role(column), bytes, from, i);
            }
            column++;
            from = i + 1;
        }
        if (column != layout.count()) {
            String expected = layout == CsvColumns.WITHOUT_HEADER
                    ? "without a header must have the 3 columns timestamp,price,amount"
                    : "must have " + layout.count() + " columns as the header";
            throw new CsvTradeException(
                    file, lines.lineNumber(), "", "line " + expected + " but has " + column, lines.text());
        }
    }

    private void trim(int role, byte[] bytes, int from, int to) {
        int first = from;
        int end = to;
        while (first < end && bytes[first] == ' ') {
            first++;
        }
        while (end > first && bytes[end - 1] == ' ') {
            end--;
        }
        starts[role] = first;
        ends[role] = end;
    }

    private void requireId() {
        int length = end(Role.ID) - start(Role.ID);
        boolean valid = length >= 1 && length <= Trade.MAX_ID_LENGTH;
        for (int i = start(Role.ID); valid && i < end(Role.ID); i++) {
            valid = lines.buffer()[i] > ' ' && lines.buffer()[i] < 0x7f;
        }
        if (!valid) {
            throw new IllegalArgumentException("must be 1 to " + Trade.MAX_ID_LENGTH + " printable ASCII characters");
        }
    }

    private static Side side(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "buy", "b" -> Side.BUY;
            case "sell", "s" -> Side.SELL;
            case "", "unknown" -> Side.UNKNOWN;
            default -> throw new IllegalArgumentException("must be buy, sell, unknown or empty");
        };
    }

    private int start(Role role) {
        return starts[role.index];
    }

    private int end(Role role) {
        return ends[role.index];
    }

    private String text(Role role) {
        return new String(lines.buffer(), start(role), end(role) - start(role), StandardCharsets.ISO_8859_1);
    }

    private CsvTradeException bad(Role role, IllegalArgumentException cause) {
        CsvTradeException bad = new CsvTradeException(
                file, lines.lineNumber(), role.label, String.valueOf(cause.getMessage()), text(role));
        bad.initCause(cause);
        return bad;
    }
}
