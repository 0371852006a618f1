package io.agx.market.server.transfer;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** A line in the making: a word, then fields, with a tab before each. Not thread-safe. */
final class ExportLine {
    static final String NULL = "\\N";

    private final StringBuilder text = new StringBuilder(256);

    /** Begins a line. */
    ExportLine begin(String word) {
        text.setLength(0);
        text.append(word);
        return this;
    }

    ExportLine add(long value) {
        text.append('\t').append(value);
        return this;
    }

    ExportLine add(BigInteger value) {
        text.append('\t').append(value);
        return this;
    }

    ExportLine add(boolean value) {
        text.append('\t').append(value ? '1' : '0');
        return this;
    }

    ExportLine add(@Nullable String value) {
        text.append('\t');
        if (value == null) {
            text.append(NULL);
            return this;
        }
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            switch (each) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(each);
            }
        }
        return this;
    }

    /** The line, without its end. */
    CharSequence text() {
        return text;
    }
}
