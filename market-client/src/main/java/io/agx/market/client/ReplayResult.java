package io.agx.market.client;

/**
 * How a replay ended.
 *
 * @param toTimeMillis up to when it was played, epoch milliseconds; earlier than asked if it was stopped
 * @param tradeCount trades that were played
 * @param lastSeq of the last of them, or 0
 */
public record ReplayResult(long toTimeMillis, long tradeCount, long lastSeq) {}
