package io.agx.market.client;

/**
 * What a client has counted since it was made.
 *
 * @param messageCount frames received
 * @param malformedCount frames that could not be understood, and were ignored
 * @param duplicateTradeCount trades that came again, and were dropped
 * @param gapCount gaps told
 * @param reconnectCount connections after the first
 * @param attemptCount attempts to connect
 * @param listenerFailureCount exceptions of listeners, caught and logged
 */
public record ClientCounters(
        long messageCount,
        long malformedCount,
        long duplicateTradeCount,
        long gapCount,
        long reconnectCount,
        long attemptCount,
        long listenerFailureCount) {}
