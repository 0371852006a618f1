package io.agx.market.core.protocol;

/**
 * What a client calls its command: a JSON string or a JSON integer, echoed by every reply with the same type. Immutable.
 *
 * @param text the string, or the digits of the integer; at most 64 characters
 * @param isInteger whether it is a JSON integer
 */
public record RequestId(String text, boolean isInteger) {
    /** Longest id, in characters. */
    public static final int MAX_LENGTH = 64;

    /** @throws ProtocolException if the text is too long */
    public RequestId {
        if (text.length() > MAX_LENGTH) {
            throw new ProtocolException(
                    ErrorCode.BAD_FIELD,
                    "id",
                    "id must have at most " + MAX_LENGTH + " characters, had " + text.length());
        }
    }

    public static RequestId of(long number) {
        return new RequestId(Long.toString(number), true);
    }

    public static RequestId of(String text) {
        return new RequestId(text, false);
    }

    @Override
    public String toString() {
        return text;
    }
}
