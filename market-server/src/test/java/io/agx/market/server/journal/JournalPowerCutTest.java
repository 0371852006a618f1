package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.entries;
import static io.agx.market.server.journal.TestTrades.instrument;
import static io.agx.market.server.journal.TestTrades.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Power is cut at a random operation of the disk, again and again on the same log. */
@Timeout(120)
class JournalPowerCutTest {
    private static final int RUNS = 200;
    private static final int CUTS_PER_RUN = 4;
    /** The segments are tiny, so the index holds more of them. */
    private static final JournalConfig CONFIG = new JournalConfig(1_000, 1_000, 20, 1_000, 1 << 20);

    private final List<Instrument> instruments =
            List.of(instrument(1, "AAA-USDT"), instrument(2, "BBB-USDT"), instrument(3, "CCC-USDT"));

    @Test
    void losesNoAckedTradeAndKeepsNoneTwice() throws IOException {
        long seed = new Random().nextLong();
        for (int run = 0; run < RUNS; run++) {
            run(seed + run);
        }
    }

    private void run(long seed) throws IOException {
        Random random = new Random(seed);
        MemoryFiles disk = new MemoryFiles();
        Map<String, Long> acked = new HashMap<>();
        int nextId = 1;
        for (int cut = 0; cut < CUTS_PER_RUN; cut++) {
            disk.cutPowerAfter(1 + random.nextInt(120), random);
            nextId = appendUntilPowerCut(disk, random, acked, nextId);
            disk = disk.afterPowerCut(random);
        }
        try (SegmentedTradeLog log = SegmentedTradeLog.open(disk, 600)) {
            Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            Map<String, Long> found = new HashMap<>();
            Map<Integer, Long> seqs = new HashMap<>();
            for (LogEntry entry : entries(log)) {
                if (entry instanceof TradeAccepted accepted) {
                    long seq = seqs.merge(accepted.instrumentId(), 1L, Long::sum);
                    assertThat(accepted.trade().seq()).as("seed %s", seed).isEqualTo(seq);
                    String key =
                            accepted.instrumentId() + "/" + accepted.trade().id();
                    assertThat(found.put(key, seq))
                            .as("seed %s twice %s", seed, key)
                            .isNull();
                }
            }
            assertThat(found).as("seed %s", seed).containsAllEntriesOf(acked);
        }
    }

    private int appendUntilPowerCut(MemoryFiles disk, Random random, Map<String, Long> acked, int fromId) {
        int nextId = fromId;
        try (SegmentedTradeLog log = SegmentedTradeLog.open(disk, 600)) {
            Journal journal = Journal.open(log, List.of(), CONFIG, TestTrades.NOBODY_TO_ASK);
            Map<List<NewTrade>, CompletableFuture<List<TradeResult>>> answers = new HashMap<>();
            while (!disk.isPowerCut()) {
                for (int lists = random.nextInt(4); lists > 0; lists--) {
                    List<NewTrade> trades = new ArrayList<>();
                    for (int count = 1 + random.nextInt(8); count > 0; count--) {
                        // One in five was offered before; ids of instruments interleave, some are no numbers.
                        int id = random.nextInt(5) == 0 ? 1 + random.nextInt(nextId) : nextId++;
                        trades.add(trade(instruments.get(id % 3), id % 7 == 0 ? "x" + id : "" + id));
                    }
                    Optional<CompletableFuture<List<TradeResult>>> answer = journal.append(trades);
                    answer.ifPresent(future -> answers.put(trades, future));
                }
                journal.drainOnce();
            }
            journal.close();
            answers.forEach((trades, answer) -> collect(trades, answer, acked));
        } catch (IOException e) {
            assertThat(disk.isPowerCut()).as("%s", e).isTrue();
        }
        return nextId;
    }

    private static void collect(
            List<NewTrade> trades, CompletableFuture<List<TradeResult>> answer, Map<String, Long> acked) {
        assertThat(answer).isDone();
        if (answer.isCompletedExceptionally()) {
            return;
        }
        List<TradeResult> results = answer.join();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof TradeResult.Accepted accepted) {
                String key =
                        trades.get(i).instrument().id() + "/" + trades.get(i).id();
                acked.put(key, accepted.seq());
            }
        }
    }
}
