package io.agx.market.core.protocol;

import java.util.Locale;
import java.util.Optional;

/** Every reason for which a command, a room or a REST request is refused. The code is stable; the message beside it is not. */
public enum ErrorCode {
    BAD_JSON(false, "The message is not one JSON value within the limits of depth and length."),
    BAD_REQUEST(false, "The message is JSON but no command: not an object, or without an event."),
    UNKNOWN_EVENT(false, "There is no command of this name."),
    BAD_FIELD(false, "A field is missing, has the wrong type, or is out of its range."),
    UNKNOWN_SYMBOL(false, "There is no instrument of this name."),
    UNKNOWN_ROOM(false, "There is no room of this name."),
    UNKNOWN_INTERVAL(false, "There is no kline interval of this name."),
    TOO_MANY_ROOMS(
            false,
            "The connection would be in more rooms than it may be, or the server has all the pattern rooms it may have."),
    TOO_LARGE(false, "The request has more elements or bytes than allowed."),
    NOT_SUBSCRIBED(false, "The connection is not in this room."),
    NOT_FOUND(false, "What was asked for is not there."),
    ALREADY_EXISTS(false, "What was to be made is already there."),
    RATE_LIMITED(true, "Too many commands; wait before the next."),
    NOT_AUTHENTICATED(false, "The command needs a valid token."),
    FORBIDDEN(false, "The token does not allow it."),
    TOKEN_TOO_LARGE(false, "The token has more characters than are taken."),
    TOKEN_MALFORMED(false, "The token is no signed JSON Web Token in its one canonical form."),
    TOKEN_HEADER(false, "The token's header has what is not taken: a key or its address, an extension, another type."),
    TOKEN_ALGORITHM(
            false, "The token is not signed, is encrypted, or is signed by an algorithm that the key is not for."),
    TOKEN_KEY(false, "No key of the server's is the one that the token names."),
    TOKEN_SIGNATURE(false, "The token's signature is not that of the key."),
    TOKEN_EXPIRED(false, "The token has expired."),
    TOKEN_NOT_YET_VALID(false, "The token is of a time to come."),
    TOKEN_ISSUER(false, "The token is of another issuer."),
    TOKEN_AUDIENCE(false, "The token is for another audience."),
    TOKEN_CLAIM(false, "A claim of the token is missing, has the wrong type, or is out of its range."),
    KEYS_UNAVAILABLE(true, "The keys that tokens are checked with could not be had yet."),
    BACK_PRESSURE(true, "Too much is in flight; nothing was kept, offer it again later."),
    LOG_UNAVAILABLE(true, "The trade log does not take trades now; nothing was kept."),
    STORE_BEHIND(true, "The history asked for is not stored yet or cannot be read now."),
    SHUTTING_DOWN(true, "The server is stopping; connect again."),
    INTERNAL(true, "The server failed; the fault is its own."),
    NOT_SUPPORTED(false, "The protocol has it, this server does not.");

    private static final ErrorCode[] ALL = values();

    private final String code;
    private final boolean temporary;
    private final String sentence;

    ErrorCode(boolean temporary, String sentence) {
        this.code = name().toLowerCase(Locale.ROOT);
        this.temporary = temporary;
        this.sentence = sentence;
    }

    /** The name on the wire, such as {@code bad_field}. */
    public String code() {
        return code;
    }

    /** Whether the same request may succeed later. */
    public boolean temporary() {
        return temporary;
    }

    /** What it means, in one sentence. */
    public String sentence() {
        return sentence;
    }

    /** The error of a wire name, or nothing if this version does not know it. */
    public static Optional<ErrorCode> ofCode(String code) {
        for (ErrorCode error : ALL) {
            if (error.code.equals(code)) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }
}
