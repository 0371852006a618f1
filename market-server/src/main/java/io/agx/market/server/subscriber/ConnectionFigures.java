package io.agx.market.server.subscriber;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection as it was at one moment. Immutable.
 *
 * @param userId whose it is; null if no valid token was shown
 * @param openedTimeMillis epoch milliseconds
 * @param rooms how many it is in
 * @param waitingMessages what waits behind the write that is under way
 * @param waitingBytes the same in bytes, before compression and framing
 * @param conflated messages that a newer value replaced while they waited
 * @param dropped messages of log rooms that were dropped, and told as gaps
 * @param messages handed to its socket
 * @param bytes of these messages, before compression and framing
 * @param rttMicros what its newest ping took to the peer and back; null until one was answered
 * @param writing whether a write waits for the peer to read
 */
public record ConnectionFigures(
        String id,
        String transport,
        Remote remote,
        @Nullable String userId,
        long openedTimeMillis,
        int rooms,
        int waitingMessages,
        long waitingBytes,
        long conflated,
        long dropped,
        long messages,
        long bytes,
        @Nullable Integer rttMicros,
        boolean writing) {

    /** By what the first of many are picked. */
    public enum Order {
        /** Most bytes first. */
        WAITING,
        /** Most first. */
        CONFLATED,
        /** Most first. */
        DROPPED,
        /** Newest first. */
        OPENED,
        /** Slowest first, unknown ones last. */
        RTT
    }

    /**
     * Some of them, and how many there are.
     *
     * @param count all that there are
     * @param connections the first of them in the order that was asked for
     */
    public record First(int count, List<ConnectionFigures> connections) {}
}
