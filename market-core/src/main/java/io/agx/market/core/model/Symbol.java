package io.agx.market.core.model;

import java.util.regex.Pattern;

/**
 * The name of an instrument, such as {@code BTC-USDT}. Immutable.
 *
 * <p>1 to 32 characters of {@code A-Z 0-9 . _ -}, the first a letter or digit: safe in a room name, a URL path and a
 * file name without escaping.
 *
 * @param value the name as it travels on the wire
 */
public record Symbol(String value) implements Comparable<Symbol> {
    /** Longest symbol, in characters. */
    public static final int MAX_LENGTH = 32;

    private static final Pattern FORM = Pattern.compile("[A-Z0-9][A-Z0-9._-]{0," + (MAX_LENGTH - 1) + "}");

    /** @throws IllegalArgumentException if {@code value} does not have the form above; the message names the value */
    public Symbol {
        if (!isValid(value)) {
            throw new IllegalArgumentException("symbol must be 1 to " + MAX_LENGTH
                    + " characters of A-Z 0-9 . _ - and start with a letter or digit, was \"" + Texts.clip(value)
                    + "\"");
        }
    }

    /** Whether {@code text} is a well-formed symbol; says nothing of whether such an instrument exists. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public int compareTo(Symbol other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
