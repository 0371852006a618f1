package io.agx.market.server.subscriber;

import org.jspecify.annotations.Nullable;

/**
 * A connection that is gone, and why. Immutable.
 *
 * @param userId whose it was; null if no valid token was shown
 * @param openedTimeMillis epoch milliseconds
 * @param endedTimeMillis epoch milliseconds
 * @param code the close code; 1006 if the peer went without one. Where the server ended it without a Close frame, the code that says why
 * @param reason the text beside the code, may be empty
 * @param byServer whether the server ended it; else the peer or the network did
 * @param messages handed to its socket
 * @param bytes of these messages, before compression and framing
 * @param conflated messages that a newer value replaced while they waited
 * @param dropped messages of log rooms that were dropped, and told as gaps
 */
public record EndedConnection(
        String id,
        @Nullable String userId,
        String address,
        long openedTimeMillis,
        long endedTimeMillis,
        int code,
        String reason,
        boolean byServer,
        long messages,
        long bytes,
        long conflated,
        long dropped) {}
