package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.server.durability.RandomTrades;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

abstract class JdbiMarketStoreTest {
    static final Instrument BTC = RandomTrades.instrument(1);
    static final Instrument ETH = RandomTrades.instrument(2);
    static final UUID EPOCH = UUID.fromString("0e2f7a52-6d3c-4a47-9d8f-0a5d7b6f2c11");

    final long seed = System.nanoTime();
    final RandomTrades source = new RandomTrades(seed);
    MarketStore store;

    /** Of one database for all of a test; a new one for each. */
    abstract StoreLocation location();

    @BeforeEach
    void open() {
        store = StoreDatabase.open(location());
        store.bind(EPOCH);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void isBoundToItsLogAndEmptyAtFirst() {
        assertThat(store.epoch()).contains(EPOCH);
        assertThat(store.checkpointPosition()).isZero();
        assertThat(store.instruments()).isEmpty();
        assertThat(store.tickers()).isEmpty();
        assertThat(store.lastSeq(1)).isZero();
        assertThat(store.checkpoint(BTC, 0, 10, 10).seq()).isZero();
    }

    @Test
    void readsTradesBackBySeq() {
        List<Trade> trades = source.next(BTC, 1, 300);
        store.commit(batch(trades, 77));

        assertThat(store.tradesBySeq(1, 1, Long.MAX_VALUE, 1_000)).isEqualTo(trades);
        assertThat(store.tradesBySeq(1, 11, 20, 1_000)).isEqualTo(trades.subList(10, 20));
        assertThat(store.tradesBySeq(1, 11, 200, 5)).isEqualTo(trades.subList(10, 15));
        assertThat(store.tradesBySeq(2, 1, 200, 5)).isEmpty();
        assertThat(store.lastSeq(1)).isEqualTo(300);
        assertThat(store.checkpointPosition()).isEqualTo(77);
        assertThat(store.containsTrade(1, trades.get(7).id())).isTrue();
        assertThat(store.containsTrade(2, trades.get(7).id())).isFalse();
        assertThat(store.containsTrade(1, "other")).isFalse();
    }

    @Test
    void readsTheNewestAndTheOldestTradesOfATimeRange() {
        List<Trade> trades = source.next(BTC, 1, 300);
        store.commit(batch(trades, 77));
        List<Trade> byTime = new ArrayList<>(trades);
        byTime.sort(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq));
        long from = byTime.get(40).timeMillis();
        long to = byTime.get(250).timeMillis();
        List<Trade> inRange = byTime.stream()
                .filter(trade -> trade.timeMillis() >= from && trade.timeMillis() <= to)
                .toList();

        assertThat(store.tradesByTime(1, SeqRange.ALL, from, to, 50, false))
                .as("seed %s", seed)
                .isEqualTo(bySeq(inRange.subList(0, 50)));
        assertThat(store.tradesByTime(1, SeqRange.ALL, from, to, 50, true))
                .as("seed %s", seed)
                .isEqualTo(bySeq(inRange.subList(inRange.size() - 50, inRange.size())));
        assertThat(store.tradesByTime(1, SeqRange.ALL, from, to, 1_000, true)).isEqualTo(bySeq(inRange));
        SeqRange half = new SeqRange(90, 240);
        List<Trade> inBoth = inRange.stream()
                .filter(trade -> trade.seq() >= 90 && trade.seq() <= 240)
                .toList();
        assertThat(store.tradesByTime(1, half, from, to, 50, false))
                .as("seed %s", seed)
                .isEqualTo(bySeq(inBoth.subList(0, 50)));
        assertThat(store.tradesByTime(1, half, from, to, 50, true))
                .as("seed %s", seed)
                .isEqualTo(bySeq(inBoth.subList(inBoth.size() - 50, inBoth.size())));
    }

    @Test
    void readsTheNewestAndTheOldestCandlesOfARange() {
        List<Trade> trades = source.next(BTC, 1, 500);
        store.commit(batch(trades, 77));
        for (KlineInterval interval : KlineInterval.values()) {
            List<Kline> expected = klines(trades).stream()
                    .filter(kline -> kline.interval() == interval)
                    .toList();
            assertThat(all(store, interval)).as("seed %s", seed).isEqualTo(expected);
            long from = expected.get(expected.size() / 4).openTimeMillis();
            long to = expected.get(expected.size() * 3 / 4).openTimeMillis();
            List<Kline> inRange = expected.stream()
                    .filter(kline -> kline.openTimeMillis() >= from && kline.openTimeMillis() < to)
                    .toList();
            int limit = Math.max(1, inRange.size() / 2);
            assertThat(store.klines(1, interval, from, to, limit, false)).isEqualTo(firstOf(inRange, limit));
            assertThat(store.klines(1, interval, from, to, limit, true)).isEqualTo(lastOf(inRange, limit));
        }
    }

    @Test
    void readsInstrumentsBackAndTakesTheirNewStatus() {
        store.commit(new StoreBatch(List.of(ETH, BTC), Map.of(), Map.of(), 5));
        Instrument halted = new Instrument(2, ETH.symbol(), "S2", "USDT", 2, 8, 5, 7, InstrumentStatus.HALTED);
        store.commit(new StoreBatch(List.of(halted), Map.of(), Map.of(), 9));

        assertThat(store.instruments()).containsExactly(BTC, halted);
    }

    @Test
    void keepsTheLatestTickerOfEachInstrument() {
        Ticker first = ticker(1, 5);
        Ticker second = ticker(9, Long.MAX_VALUE);
        store.saveTickers(Map.of(BTC, first, ETH, first));
        store.saveTickers(Map.of(ETH, second));
        store.saveTickers(Map.of());

        assertThat(store.tickers()).isEqualTo(Map.of(1, first, 2, second));
    }

    @Test
    void givesTheStateOfAnInstrumentAsACheckpoint() {
        List<Trade> trades = source.next(BTC, 1, 2_000);
        store.commit(batch(trades, 77));
        Trade newest = trades.stream()
                .max(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq))
                .orElseThrow();
        long clock = source.timeMillis() + 3_600_000;

        InstrumentCheckpoint checkpoint = store.checkpoint(BTC, clock, 20, 30);

        assertThat(checkpoint.seq()).isEqualTo(2_000);
        assertThat(checkpoint.clockMillis()).isEqualTo(clock);
        assertThat(checkpoint.recentTrades()).isEqualTo(trades.subList(1_970, 2_000));
        assertThat(checkpoint.lastPrice()).as("seed %s", seed).isEqualTo(newest.price());
        assertThat(checkpoint.lastTradeTimeMillis()).isEqualTo(newest.timeMillis());
        for (KlineInterval interval : KlineInterval.values()) {
            assertThat(checkpoint.klines().get(interval)).isEqualTo(lastOf(all(store, interval), 20));
        }
        assertThat(checkpoint.seconds())
                .isEqualTo(all(store, KlineInterval.SECOND_1).stream()
                        .filter(kline -> kline.openTimeMillis() >= clock - 86_400_000L)
                        .toList());
    }

    @Test
    void keepsNothingOfAFailedTransactionAndGoesOnAfterIt() {
        List<Trade> first = source.next(BTC, 1, 100);
        store.commit(batch(first, 10));
        List<Trade> next = source.next(BTC, 101, 100);
        List<Trade> withOneTwice = new ArrayList<>(next);
        withOneTwice.add(first.get(50));

        assertThatThrownBy(() -> store.commit(
                        new StoreBatch(List.of(ETH), Map.of(1, withOneTwice), Map.of(1, klines(next)), 20)))
                .isInstanceOf(StoreException.class);

        assertThat(store.checkpointPosition()).isEqualTo(10);
        assertThat(store.instruments()).containsExactly(BTC);
        assertThat(store.lastSeq(1)).isEqualTo(100);
        assertSameKlines(first);
        store.commit(batch(next, 20));
        List<Trade> all = new ArrayList<>(first);
        all.addAll(next);
        assertSameKlines(all);
    }

    @Test
    void forgetsWhatItRememberedOfCandlesWhenTheDatabaseRefusesThem() {
        List<Trade> first = source.next(BTC, 1, 100);
        store.commit(batch(first, 10));
        List<Trade> next = source.next(BTC, 101, 100);
        List<Kline> invalid = new ArrayList<>(klines(next));
        invalid.add(invalid.get(0));

        // The candles themselves are refused, after they were merged in memory: a bucket comes twice in one batch.
        assertThatThrownBy(() -> store.commit(new StoreBatch(List.of(), Map.of(1, first), Map.of(1, invalid), 20)))
                .isInstanceOf(StoreException.class);
        store.commit(batch(next, 20));

        List<Trade> all = new ArrayList<>(first);
        all.addAll(next);
        assertSameKlines(all);
    }

    @Test
    void anyBatchesOfLateTradesGiveTheCandlesOfTheWhole() {
        Random random = new Random(seed);
        List<Trade> trades = source.next(BTC, 1, 3_000);
        int from = 0;
        while (from < trades.size()) {
            int to = Math.min(trades.size(), from + 1 + random.nextInt(random.nextBoolean() ? 20 : 600));
            store.commit(batch(trades.subList(from, to), to));
            from = to;
        }
        assertSameKlines(trades);
    }

    /** As a killed H2 leaves it: a part of the trades, or of the candles, or candles twice. */
    @Test
    void takesOutAnyPartOfAPendingBatch() {
        List<Trade> first = source.next(BTC, 1, 400);
        List<Trade> next = source.next(BTC, 401, 200);
        List<Kline> deltas = klines(next);
        List<StoreBatch> parts = List.of(
                new StoreBatch(List.of(), Map.of(), Map.of(), 20),
                new StoreBatch(List.of(), Map.of(1, next.subList(0, 77)), Map.of(), 20),
                new StoreBatch(List.of(), Map.of(1, next), Map.of(1, deltas.subList(0, deltas.size() / 2)), 20),
                new StoreBatch(List.of(), Map.of(), Map.of(1, deltas), 20),
                batch(next, 20));
        store.commit(batch(first, 10));
        for (StoreBatch part : parts) {
            store.commit(part);

            store.undo(new PendingBatch(10, 20), Map.of(1, next), List.of());

            assertThat(store.checkpointPosition()).isEqualTo(10);
            assertThat(store.pending()).isEmpty();
            assertThat(store.lastSeq(1)).isEqualTo(400);
            assertSameKlines(first);
        }
        store.commit(batch(next, 20));
        List<Trade> all = new ArrayList<>(first);
        all.addAll(next);
        assertSameKlines(all);
    }

    @Test
    void goesOnMergingAfterItWasOpenedAgain() {
        List<Trade> trades = source.next(BTC, 1, 600);
        store.commit(batch(trades.subList(0, 299), 10));
        store.close();
        store = StoreDatabase.open(location());
        store.commit(batch(trades.subList(299, 600), 20));

        assertThat(store.epoch()).contains(EPOCH);
        assertSameKlines(trades);
    }

    void assertSameKlines(List<Trade> trades) {
        List<Kline> stored = new ArrayList<>();
        for (KlineInterval interval : KlineInterval.values()) {
            stored.addAll(all(store, interval));
        }
        assertThat(stored).as("seed %s", seed).isEqualTo(klines(trades));
    }

    static StoreBatch batch(List<Trade> trades, long position) {
        return new StoreBatch(List.of(BTC), Map.of(1, trades), Map.of(1, klines(trades)), position);
    }

    static List<Kline> klines(List<Trade> trades) {
        KlineAggregator aggregator = new KlineAggregator();
        trades.forEach(aggregator::add);
        return aggregator.drain();
    }

    static List<Kline> all(MarketStore store, KlineInterval interval) {
        return store.klines(1, interval, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, false);
    }

    private static List<Trade> bySeq(List<Trade> trades) {
        return trades.stream().sorted(Comparator.comparingLong(Trade::seq)).toList();
    }

    private static <T> List<T> firstOf(List<T> list, int count) {
        return list.subList(0, Math.min(count, list.size()));
    }

    private static <T> List<T> lastOf(List<T> list, int count) {
        return list.subList(Math.max(0, list.size() - count), list.size());
    }

    private static Ticker ticker(long seq, long price) {
        return new Ticker(seq, 100, price, 2, 3, price, 1, new Sum128(7, -1), new Sum128(1L << 40, 5), 6, 50, 100);
    }
}
