package io.agx.market.server;

import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.store.StoreWriter;
import java.util.function.BooleanSupplier;

/** What {@code /metrics} tells of the store; the pool of its connections tells {@code hikaricp_*} itself. */
final class StoreMeters {
    private StoreMeters() {}

    /** @param answers whether the database answers now */
    static void register(Metrics metrics, StoreWriter writer, TradeLog log, BooleanSupplier answers) {
        metrics.gauge(
                "market.store.up",
                "1 if the database answers and takes what is written.",
                () -> answers.getAsBoolean() && writer.failure() == null ? 1 : 0);
        metrics.gauge("market.store.lag.bytes", "Bytes of the log that the database does not have yet.", () -> {
            long stored = writer.storedPosition(); // Before the log's, which it follows.
            return Math.max(0, log.durablePosition() - stored);
        });
        metrics.gauge(
                "market.store.position.bytes",
                "Where in the log the database has everything up to.",
                writer::storedPosition);
        metrics.counter(
                "market.store.trades",
                "Trades written to the database, by transactions whose end was heard.",
                writer::storedTrades);
        metrics.counter("market.store.transactions", "Transactions committed.", writer::commitCount);
        metrics.counter(
                "market.store.failures", "Transactions that failed, and are tried again.", writer::failureCount);
        metrics.histogram(
                "market_store_transaction_seconds", "What a transaction took, failed ones too.", writer.commitTimes());
    }
}
