package io.agx.market.server.feed;

/** The trade log did not take a group of trades; none of the group was kept, and nobody has seen it. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why the log refuses. */
    public enum Reason {
        /** No space left; taken on again as soon as there is some. */
        DISK_FULL,
        /** A write failed; the next group is tried anew. */
        IO_ERROR,
        /** A force to disk failed: what is durable is unknown, so nothing more is taken on until a restart. */
        LOG_FAILED,
        /** The server is stopping. */
        STOPPED
    }

    private final Reason reason;

    public LogUnavailableException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public LogUnavailableException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
