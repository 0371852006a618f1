package io.agx.market.core.protocol;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import java.util.regex.Pattern;

/**
 * A set of symbols: one {@code *} stands for any run of characters, also for none ({@code BTC-*}, {@code *-USDT}, {@code *}). Immutable.
 * Instruments that are defined later belong to it too.
 *
 * @param prefix what the symbol begins with, may be empty
 * @param suffix what it ends with, may be empty; the two do not overlap
 */
public record SymbolPattern(String prefix, String suffix) {
    // Before the first pattern is made.
    private static final Pattern PART = Pattern.compile("[A-Z0-9._-]*");

    /** Every symbol. */
    public static final SymbolPattern ALL = new SymbolPattern("", "");

    /** @throws IllegalArgumentException if a part has a character that no symbol has, or both are longer than a symbol */
    public SymbolPattern {
        if (!PART.matcher(prefix).matches()
                || !PART.matcher(suffix).matches()
                || prefix.length() + suffix.length() > Symbol.MAX_LENGTH) {
            throw new IllegalArgumentException("a pattern must be one * and at most " + Symbol.MAX_LENGTH
                    + " characters of A-Z 0-9 . _ -, was \"" + Texts.clip(prefix + "*" + suffix) + "\"");
        }
    }

    /** @throws IllegalArgumentException if the text is no pattern; the message says why */
    public static SymbolPattern parse(String text) {
        int star = text.indexOf('*');
        if (star < 0) {
            throw new IllegalArgumentException("a pattern must have a *, was \"" + Texts.clip(text) + "\"");
        }
        return new SymbolPattern(text.substring(0, star), text.substring(star + 1));
    }

    public boolean matches(Symbol symbol) {
        String text = symbol.value();
        return text.length() >= prefix.length() + suffix.length() && text.startsWith(prefix) && text.endsWith(suffix);
    }

    @Override
    public String toString() {
        return prefix + "*" + suffix;
    }
}
