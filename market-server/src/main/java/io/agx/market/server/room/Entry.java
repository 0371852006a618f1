package io.agx.market.server.room;

import io.agx.market.core.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * How a member enters a room: what it is given, and where its messages go on (docs/INVARIANTS.md, 3). Immutable.
 *
 * @param seq the payload, with what the member had, goes up to here
 * @param recovered whether it has, with the payload, missed nothing
 * @param payload the state or what it missed, with all fields; null if there is nothing to give
 * @param seen what it has that the room has not published yet, or null
 * @param lost trades that it missed and that nobody in memory has any more, or null
 */
public record Entry(
        long seq,
        boolean recovered,
        @Nullable Payload payload,
        @Nullable Seen seen,
        @Nullable Lost lost) {
    /** Trades {@code fromSeq} to {@code toSeq}, both lost: to be told as a {@code gap}. */
    public record Lost(long fromSeq, long toSeq) {}
}
