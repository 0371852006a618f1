package io.agx.market.server.transfer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line that was read: its word, and its fields one after the other. Not thread-safe. */
final class ExportFields {
    private final long lineNumber;
    private final List<String> fields = new ArrayList<>(24);
    private int next = 1;

    ExportFields(long lineNumber, String line) {
        this.lineNumber = lineNumber;
        int from = 0;
        for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
            fields.add(line.substring(from, tab));
            from = tab + 1;
        }
        fields.add(line.substring(from));
    }

    String word() {
        return fields.get(0);
    }

    long nextLong() throws ExportDamagedException {
        String field = nextField();
        try {
            return Long.parseLong(field);
        } catch (NumberFormatException e) {
            throw damaged("is no number: " + field, e);
        }
    }

    int nextInt() throws ExportDamagedException {
        long value = nextLong();
        if (value != (int) value) {
            throw damaged("is out of range: " + value, null);
        }
        return (int) value;
    }

    BigInteger nextInteger() throws ExportDamagedException {
        String field = nextField();
        try {
            return new BigInteger(field);
        } catch (NumberFormatException e) {
            throw damaged("is no number: " + field, e);
        }
    }

    boolean nextBoolean() throws ExportDamagedException {
        String field = nextField();
        if (!field.equals("0") && !field.equals("1")) {
            throw damaged("is neither 0 nor 1: " + field, null);
        }
        return field.equals("1");
    }

    String nextText() throws ExportDamagedException {
        String text = nextNullableText();
        if (text == null) {
            throw damaged("is missing", null);
        }
        return text;
    }

    @Nullable
    String nextNullableText() throws ExportDamagedException {
        String field = nextField();
        if (field.equals(ExportLine.NULL)) {
            return null;
        }
        return field.indexOf('\\') < 0 ? field : unescape(field);
    }

    /** @throws ExportDamagedException if there are more fields than were read */
    void end() throws ExportDamagedException {
        if (next != fields.size()) {
            throw new ExportDamagedException("line " + lineNumber + " has " + (fields.size() - 1) + " fields, and "
                    + (next - 1) + " are known: it is of another version, or damaged");
        }
    }

    ExportDamagedException damaged(String what, @Nullable Throwable cause) {
        String message = "line " + lineNumber + " field " + (next - 1) + " " + what;
        return cause == null ? new ExportDamagedException(message) : new ExportDamagedException(message, cause);
    }

    private String nextField() throws ExportDamagedException {
        if (next >= fields.size()) {
            next++;
            throw damaged("is missing", null);
        }
        return fields.get(next++);
    }

    private String unescape(String field) throws ExportDamagedException {
        StringBuilder text = new StringBuilder(field.length());
        int at = 0;
        while (at < field.length()) {
            char each = field.charAt(at++);
            if (each != '\\') {
                text.append(each);
                continue;
            }
            switch (at < field.length() ? field.charAt(at++) : ' ') {
                case '\\' -> text.append('\\');
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                default -> throw damaged("has an unknown escape", null);
            }
        }
        return text.toString();
    }
}
