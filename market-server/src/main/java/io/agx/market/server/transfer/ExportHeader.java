package io.agx.market.server.transfer;

import java.util.UUID;

/**
 * What an export is of: its first line. Immutable.
 *
 * @param epoch of the log that the store was a copy of
 * @param position of that log up to which the store has everything
 * @param createdTimeMillis when the export was begun, epoch milliseconds
 * @param keptTimeMillis trades before it were dropped for their age; 0 if none were
 * @param tradeCount trades in it
 * @param klineCount candles in it
 * @param messageCount messages in it
 */
public record ExportHeader(
        UUID epoch,
        long position,
        long createdTimeMillis,
        long keptTimeMillis,
        long tradeCount,
        long klineCount,
        long messageCount) {}
