package io.agx.market.server;

import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.QuoteIngest;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.measure.WordCounts;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.QuotePublishing;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/** What {@code /metrics} tells of ingest and of the trade log. */
final class JournalMeters {
    private JournalMeters() {}

    static void registerIngest(
            Metrics metrics,
            Journal journal,
            Ingest ingest,
            Publishing publishing,
            QuoteIngest quotes,
            QuotePublishing quotePublishing) {
        outcome(metrics, "accepted", () -> journal.stats().trades());
        outcome(metrics, "duplicate", () -> journal.stats().duplicates());
        outcome(
                metrics,
                "rejected",
                () -> ingest.rejectedCount() + publishing.refusals().sum());
        outcome(metrics, "back_pressured", ingest::backPressuredTradeCount);
        outcome(metrics, "failed", () -> journal.stats().failedTrades());
        metrics.counters(
                "market_ingest_rejections",
                "Trades and quotes refused by a rule, by the rule's code.",
                List.of("what", "reason"),
                () -> {
                    Map<List<String>, Long> counts =
                            new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
                    add(counts, "trade", ingest.rejections());
                    add(counts, "trade", publishing.refusals());
                    add(counts, "quote", quotes.rejections());
                    add(counts, "quote", quotePublishing.refusals());
                    return counts;
                });
        metrics.counter(
                "market.ingest.quotes",
                "Quotes that came from publishers, by what became of them.",
                quotes::acceptedCount,
                "outcome",
                "accepted");
        metrics.counter(
                "market.ingest.quotes",
                "Quotes that came from publishers, by what became of them.",
                () -> quotes.rejectedCount() + quotePublishing.refusals().sum(),
                "outcome",
                "rejected");
    }

    private static void outcome(Metrics metrics, String outcome, DoubleSupplier count) {
        metrics.counter(
                "market.ingest.trades",
                "Trades that came from feeds and publishers, by what became of them; a trade that is offered again counts again.",
                count,
                "outcome",
                outcome);
    }

    private static void add(Map<List<String>, Long> counts, String what, WordCounts words) {
        words.words().forEach(word -> counts.merge(List.of(what, word), words.of(word), Long::sum));
    }

    static void registerJournal(Metrics metrics, Journal journal, SegmentedTradeLog log) {
        metrics.counter(
                "market.journal.groups",
                "Groups made durable, each with one force.",
                () -> journal.stats().groups());
        metrics.counter(
                "market.journal.failed.groups",
                "Groups of which nothing was kept.",
                () -> journal.stats().failedGroups());
        metrics.counter(
                "market.journal.bytes",
                "Bytes written to the log.",
                () -> journal.stats().bytes());
        metrics.histogram("market_journal_force_seconds", "Write and force of a group.", journal.forceTimes());
        metrics.histogram("market_journal_group_trades", "Trades of a group.", journal.groupTrades());
        metrics.gauge(
                "market.journal.failed",
                "1 if a force failed, or the journal by a fault: no trades until a restart.",
                () -> journal.hasFailed() ? 1 : 0);
        metrics.gauge(
                "market.journal.log.bytes",
                "Bytes of the log that are kept.",
                () -> log.durablePosition() - log.startPosition());
        metrics.gauge(
                "market.journal.position.bytes", "Where the log ends: its bytes since it began.", log::durablePosition);
        metrics.gauge("market.journal.segments", "Files that the log is in.", log::segmentCount);
    }
}
