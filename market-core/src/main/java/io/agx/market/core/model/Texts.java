package io.agx.market.core.model;

/** Text of a peer: how it is quoted in an error message, short and on one line, and whether it is text at all. */
public final class Texts {
    private static final int MAX_QUOTED = 64;

    private Texts() {}

    /**
     * The text cut to 64 characters, no pair of them in half. Control characters and halves of pairs are replaced, so that a message
     * cannot forge a log line, and can be written in UTF-8.
     */
    public static String clip(String text) {
        int end = Math.min(text.length(), MAX_QUOTED);
        if (end < text.length() && isPair(text, end - 1)) {
            end--;
        }
        StringBuilder clipped = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                clipped.append(c).append(text.charAt(++i));
            } else {
                clipped.append(isPrintable(c) ? c : '?');
            }
        }
        if (end < text.length()) {
            clipped.append('…');
        }
        return clipped.toString();
    }

    /** Where the first character stands that is no text, or -1: half of a pair cannot be written in UTF-8, and a database may not take a NUL. */
    public static int notText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isPair(String text, int at) {
        return at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
    }

    private static boolean isPrintable(char c) {
        return !Character.isISOControl(c) && c != '\u2028' && c != '\u2029' && !Character.isSurrogate(c);
    }
}
