package io.agx.market.client;

/** A command failed: the server refused it, or it could not be brought there. */
public final class MarketException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** {@link #code()} of a client that was closed, or that gave up. */
    public static final String CLOSED = "closed";

    /** {@link #code()} of a command without an answer in time. */
    public static final String TIMEOUT = "timeout";

    /** {@link #code()} of a command beyond the client's own bounds. */
    public static final String TOO_MANY = "too_many";

    private final String code;
    private final boolean temporary;

    public MarketException(String code, String message, boolean temporary) {
        super(code + ": " + message);
        this.code = code;
        this.temporary = temporary;
    }

    static MarketException closed() {
        return new MarketException(CLOSED, "the client was closed", false);
    }

    /** The server's error code ({@code PROTOCOL.md} section 10), or one of the constants here. */
    public String code() {
        return code;
    }

    /** Whether the same command may succeed later. */
    public boolean temporary() {
        return temporary;
    }
}
