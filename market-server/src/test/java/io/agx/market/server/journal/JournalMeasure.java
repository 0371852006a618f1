package io.agx.market.server.journal;

import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Prints what the log and the journal do on this disk: {@code JournalMeasure DIRECTORY [TRADES]}; the directory must be empty.
 * First the log alone, groups of 500 with a force each; then the journal with its thread, fed lists of 500 as fast as it takes them;
 * then reading and recovery of what was written.
 */
public final class JournalMeasure {
    private static final int GROUP = 500;

    private JournalMeasure() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        int trades = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        measureLog(directory.resolve("log"), trades);
        measureJournal(directory.resolve("journal"), trades);
        for (int i = 0; i < 3; i++) {
            measureScan(directory.resolve("journal"));
        }
    }

    private static void measureLog(Path directory, int trades) throws IOException {
        long[] forceNanos = new long[trades / GROUP];
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            long start = System.nanoTime();
            for (int group = 0; group < forceNanos.length; group++) {
                for (int i = 0; i < GROUP; i++) {
                    log.append(TestTrades.accepted(1, 1 + (long) group * GROUP + i));
                }
                long forceStart = System.nanoTime();
                log.force();
                forceNanos[group] = System.nanoTime() - forceStart;
            }
            print(String.format(Locale.ROOT, "log: %,d trades/s in groups of %d", perSecond(trades, start), GROUP));
        }
        Arrays.sort(forceNanos);
        print(String.format(
                Locale.ROOT,
                "log: force p50 %d us, p99 %d us, max %d us",
                forceNanos[forceNanos.length / 2] / 1_000,
                forceNanos[forceNanos.length * 99 / 100] / 1_000,
                forceNanos[forceNanos.length - 1] / 1_000));
    }

    private static void measureJournal(Path directory, int trades) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory);
                Journal journal = TestTrades.journal(log)) {
            journal.start();
            List<List<NewTrade>> lists = new ArrayList<>();
            for (int from = 1; from <= trades; from += GROUP) {
                lists.add(TestTrades.trades(TestTrades.BTC, from, GROUP));
            }
            Deque<CompletableFuture<List<TradeResult>>> answers = new ArrayDeque<>();
            long start = System.nanoTime();
            for (List<NewTrade> list : lists) {
                Optional<CompletableFuture<List<TradeResult>>> answer = journal.append(list);
                while (answer.isEmpty()) {
                    answers.remove().join();
                    answer = journal.append(list);
                }
                answers.add(answer.get());
            }
            while (!answers.isEmpty()) {
                answers.remove().join();
            }
            print(String.format(
                    Locale.ROOT,
                    "journal: %,d trades/s acked from one thread, %s",
                    perSecond(trades, start),
                    journal.stats()));
        }
    }

    private static void measureScan(Path directory) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            long start = System.nanoTime();
            int entries = 0;
            try (LogReader reader = log.reader(log.startPosition())) {
                while (reader.next() != null) {
                    entries++;
                }
            }
            print(String.format(Locale.ROOT, "reader: %,d entries/s", perSecond(entries, start)));
            start = System.nanoTime();
            TestTrades.journal(log).close();
            print(String.format(
                    Locale.ROOT, "recovery: %,d entries in %d ms", entries, (System.nanoTime() - start) / 1_000_000));
        }
    }

    private static long perSecond(int count, long startNanos) {
        return count * 1_000_000_000L / (System.nanoTime() - startNanos);
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
