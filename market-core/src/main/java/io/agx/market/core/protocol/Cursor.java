package io.agx.market.core.protocol;

import io.agx.market.core.model.Texts;

/**
 * Where a client stands in a room: it has everything up to {@code seq} of the history named {@code epoch}. Immutable.
 *
 * @param epoch names the history, as {@code welcome} told it; 1 to 64 characters
 * @param seq 0 (nothing) or higher
 */
public record Cursor(String epoch, long seq) {
    /** Longest epoch, in characters (a UUID has 36). */
    public static final int MAX_EPOCH_LENGTH = 64;

    /** @throws ProtocolException if a value is out of its range */
    public Cursor {
        if (epoch.isEmpty() || epoch.length() > MAX_EPOCH_LENGTH) {
            throw new ProtocolException(
                    ErrorCode.BAD_FIELD,
                    "epoch",
                    "epoch must have 1 to " + MAX_EPOCH_LENGTH + " characters, was \"" + Texts.clip(epoch) + "\"");
        }
        if (seq < 0) {
            throw new ProtocolException(ErrorCode.BAD_FIELD, "seq", "seq must be 0 or higher, was " + seq);
        }
    }
}
