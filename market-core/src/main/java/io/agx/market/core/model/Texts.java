package io.agx.market.core.model;

/** How text of a peer is quoted in an error message: short, and on one line. */
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
}
