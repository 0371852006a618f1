package io.agx.market.server.feed;

import io.agx.market.core.model.Texts;
import java.io.IOException;
import java.nio.file.Path;

/** A trade file holds something that is no trade; the message names file, line, column, problem and value. */
public final class CsvTradeException extends IOException {
    private static final long serialVersionUID = 1;

    private final long lineNumber;
    private final String column;

    CsvTradeException(Path file, long lineNumber, String column, String problem, String value) {
        this(file, lineNumber, column, problem + ", was \"" + Texts.clip(value) + "\"");
    }

    CsvTradeException(Path file, long lineNumber, String column, String problem) {
        super(file + ", line " + lineNumber + (column.isEmpty() ? "" : ", column " + column) + ": " + problem);
        this.lineNumber = lineNumber;
        this.column = column;
    }

    /** Physical line in the file, the first (also a header) being 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** {@code time}, {@code price}, {@code qty}, {@code side} or {@code id}; empty if the line as a whole is bad. */
    public String column() {
        return column;
    }
}
