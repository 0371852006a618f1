package io.agx.market.core.model;

/** Text of a peer: how it is quoted in an error message, short and on one line, and whether it is text at all. */
public final class Texts {
    private static final int MAX_QUOTED = 64;

    private Texts() {}

    /** The text cut to 64 characters, control characters replaced, so that a message cannot forge a log line. */
    public static String clip(String text) {
        StringBuilder clipped = new StringBuilder(Math.min(text.length(), MAX_QUOTED) + 1);
        for (int i = 0; i < text.length() && i < MAX_QUOTED; i++) {
            char c = text.charAt(i);
            clipped.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
        }
        if (text.length() > MAX_QUOTED) {
            clipped.append('…');
        }
        return clipped.toString();
    }

    /** Where the first character stands that is no text, or -1: half of a pair cannot be written in UTF-8, and a database may not take a NUL. */
    public static int notText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (paired) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}
