package io.agx.market.client;

/**
 * What a client has counted since it was made.
 *
 * @param messageCount frames received
 * @param malformedCount frames that could not be understood, and were ignored
 * @param duplicateTradeCount trades that came again, and were dropped
 * @param gapCount gaps told, of trades and of candles
 * @param filledTradeCount trades that did not come live, and were read from the server's history
 * @param conflatedCount tickers and candles that a newer value replaced before the listener had taken them
 * @param reconnectCount connections after the first
 * @param attemptCount attempts to connect
 * @param listenerFailureCount exceptions of listeners, caught and logged
 */
public record ClientCounters(
        long messageCount,
        long malformedCount,
        long duplicateTradeCount,
        long gapCount,
        long filledTradeCount,
        long conflatedCount,
        long reconnectCount,
        long attemptCount,
        long listenerFailureCount) {}
