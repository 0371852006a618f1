package io.agx.market.server.jetty;

/** Finds where the head of a request ends: the empty line. Not thread-safe. */
final class HeadScanner {
    private boolean begun;
    private boolean lineIsEmpty;
    private boolean ended;

    /** Takes the next byte; returns whether the head ends with it. Nothing ends twice. */
    boolean take(int octet) {
        if (ended || (!begun && (octet == '\r' || octet == '\n'))) {
            return false; // Empty lines before a request are passed over (RFC 9112 section 2.2).
        }
        begun = true;
        if (octet == '\n') {
            ended = lineIsEmpty;
            lineIsEmpty = true;
        } else if (octet != '\r') {
            lineIsEmpty = false;
        }
        return ended;
    }

    boolean hasEnded() {
        return ended;
    }
}
