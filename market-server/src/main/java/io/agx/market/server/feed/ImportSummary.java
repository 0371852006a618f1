package io.agx.market.server.feed;

import java.util.Optional;

/**
 * What an import did, every trade being durable. Immutable.
 *
 * @param progress the final figures
 * @param skippedCount bad lines left out
 * @param firstSkipped error of the first of them
 * @param firstRejected the first trade that was rejected, if any, with the reason
 * @param firstTimeMillis earliest time of a trade of the file; 0 if there is none
 * @param lastTimeMillis latest time of a trade of the file; 0 if there is none
 */
public record ImportSummary(
        ImportProgress progress,
        long skippedCount,
        Optional<CsvTradeException> firstSkipped,
        Optional<Rejection> firstRejected,
        long firstTimeMillis,
        long lastTimeMillis) {

    /** A rejected trade and why. */
    public record Rejection(NewTrade trade, TradeResult.Rejected reason) {}
}
