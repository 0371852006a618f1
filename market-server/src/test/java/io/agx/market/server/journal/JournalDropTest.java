package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.BTC;
import static io.agx.market.server.journal.TestTrades.ETH;
import static io.agx.market.server.journal.TestTrades.accepted;
import static io.agx.market.server.journal.TestTrades.entries;
import static io.agx.market.server.journal.TestTrades.seqs;
import static io.agx.market.server.journal.TestTrades.trade;
import static io.agx.market.server.journal.TestTrades.trades;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.agx.market.server.durability.RecordedLog;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JournalDropTest {
    private static final JournalConfig CONFIG = new JournalConfig(1_000, 100, 100, 2, 1 << 20);

    private final MemoryFiles disk = new MemoryFiles();
    private final List<String> asked = new ArrayList<>();
    private final OlderTrades store = (instrumentId, id, toPosition) -> {
        asked.add(id);
        return id.equals("1") || id.equals("old");
    };

    @Test
    void asksTheStoreOnlyForOldIdsOnceSegmentsAreForgotten() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, store);
            appendGroups(journal, 10);
            assertThat(asked).isEmpty();

            CompletableFuture<List<TradeResult>> results = journal.append(
                            List.of(trade(BTC, 1), trade(BTC, "old"), trade(BTC, "new"), trade(BTC, 100)))
                    .orElseThrow();
            journal.drainOnce();

            assertThat(seqs(results)).containsExactly(-1L, -1L, 52L, 53L);
            assertThat(asked).containsExactly("1", "old");
        }
    }

    @Test
    void refusesOnlyTheListThatTheStoreCannotTellOf() throws IOException {
        OlderTrades gone = (instrumentId, id, toPosition) -> {
            throw new IOException("database gone");
        };
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, gone);
            appendGroups(journal, 10);

            CompletableFuture<List<TradeResult>> refused =
                    journal.append(List.of(trade(BTC, 200), trade(BTC, 1))).orElseThrow();
            CompletableFuture<List<TradeResult>> taken =
                    journal.append(List.of(trade(BTC, 200))).orElseThrow();
            journal.drainOnce();

            assertThatThrownBy(refused::join).hasCauseInstanceOf(LogUnavailableException.class);
            assertThat(seqs(taken)).containsExactly(52L);
        }
    }

    @Test
    void tellsOnceThatOldTradesAreRefusedUntilTheStoreCanTell() throws IOException {
        AtomicBoolean isGone = new AtomicBoolean(true);
        OlderTrades older = (instrumentId, id, toPosition) -> {
            if (isGone.get()) {
                throw new IOException("database gone");
            }
            return true;
        };
        try (SegmentedTradeLog log = open();
                RecordedLog told = RecordedLog.of(GroupWriter.class)) {
            Journal journal = Journal.open(log, List.of(), CONFIG, older);
            appendGroups(journal, 10);
            for (boolean gone : new boolean[] {true, true, true, false, true, true}) {
                isGone.set(gone);
                journal.append(List.of(trade(BTC, 1)));
                journal.drainOnce();
            }

            assertThat(told.atLeast(Level.WARN)).hasSize(2).allMatch(line -> line.contains("database gone"));
        }
    }

    @Test
    void namesThePositionBeforeWhichAForgottenTradeMayBe() throws IOException {
        List<Long> askedTo = new ArrayList<>();
        OlderTrades recorder = (instrumentId, id, toPosition) -> askedTo.add(toPosition);
        for (int start = 0; start < 3; start++) {
            try (SegmentedTradeLog log = open()) {
                Journal journal = Journal.open(log, List.of(), CONFIG, recorder);
                if (start == 0) {
                    appendGroups(journal, 10);
                } else if (start == 2) {
                    journal.dropBefore(log.durablePosition(), 0);
                    journal.drainOnce();
                    assertThat(log.startPosition()).isPositive();
                }
                Map<Long, Long> ends = endPositions(log);
                int askedOf = 0;
                for (long id = 1; id <= 50; id++) {
                    askedTo.clear();
                    journal.append(List.of(trade(BTC, id)));
                    journal.drainOnce();
                    for (long toPosition : askedTo) {
                        askedOf++;
                        assertThat(toPosition)
                                .as("start %s id %s", start, id)
                                .isBetween(ends.getOrDefault(id, log.startPosition()), log.durablePosition());
                    }
                }
                assertThat(askedOf).as("start %s", start).isPositive();
            }
        }
    }

    /** Of the trades in the log, by their ids that are numbers. */
    private static Map<Long, Long> endPositions(SegmentedTradeLog log) throws IOException {
        Map<Long, Long> ends = new HashMap<>();
        try (LogReader reader = log.reader(log.startPosition())) {
            for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry instanceof TradeAccepted accepted) {
                    ends.put(TradeIds.number(accepted.trade().id()), reader.position());
                }
            }
        }
        return ends;
    }

    @Test
    void takesNewTextsWithoutTheStoreHoweverMuchWasForgotten() throws IOException {
        OlderTrades gone = (instrumentId, id, toPosition) -> {
            throw new IOException("database gone");
        };
        for (int start = 0; start < 2; start++) {
            try (SegmentedTradeLog log = open()) {
                Journal journal = Journal.open(log, List.of(), CONFIG, gone);
                for (int group = 0; group < 10; group++) {
                    CompletableFuture<List<TradeResult>> results = journal.append(List.of(
                                    trade(BTC, "b58d1f5e-" + start + "-" + group),
                                    trade(ETH, "x-" + start + "-" + group)))
                            .orElseThrow();
                    journal.drainOnce();
                    long seq = start * 10L + group + 1;
                    assertThat(seqs(results)).containsExactly(seq, seq);
                }
                CompletableFuture<List<TradeResult>> old =
                        journal.append(List.of(trade(BTC, "b58d1f5e-0-0"))).orElseThrow();
                journal.drainOnce();
                assertThatThrownBy(old::join).hasCauseInstanceOf(LogUnavailableException.class);
            }
        }
    }

    @Test
    void goesOnCountingInstrumentsOfWhichEverythingWasDropped() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            journal.append(trades(ETH, 70, 3));
            appendGroups(journal, 10);
            CompletableFuture<Void> dropped =
                    journal.dropBefore(log.durablePosition(), 0).orElseThrow();
            journal.drainOnce();
            assertThat(dropped).isCompleted();
            assertThat(log.startPosition()).isPositive();
        }

        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, store);
            CompletableFuture<List<TradeResult>> results = journal.append(
                            List.of(trade(ETH, 72), trade(ETH, 73), trade(BTC, 51), trade(BTC, 1)))
                    .orElseThrow();
            journal.drainOnce();

            assertThat(journal.instruments()).containsOnlyKeys(1, 2);
            assertThat(seqs(results)).containsExactly(4L, 5L, 52L, -1L);
            assertThat(asked).containsExactly("72", "1");
        }
    }

    @Test
    void keepsTheSegmentsWhenTheHeadsCannotBeSaved() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            appendGroups(journal, 10);
            disk.fail("write", "Input/output error");
            CompletableFuture<Void> dropped =
                    journal.dropBefore(log.durablePosition(), 0).orElseThrow();
            journal.drainOnce();

            assertThat(dropped).isCompletedExceptionally();
            assertThat(log.startPosition()).isZero();
        }
    }

    @Test
    void tellsOnceOfASegmentThatCannotBeDeletedAndGoesOnAfterARestart() throws IOException {
        try (SegmentedTradeLog log = open();
                RecordedLog told = RecordedLog.of(GroupWriter.class)) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            appendGroups(journal, 10);
            disk.fail("delete", "Operation not permitted");

            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(drop(journal, log)).isCompletedExceptionally();
            }
            assertThat(told.atLeast(Level.WARN))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains(SegmentHeader.fileName(0), "Operation not permitted"));

            disk.heal();
            assertThat(drop(journal, log)).isCompleted();
            assertThat(log.startPosition()).isPositive();
            assertThat(told.atLeast(Level.WARN)).hasSize(1);
        }
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            CompletableFuture<List<TradeResult>> next =
                    journal.append(List.of(trade(BTC, 51))).orElseThrow();
            journal.drainOnce();
            assertThat(seqs(next)).containsExactly(52L);
        }
    }

    private static CompletableFuture<Void> drop(Journal journal, SegmentedTradeLog log) {
        CompletableFuture<Void> dropped =
                journal.dropBefore(log.durablePosition(), 0).orElseThrow();
        journal.drainOnce();
        return dropped;
    }

    /** Segments are dropped twice while nothing comes in between, and power fails at every operation of the second time. */
    @Test
    void keepsTheSeqsWhenPowerFailsWhileTheyAreSavedAtTheSamePosition() throws IOException {
        MemoryFiles dropped = droppedOnce();
        long seed = new Random().nextLong();
        boolean cut = true;
        for (int operations = 1; cut; operations++) {
            cut = false;
            for (int round = 0; round < 40; round++) {
                Random random = new Random(seed + 1_000L * operations + round);
                MemoryFiles failing = dropped.copy();
                try (SegmentedTradeLog log = SegmentedTradeLog.open(failing, 200)) {
                    Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
                    failing.cutPowerAfter(operations, random);
                    drop(journal, log);
                    cut |= failing.isPowerCut();
                }
                try (SegmentedTradeLog log = SegmentedTradeLog.open(failing.afterPowerCut(random), 200)) {
                    Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
                    CompletableFuture<List<TradeResult>> next = journal.append(List.of(trade(ETH, 73), trade(BTC, 51)))
                            .orElseThrow();
                    journal.drainOnce();
                    assertThat(seqs(next))
                            .as("seed %s, after %s operations, round %s", seed, operations, round)
                            .containsExactly(4L, 52L);
                }
            }
        }
    }

    @Test
    void refusesALogWhoseSavedSeqsAreGoneOrDamagedOrTooOld() throws IOException {
        MemoryFiles whole = droppedOnce();
        String heads = whole.list().stream()
                .filter(name -> name.startsWith("heads-"))
                .findFirst()
                .orElseThrow();

        MemoryFiles missing = whole.copy();
        missing.delete(heads);
        assertRefused(missing);

        byte[] bytes = whole.bytes(heads);
        for (int at = 0; at < bytes.length; at++) {
            MemoryFiles damaged = whole.copy();
            byte[] changed = bytes.clone();
            changed[at] ^= (byte) (1 << at % 8);
            damaged.setBytes(heads, changed);
            assertRefused(damaged);
        }

        MemoryFiles older = whole.copy();
        older.delete(heads);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(older, 200)) {
            new HeadsFile(older, log.epoch())
                    .save(log.startPosition() - 1, new InstrumentHeads(), new DuplicateIndex(1, 0));
        }
        assertRefused(older);
    }

    private static void assertRefused(MemoryFiles files) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(files, 200)) {
            assertThatThrownBy(() -> TestTrades.journal(log))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("begins at position " + log.startPosition())
                    .hasMessageContaining("heads-")
                    .hasMessageContaining("Put back")
                    .hasMessageContaining("market export --database-only");
        }
    }

    /** A log that has a few of its segments left, and no trade of ETH, which had three. */
    private MemoryFiles droppedOnce() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            journal.append(trades(ETH, 70, 3));
            appendGroups(journal, 10);
            CompletableFuture<Void> dropped =
                    journal.dropBefore(log.durablePosition(), 1_000).orElseThrow();
            journal.drainOnce();
            assertThat(dropped).isCompleted();
            assertThat(log.startPosition()).isPositive();
            assertThat(log.segmentCount()).isGreaterThan(2);
            assertThat(entries(log))
                    .noneMatch(entry -> entry instanceof TradeAccepted trade && trade.instrumentId() == 2);
        }
        return disk.copy();
    }

    @Test
    void namesThePositionOfAHoleInSeq() throws IOException {
        try (SegmentedTradeLog log = open()) {
            log.append(accepted(1, 1));
            log.append(accepted(1, 3));
            long end = log.force();

            assertThatThrownBy(() -> TestTrades.journal(log))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("instrument 1 goes from seq 1 to 3")
                    .hasMessageContaining("position " + end);
        }
    }

    private void appendGroups(Journal journal, int groups) {
        for (int group = 0; group < groups; group++) {
            journal.append(trades(BTC, 1 + group * 5L, 5));
            if (group == 0) {
                journal.append(List.of(trade(BTC, "old")));
            }
            assertThat(journal.drainOnce()).isTrue();
        }
    }

    private SegmentedTradeLog open() throws IOException {
        return SegmentedTradeLog.open(disk, 200);
    }
}
