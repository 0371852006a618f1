package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.BTC;
import static io.agx.market.server.journal.TestTrades.ETH;
import static io.agx.market.server.journal.TestTrades.entries;
import static io.agx.market.server.journal.TestTrades.seqs;
import static io.agx.market.server.journal.TestTrades.trade;
import static io.agx.market.server.journal.TestTrades.trades;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class JournalTest {
    private MemoryFiles disk = new MemoryFiles();
    private final List<LogEntry> heard = new ArrayList<>();

    @Test
    void givesEachInstrumentItsOwnSeqWithoutHoles() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);

            CompletableFuture<List<TradeResult>> first = append(journal, trade(BTC, 7), trade(ETH, 7), trade(BTC, 8));
            CompletableFuture<List<TradeResult>> second = append(journal, trade(BTC, 9), trade(ETH, 8));
            journal.drainOnce();

            assertThat(seqs(first)).containsExactly(1L, 1L, 2L);
            assertThat(seqs(second)).containsExactly(3L, 2L);
        }
    }

    @Test
    void writesTheDefinitionBeforeTheFirstTrade() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);

            journaled(journal, trade(BTC, 1));

            assertThat(entries(log).get(0)).isEqualTo(new InstrumentDefined(BTC));
            assertThat(entries(log)).hasSize(2).isEqualTo(heard);
        }
    }

    @Test
    void writesAnUnchangedDefinitionOnce() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);

            CompletableFuture<Void> first = journal.append(BTC).orElseThrow();
            CompletableFuture<Void> second = journal.append(BTC).orElseThrow();
            journaled(journal, trade(BTC, 1));

            assertThat(first).isCompleted();
            assertThat(second).isCompleted();
            assertThat(entries(log)).hasSize(2);
        }
    }

    @Test
    void tellsDuplicatesWithinAListAGroupAndAcrossGroups() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);

            CompletableFuture<List<TradeResult>> first =
                    append(journal, trade(BTC, "a"), trade(BTC, "a"), trade(BTC, 5));
            CompletableFuture<List<TradeResult>> sameGroup = append(journal, trade(BTC, 5), trade(BTC, 4));
            journal.drainOnce();
            CompletableFuture<List<TradeResult>> later = append(journal, trade(BTC, "a"), trade(BTC, 4), trade(ETH, 4));
            journal.drainOnce();

            assertThat(seqs(first)).containsExactly(1L, -1L, 2L);
            assertThat(seqs(sameGroup)).containsExactly(-1L, 3L);
            assertThat(seqs(later)).containsExactly(-1L, -1L, 1L);
            assertThat(journal.stats().duplicates()).isEqualTo(4);
        }
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            journaled(journal, trade(BTC, 1), trade(BTC, "a"), trade(ETH, 1));
            journal.close();
        }

        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            CompletableFuture<List<TradeResult>> results =
                    append(journal, trade(BTC, 1), trade(BTC, "a"), trade(BTC, 2), trade(ETH, 2));
            journal.drainOnce();

            assertThat(journal.instruments()).containsOnlyKeys(1, 2).containsValues(BTC, ETH);
            assertThat(seqs(results)).containsExactly(-1L, -1L, 3L, 2L);
        }
    }

    @Test
    void keepsNothingOfAGroupThatFindsNoSpaceAndTakesTheNextOne() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            journaled(journal, trade(BTC, 1));
            disk.leaveFree(10);

            CompletableFuture<List<TradeResult>> refused = append(journal, trade(BTC, 2), trade(ETH, 1));
            journal.drainOnce();
            disk.heal();
            CompletableFuture<List<TradeResult>> again = append(journal, trade(BTC, 2), trade(ETH, 1));
            journal.drainOnce();

            assertReason(refused, Reason.DISK_FULL);
            assertThat(seqs(again)).containsExactly(2L, 1L);
            assertThat(entries(log)).hasSize(5).isEqualTo(heard);
            assertThat(journal.stats().failedGroups()).isEqualTo(1);
        }
    }

    @Test
    void takesTheNextGroupAfterAWriteError() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            disk.fail("write", "Input/output error");
            disk.fail("truncate", "Input/output error");

            CompletableFuture<List<TradeResult>> refused = append(journal, trade(BTC, 1));
            journal.drainOnce();
            CompletableFuture<List<TradeResult>> refusedToo = append(journal, trade(BTC, 1));
            journal.drainOnce();
            disk.heal();
            CompletableFuture<List<TradeResult>> taken = append(journal, trade(BTC, 1));
            journal.drainOnce();

            assertReason(refused, Reason.IO_ERROR);
            assertReason(refusedToo, Reason.IO_ERROR);
            assertThat(seqs(taken)).containsExactly(1L);
            assertThat(entries(log)).isEqualTo(heard);
        }
    }

    @Test
    void takesNothingMoreAfterAFailedForceUntilARestart() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            journaled(journal, trade(BTC, 1));
            disk.fail("force", "Input/output error");

            CompletableFuture<List<TradeResult>> refused = append(journal, trade(BTC, 2));
            journal.drainOnce();
            disk.heal();
            CompletableFuture<List<TradeResult>> refusedToo = append(journal, trade(BTC, 3));
            journal.drainOnce();

            assertReason(refused, Reason.LOG_FAILED);
            assertReason(refusedToo, Reason.LOG_FAILED);
            assertThat(entries(log)).hasSize(2).isEqualTo(heard);
        }

        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            CompletableFuture<List<TradeResult>> taken = append(journal, trade(BTC, 1), trade(BTC, 4));
            journal.drainOnce();
            assertThat(seqs(taken)).containsExactly(-1L, 2L);
        }
    }

    @Test
    void saysThatItFailedOnceNothingMoreIsTakenByAFaultOfItsOwn() throws IOException {
        OlderTrades faulty = (instrumentId, id, toPosition) -> {
            throw new StackOverflowError("of " + id);
        };
        JournalConfig forgetful = new JournalConfig(1_000, 100, 100, 1, 1 << 20);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(disk, 100)) {
            Journal journal = Journal.open(log, List.of(), forgetful, faulty);
            journaled(journal, trade(BTC, 1), trade(BTC, 2));
            journaled(journal, trade(BTC, 3), trade(BTC, 4));
            assertThat(journal.hasFailed()).isFalse();

            CompletableFuture<List<TradeResult>> refused = append(journal, trade(BTC, 1));
            journal.drainOnce();
            CompletableFuture<List<TradeResult>> refusedToo = append(journal, trade(BTC, 5));
            journal.drainOnce();

            assertReason(refused, Reason.LOG_FAILED);
            assertReason(refusedToo, Reason.LOG_FAILED);
            assertThat(log.hasFailed()).isFalse();
            assertThat(journal.hasFailed()).isTrue();
            assertThat(journal.stats().inFlight()).isZero();
        }
    }

    @Test
    void saysThatItFailedAfterAFailedForce() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            disk.fail("force", "Input/output error");

            CompletableFuture<List<TradeResult>> refused = append(journal, trade(BTC, 1));
            journal.drainOnce();

            assertReason(refused, Reason.LOG_FAILED);
            assertThat(journal.hasFailed()).isTrue();
        }
    }

    /** Deleting a segment is done between the answers of a group: what is behind it is answered all the same. */
    @Test
    void leavesNobodyWithoutAnAnswerWhenItFailsBetweenAnswers() throws IOException {
        JournalConfig config = new JournalConfig(1_000, 100, 100, 8, 1 << 20);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(disk, 100)) {
            Journal journal = Journal.open(log, List.of(), config, TestTrades.NOBODY_TO_ASK);
            journaled(journal, trade(BTC, 1), trade(BTC, 2));
            journaled(journal, trade(BTC, 3), trade(BTC, 4));
            disk.fail("delete", new OutOfMemoryError("no memory to delete"));
            CompletableFuture<List<TradeResult>> before = append(journal, trade(BTC, 5));
            CompletableFuture<Void> dropped =
                    journal.dropBefore(log.durablePosition(), 0).orElseThrow();
            CompletableFuture<List<TradeResult>> behind = append(journal, trade(BTC, 6));

            journal.drainOnce();

            assertThat(seqs(before)).containsExactly(5L);
            assertThat(dropped).isCompletedExceptionally();
            assertReason(behind, Reason.LOG_FAILED);
            assertThat(journal.hasFailed()).isTrue();
            assertThat(journal.inFlightRequests()).isZero();
        }
    }

    @Test
    void pushesBackWhenTooMuchIsInFlightAndLosesNothing() throws IOException {
        try (SegmentedTradeLog log = open()) {
            JournalConfig config = new JournalConfig(10, 3, 4, 8, 1 << 20);
            Journal journal = Journal.open(log, List.of(), config, TestTrades.NOBODY_TO_ASK);

            CompletableFuture<List<TradeResult>> first = append(journal, trades(BTC, 1, 6));
            assertThat(journal.append(trades(BTC, 7, 5))).isEmpty();
            CompletableFuture<List<TradeResult>> second = append(journal, trades(BTC, 7, 4));
            CompletableFuture<Void> third = journal.append(ETH).orElseThrow();
            assertThat(journal.append(BTC)).isEmpty();
            assertThat(journal.stats().inFlight()).isEqualTo(10);

            assertThat(journal.drainOnce()).isTrue();
            assertThat(second).isNotDone();
            assertThat(journal.drainOnce()).isTrue();
            assertThat(journal.drainOnce()).isTrue();
            assertThat(journal.drainOnce()).isFalse();

            assertThat(seqs(first)).hasSize(6);
            assertThat(seqs(second)).containsExactly(7L, 8L, 9L, 10L);
            assertThat(third).isCompleted();
            assertThat(journal.stats().inFlight()).isZero();
            // Larger than the bound: taken when alone.
            assertThat(journal.append(trades(BTC, 11, 50))).isPresent();
        }
    }

    @Test
    void answersInOrderWithAThreadAndManyWriters() throws Exception {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            journal.start();
            List<Thread> writers = new ArrayList<>();
            List<CompletableFuture<List<TradeResult>>> answers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                long from = 1_000L * w + 1;
                Thread writer = new Thread(() -> {
                    for (int i = 0; i < 50; i++) {
                        CompletableFuture<List<TradeResult>> answer = append(journal, trades(BTC, from + i * 10L, 10));
                        synchronized (answers) {
                            answers.add(answer);
                        }
                    }
                });
                writer.start();
                writers.add(writer);
            }
            for (Thread writer : writers) {
                writer.join();
            }
            journal.close();
            journal.close();

            assertThat(answers.stream().flatMap(answer -> seqs(answer).stream()).distinct())
                    .hasSize(2_000);
            List<LogEntry> entries = entries(log);
            assertThat(entries).hasSize(2_001).isEqualTo(heard);
            for (int i = 1; i < entries.size(); i++) {
                assertThat(((TradeAccepted) entries.get(i)).trade().seq()).isEqualTo(i);
            }
        }
    }

    @Test
    void refusesWithStoppedOnceClosed() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);
            CompletableFuture<List<TradeResult>> before = append(journal, trade(BTC, 1));

            journal.close();

            assertThat(seqs(before)).containsExactly(1L);
            assertReason(append(journal, trade(BTC, 2)), Reason.STOPPED);
        }
    }

    @Test
    void stopsWaitingForAStuckListenerAtTheDeadline() throws Exception {
        CountDownLatch listening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (SegmentedTradeLog log = open()) {
            Journal journal = TestTrades.journal(log, (entries, end) -> {
                listening.countDown();
                awaitQuietly(release);
            });
            journal.start();
            CompletableFuture<List<TradeResult>> durable = append(journal, trade(BTC, 1));
            assertThat(listening.await(10, SECONDS)).isTrue();
            CompletableFuture<List<TradeResult>> waiting = append(journal, trade(BTC, 2));

            journal.close(Duration.ofMillis(1));

            assertThat(seqs(durable)).containsExactly(1L);
            assertReason(waiting, Reason.STOPPED);
            release.countDown();
            journal.close();
        }
    }

    @Test
    void goesOnWhenAListenerThrows() throws IOException {
        try (SegmentedTradeLog log = open()) {
            JournalListener broken = (entries, end) -> {
                throw new IllegalStateException("broken");
            };
            Journal journal = TestTrades.journal(log, broken, (entries, end) -> heard.addAll(entries));

            CompletableFuture<List<TradeResult>> taken = append(journal, trade(BTC, 1));
            journal.drainOnce();

            assertThat(seqs(taken)).containsExactly(1L);
            assertThat(heard).hasSize(2);
        }
    }

    @Test
    void isNotStoppedByAnInterrupt(@TempDir Path directory) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            JournalListener rude = (entries, end) -> Thread.currentThread().interrupt();
            Journal journal = TestTrades.journal(log, rude);
            journal.start();

            for (int id = 1; id <= 3; id++) {
                assertThat(seqs(append(journal, trade(BTC, id)))).containsExactly((long) id);
            }
            journal.close();

            assertThat(entries(log)).hasSize(4);
        }
    }

    @Test
    void refusesAnIdThatTheLogCannotHold() throws IOException {
        try (SegmentedTradeLog log = open()) {
            Journal journal = journal(log);

            assertThatThrownBy(() -> append(journal, trade(BTC, "x".repeat(37))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("36")
                    .hasMessageContaining("37");
            assertThatThrownBy(() -> journal.append(List.of())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private SegmentedTradeLog open() throws IOException {
        return SegmentedTradeLog.open(disk, 10_000);
    }

    private Journal journal(SegmentedTradeLog log) throws IOException {
        return TestTrades.journal(log, (entries, end) -> heard.addAll(entries));
    }

    private static CompletableFuture<List<TradeResult>> append(Journal journal, NewTrade... trades) {
        return append(journal, List.of(trades));
    }

    private static CompletableFuture<List<TradeResult>> append(Journal journal, List<NewTrade> trades) {
        return journal.append(trades).orElseThrow();
    }

    private static void journaled(Journal journal, NewTrade... trades) {
        CompletableFuture<List<TradeResult>> answer = append(journal, trades);
        journal.drainOnce();
        assertThat(answer).isCompleted();
    }

    private static void assertReason(CompletableFuture<?> answer, Reason reason) {
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        LogUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
