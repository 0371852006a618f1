package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trades that the store does not have yet. */
final class TradesBehindTheStoreTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final int TRADES = 2_000;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final List<Trade> trades = new RandomTrades(seed).next(BTC, 1, TRADES);

    @Test
    void noAnswerReadsMoreOfTheLogThanItsBoundAndAllAreGivenOnceTheStoreHasThem() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            trades.subList(0, TRADES / 2).forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
            long end = log.durablePosition() + TradeHistory.MAX_SCANNED_BYTES;
            for (long seq = 1; log.durablePosition() <= end; seq++) {
                log.append(new LogEntry.MessageAdded(message(seq)));
                if (seq % 100 == 0) {
                    log.force();
                }
            }
            trades.subList(TRADES / 2, TRADES).forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }
        try (MarketData data = MarketData.open(folder)) {
            StoreWriter writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
            TradeHistory history = history(data, writer);

            assertThat(history.isFarBehind()).isTrue();
            assertStoreIsBehind(() -> history.trades(query(null, 0L, null, 10)));
            assertStoreIsBehind(() -> history.trades(query(null, null, Trade.MAX_TIME_MILLIS, 10)));
            assertStoreIsBehind(() -> history.trades(query(1L, null, null, 10)));
            assertStoreIsBehind(() -> history.stretch(BTC.symbol(), 0, Trade.MAX_TIME_MILLIS));
            assertThat(history.trades(query(null, null, null, 25)).trades())
                    .as("in the cache")
                    .isEqualTo(trades.subList(TRADES - 25, TRADES));

            writer.drain();
            assertThat(history.isFarBehind()).isFalse();
            assertThat(history.trades(query(1L, null, null, 10)).trades()).isEqualTo(trades.subList(0, 10));
            assertThat(history.trades(query(null, 0L, null, 10)).trades())
                    .isEqualTo(chosen(1, 0, Trade.MAX_TIME_MILLIS, 10, false));
        }
    }

    /** Against sorting them all, wherever the store is. */
    @Test
    void theFirstAndLastByTimeAreTheSameWhereverTheStoreIs() throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            int stored = round == 0 ? 0 : random.nextInt(TRADES);
            Path copy = folder.resolve("round-" + round);
            MarketDataTest.log(copy, trades);
            try (MarketData data = MarketData.open(copy)) {
                MarketDataTest.storeFirst(data, stored, random);
                StoreWriter writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
                TradeHistory history = history(data, writer);
                for (int i = 0; i < 50; i++) {
                    long one = trades.get(random.nextInt(TRADES)).timeMillis();
                    long other = trades.get(random.nextInt(TRADES)).timeMillis();
                    int limit = 1 + random.nextInt(TradesQuery.MAX_LIMIT);
                    long to = Math.max(one, other);
                    boolean newest = random.nextBoolean();
                    long from = newest ? 0 : Math.min(one, other);
                    Long fromSeq = newest || random.nextBoolean() ? null : 1L + random.nextInt(TRADES);

                    assertThat(history.trades(query(fromSeq, newest ? null : from, to, limit))
                                    .trades())
                            .as(
                                    "seed %d, %d stored, from %s, [%d, %d], %d, newest %s",
                                    seed, stored, fromSeq, from, to, limit, newest)
                            .isEqualTo(chosen(fromSeq == null ? 1 : fromSeq, from, to, limit, newest));
                }
            }
        }
    }

    private List<Trade> chosen(long fromSeq, long from, long to, int limit, boolean newest) {
        List<Trade> sorted = trades.stream()
                .filter(trade -> trade.seq() >= fromSeq && trade.timeMillis() >= from && trade.timeMillis() <= to)
                .sorted(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq))
                .toList();
        Stream<Trade> ends = newest
                ? sorted.stream().skip(Math.max(0, sorted.size() - limit))
                : sorted.stream().limit(limit);
        return ends.sorted(Comparator.comparingLong(Trade::seq)).toList();
    }

    private static TradeHistory history(MarketData data, StoreWriter writer) throws IOException {
        SnapshotCache cache = new SnapshotCache();
        data.recover(LIMITS, 0).states().values().forEach(cache::register);
        MarketHistory market = new MarketHistory(cache, data.store(), LIMITS);
        return new TradeHistory(market, data.store(), data.log(), writer::storedPosition);
    }

    private static TradesQuery query(@Nullable Long fromSeq, @Nullable Long from, @Nullable Long to, int limit) {
        return new TradesQuery(BTC.symbol(), fromSeq, from, to, limit);
    }

    private static UserMessage message(long seq) {
        String data = "\"" + "x".repeat(8_000) + "\"";
        return new UserMessage("alice", seq, "notice", "m", "y".repeat(4_000), data, "tests", null, 1_000, null);
    }

    private static void assertStoreIsBehind(ThrowingCallable question) {
        assertThatThrownBy(question)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_BEHIND))
                .hasMessageContaining("bytes of the trade log behind");
    }
}
