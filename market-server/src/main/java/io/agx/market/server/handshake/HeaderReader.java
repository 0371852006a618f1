package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;

/**
 * Reads one line of a header that is a list of tokens and quoted strings (RFC 9110 section 5.6). It goes from left to right and looks at
 * each character once, so its time is linear in the length whatever the line holds. One thread.
 */
final class HeaderReader {
    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    private final String text;
    private int at;

    HeaderReader(String text) {
        this.text = text;
    }

    /** Whether nothing but blanks is left. */
    boolean isAtEnd() {
        skipBlanks();
        return at == text.length();
    }

    /** Takes this character if it is the next after blanks. */
    boolean take(char wanted) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    /** Takes a token of at least one character. */
    String token() throws HeaderSyntaxException {
        skipBlanks();
        int start = at;
        while (at < text.length() && isTokenCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw unexpected("a name or value");
        }
        return text.substring(start, at);
    }

    /** Takes a token, or a quoted string without its quotes and escapes: that may be empty. */
    String tokenOrQuoted() throws HeaderSyntaxException {
        if (!take('"')) {
            return token();
        }
        StringBuilder unescaped = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return unescaped.toString();
            }
            if (c == '\\' && at < text.length()) {
                c = text.charAt(at++);
            }
            unescaped.append(c);
        }
        throw unexpected("a closing quote");
    }

    /** Tells what stands where something else was wanted. */
    HeaderSyntaxException unexpected(String wanted) {
        String found = at < text.length() ? "\"" + Texts.clip(text.substring(at)) + "\"" : "the end";
        return new HeaderSyntaxException(
                ErrorCode.BAD_FIELD, wanted + " is expected at character " + (at + 1) + ", found " + found);
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_PUNCTUATION.indexOf(c) >= 0;
    }
}
