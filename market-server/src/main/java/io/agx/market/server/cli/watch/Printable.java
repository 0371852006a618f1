package io.agx.market.server.cli.watch;

/** What a server sends must not be able to move a terminal's cursor. */
final class Printable {
    private Printable() {}

    /** The text with a blank in place of every control character. */
    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.codePoints()
                        .map(point -> Character.isISOControl(point) ? ' ' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
