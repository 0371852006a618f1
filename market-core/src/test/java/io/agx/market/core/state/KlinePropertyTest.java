package io.agx.market.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import io.agx.market.core.testing.RecordingListener;
import io.agx.market.core.testing.ReferenceKlines;
import io.agx.market.core.testing.Trades;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the order of arrival, the clock and the flushes: the candles are those of a plain loop over all trades. */
class KlinePropertyTest {
    private static final StateLimits LIMITS = StateLimits.DEFAULT;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void anyOrderAndAnyFlushesEndInTheSameKlines(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.random(random, 1_200, Trades.DAY, true);
        List<Trade> shuffled = new ArrayList<>(trades);
        Collections.shuffle(shuffled, random);

        for (List<Trade> order : List.of(trades, Trades.disordered(random, trades, 50), Trades.numbered(shuffled))) {
            InstrumentState state = played(random, order, new RecordingListener());
            for (KlineInterval interval : KlineInterval.values()) {
                assertThat(ReferenceKlines.numbers(
                                state.snapshot().klines(interval).newest(1_500)))
                        .as("seed %d, %s", seed, interval.code())
                        .isEqualTo(ReferenceKlines.of(order, interval, 0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void equalTimesAreOrderedBySeq(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            trades.add(Trades.trade(i, Trades.DAY + random.nextInt(20) * 250L, 1 + random.nextInt(1_000), 1 + i));
        }

        InstrumentState state = played(random, trades, new RecordingListener());

        for (KlineInterval interval : KlineInterval.values()) {
            assertThat(ReferenceKlines.numbers(state.snapshot().klines(interval).newest(1_500)))
                    .as("seed %d, %s", seed, interval.code())
                    .isEqualTo(ReferenceKlines.of(trades, interval, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36})
    void everyBucketClosesExactlyOnceAndLaterRevisionsAreLate(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 800, Trades.DAY, true), 8);
        RecordingListener heard = new RecordingListener();

        InstrumentState state = played(random, trades, heard);

        for (KlineInterval interval : KlineInterval.values()) {
            Map<Long, KlineCause> closedBy = new HashMap<>();
            TreeMap<Long, Kline> newest = new TreeMap<>();
            long lastCloseMillis = Long.MIN_VALUE;
            for (Kline kline : heard.klines(interval)) {
                String what = "seed " + seed + ": " + kline;
                assertThat(kline.high()).as(what).isGreaterThanOrEqualTo(Math.max(kline.open(), kline.close()));
                assertThat(kline.low()).as(what).isLessThanOrEqualTo(Math.min(kline.open(), kline.close()));
                Kline before = newest.put(kline.openTimeMillis(), kline);
                if (before != null) {
                    assertThat(kline.seq()).as(what).isGreaterThanOrEqualTo(before.seq());
                }
                boolean wasClosed = closedBy.containsKey(kline.openTimeMillis());
                switch (kline.cause()) {
                    case CLOCK -> {
                        assertThat(wasClosed).as(what).isFalse();
                        assertThat(kline.closed()).as(what).isTrue();
                        assertThat(kline.openTimeMillis()).as(what).isGreaterThan(lastCloseMillis);
                        lastCloseMillis = kline.openTimeMillis();
                    }
                    case LATE, BACKFILL -> assertThat(kline.closed()).as(what).isTrue();
                    case TRADE -> {
                        assertThat(wasClosed).as(what).isFalse();
                        assertThat(kline.closed()).as(what).isFalse();
                    }
                }
                if (kline.closed()) {
                    closedBy.put(kline.openTimeMillis(), kline.cause());
                }
            }
            List<Kline> kept = state.snapshot().klines(interval).newest(1_500);
            for (Kline kline : kept) {
                assertThat(newest.get(kline.openTimeMillis()))
                        .as("seed %d", seed)
                        .isEqualTo(kline);
                assertThat(kline.closed())
                        .as("seed %d: %s", seed, kline)
                        .isEqualTo(kline.nextOpenTimeMillis() + LIMITS.graceMillis()
                                <= state.snapshot().clockMillis());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void theLastRevisionHeardOfEachBucketIsTheFilledCandle(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 400, Trades.DAY, true), 6);
        RecordingListener heard = new RecordingListener();
        InstrumentState state = played(random, trades, heard);

        for (KlineInterval interval : KlineInterval.values()) {
            TreeMap<Long, Kline> newest = new TreeMap<>();
            heard.klines(interval).forEach(kline -> newest.put(kline.openTimeMillis(), kline));
            List<Kline> filled = state.snapshot().klines(interval).filled(Long.MIN_VALUE, Long.MAX_VALUE, 1_400, true);
            for (Kline kline : filled) {
                Kline last = newest.get(kline.openTimeMillis());
                if (last != null && (kline.closed() || !kline.isFlat())) {
                    assertThat(ReferenceKlines.numbers(List.of(last)))
                            .as("seed %d", seed)
                            .isEqualTo(ReferenceKlines.numbers(List.of(kline)));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54})
    void mergedDeltasOfAnyBatchesAreTheKlinesOfTheWhole(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 1_000, Trades.DAY, false), 40);
        KlineAggregator aggregator = new KlineAggregator();
        Map<KlineInterval, NavigableMap<Long, Kline>> stored = new HashMap<>();

        for (Trade trade : trades) {
            aggregator.add(trade);
            if (random.nextInt(60) == 0) {
                store(aggregator, stored);
            }
        }
        store(aggregator, stored);

        for (KlineInterval interval : KlineInterval.values()) {
            assertThat(List.copyOf(
                            stored.getOrDefault(interval, new TreeMap<>()).values()))
                    .as("seed %d, %s", seed, interval.code())
                    .isEqualTo(ReferenceKlines.of(trades, interval, 0));
        }
    }

    private static void store(KlineAggregator aggregator, Map<KlineInterval, NavigableMap<Long, Kline>> stored) {
        int expected = aggregator.bucketCount();
        List<Kline> deltas = aggregator.drain();
        assertThat(deltas).hasSize(expected);
        assertThat(aggregator.bucketCount()).isZero();
        for (Kline delta : deltas) {
            stored.computeIfAbsent(delta.interval(), key -> new TreeMap<>())
                    .merge(delta.openTimeMillis(), delta, Kline::merge);
        }
    }

    /** Applies trades with a clock that mostly follows them, sometimes jumps ahead, and random flushes. */
    private static InstrumentState played(Random random, List<Trade> trades, RecordingListener listener) {
        InstrumentState state = new InstrumentState(Trades.instrument(1), LIMITS);
        long clockMillis = Trades.DAY;
        for (Trade trade : trades) {
            if (random.nextInt(4) == 0) {
                long ahead = random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(2_500);
                clockMillis = Math.max(clockMillis, trade.timeMillis() + ahead);
                state.advance(clockMillis);
            }
            state.apply(trade);
            if (random.nextInt(10) == 0) {
                state.flush(listener);
            }
        }
        state.flush(listener);
        assertThat(listener.trades).isEqualTo(trades);
        return state;
    }
}
