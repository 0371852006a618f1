package io.agx.market.core.protocol;

import java.util.Optional;

/** Every WebSocket close code that the server sends (RFC 6455 section 7.4), and whether a client comes back by itself. */
public enum CloseCode {
    NORMAL(1000, false, "Either side is done."),
    GOING_AWAY(1001, true, "The server goes away."),
    PROTOCOL_ERROR(1002, false, "The peer broke RFC 6455."),
    BINARY_NOT_SUPPORTED(1003, false, "A binary message came; only text is taken."),
    NOT_UTF8(1007, false, "A text message is not UTF-8."),
    POLICY_VIOLATION(1008, false, "The peer broke a rule that has no code of its own."),
    MESSAGE_TOO_BIG(1009, false, "A message is longer than the limit told in welcome."),
    SERVER_FAULT(1011, true, "The server failed."),
    SERVICE_RESTART(1012, true, "The server restarts."),
    TRY_AGAIN_LATER(1013, true, "The server is overloaded."),
    BAD_COMMANDS(4000, false, "Too many bad commands."),
    TOKEN_REFUSED(4001, false, "The token is missing, invalid or expired: come back with a new one."),
    NOT_HEARD(4002, true, "Nothing was heard from the client for too long."),
    TOO_SLOW(4003, true, "The client reads too slowly, even after conflation."),
    RATE_LIMIT(4008, true, "Too many commands: come back after the time told in the reason."),
    CONNECTION_LIMIT(4009, true, "Too many connections of this address or user: works once another is closed.");

    /** What a peer sees when the connection ends without a Close frame; never sent. */
    public static final int ABNORMAL = 1006;

    private static final int MAX_REASON_LENGTH = 123;

    private static final CloseCode[] ALL = values();

    private final int code;
    private final boolean reconnect;
    private final String sentence;

    CloseCode(int code, boolean reconnect, String sentence) {
        this.code = code;
        this.reconnect = reconnect;
        this.sentence = sentence;
    }

    /** A reason as a Close frame can hold it: at most 123 bytes (RFC 6455 section 5.5). Ours are ASCII. */
    public static String clipReason(String reason) {
        return reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH);
    }

    public int code() {
        return code;
    }

    /** Whether the client should come back by itself, with backoff. */
    public boolean reconnect() {
        return reconnect;
    }

    /** When it is sent, in one sentence. */
    public String sentence() {
        return sentence;
    }

    /** The meaning of a number, or nothing if this version does not know it. */
    public static Optional<CloseCode> ofCode(int code) {
        for (CloseCode known : ALL) {
            if (known.code == code) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a client that saw this code should come back by itself. A code that is not in the table (1006 among them) says
     * yes: backoff bounds what a wrong yes costs, nothing bounds a wrong no.
     */
    public static boolean mayReconnect(int code) {
        return ofCode(code).map(CloseCode::reconnect).orElse(true);
    }
}
