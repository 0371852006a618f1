package io.agx.market.server.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that logs what a peer may have sent, in messages and in exceptions. */
public final class LogWriter {
    /** What would look like a line of the log, behind every kind of line end, and an escape sequence of a terminal. */
    static final String FORGED =
            "x\r\n2026-01-01T00:00:00.000Z ERROR [main] Forged: by a peer\r{\"level\":\"FORGED\"}\n{\"level\":\"FORGED\"}"
                    + "\u0085{\"level\":\"FORGED\"}\u2028{\"level\":\"FORGED\"}\u001b[2J\"}\\";

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private LogWriter() {}

    public static void main(String[] arguments) {
        LOG.info("plain: count={} name={}", 3, "alice");
        LOG.warn("forged: user={}", FORGED);
        IllegalStateException failure =
                new IllegalStateException(FORGED, new IllegalArgumentException("cause " + FORGED));
        failure.addSuppressed(new IllegalStateException("suppressed " + FORGED));
        LOG.error("failed: user={}", FORGED, failure);
        LOG.info("last");
    }
}
