package io.agx.market.core.kline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import io.agx.market.core.testing.ReferenceKlines;
import io.agx.market.core.testing.Trades;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KlineFoldTest {
    private static final long T = Trades.DAY;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void foldsAtEveryOffsetIntoWhatTheTradesGiveDirectly(long seed) {
        List<Trade> trades = Trades.random(new Random(seed), 2_000, T, false);
        int folds = 0;
        for (KlineInterval finer : KlineInterval.values()) {
            List<Kline> fine = ReferenceKlines.of(trades, finer, 0);
            for (KlineInterval coarser : KlineInterval.values()) {
                for (int offset = -720; offset <= 840; offset += 15) {
                    if (!coarser.isDivisibleBy(finer, offset)) {
                        continue;
                    }
                    folds++;
                    assertThat(ReferenceKlines.numbers(KlineFold.fold(fine, coarser, offset)))
                            .as("seed %d, %s from %s at %d", seed, coarser.code(), finer.code(), offset)
                            .isEqualTo(ReferenceKlines.of(trades, coarser, offset));
                }
            }
        }
        assertThat(folds).isGreaterThan(5_000);
    }

    @Test
    void foldsFilledCandlesAsThoseWithoutFlatOnes() {
        List<Trade> trades = Trades.random(new Random(3), 300, T, false);
        List<Kline> minutes = ReferenceKlines.of(trades, KlineInterval.MINUTE_1, 0);
        long end = minutes.get(minutes.size() - 1).nextOpenTimeMillis();
        List<Kline> filled =
                KlineFold.fillFlat(minutes, null, KlineInterval.MINUTE_1, 0, T, end, end, 0, 1_000_000, true);

        List<Kline> hours = KlineFold.fold(filled, KlineInterval.HOUR_1, 0);

        assertThat(hours.stream().filter(kline -> !kline.isFlat()).map(Kline::count))
                .isEqualTo(ReferenceKlines.of(trades, KlineInterval.HOUR_1, 0).stream()
                        .map(Kline::count)
                        .toList());
        assertThat(hours.get(0).closed()).isTrue();
    }

    @Test
    void refusesIntervalsThatDoNotDivide() {
        List<Kline> hours = ReferenceKlines.of(List.of(Trades.trade(1, T, 5, 5)), KlineInterval.HOUR_1, 0);

        assertThatThrownBy(() -> KlineFold.fold(hours, KlineInterval.DAY_1, 15))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1d at offset 15");
        assertThatThrownBy(() -> KlineFold.fold(hours, KlineInterval.MINUTE_1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void fillsEveryBucketOfARange(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.random(random, 200, T, false);
        KlineInterval[] intervals = KlineInterval.values();
        for (int i = 0; i < 200; i++) {
            KlineInterval interval = intervals[2 + random.nextInt(intervals.length - 2)];
            int offset = 15 * (random.nextInt(105) - 48);
            List<Kline> klines = ReferenceKlines.of(trades, interval, offset);
            long span = klines.get(klines.size() - 1).nextOpenTimeMillis() - T;
            long clock = T + random.nextLong(span * 2);
            long grace = random.nextInt(5_000);
            long from = T + random.nextLong(span * 2) - span / 2;
            long to = Math.min(from + random.nextLong(span * 2), from + interval.nominalMillis() * 700);
            int limit = 1 + random.nextInt(300);
            boolean newest = random.nextBoolean();
            List<Kline> before = klines.stream()
                    .filter(kline -> kline.openTimeMillis() < from)
                    .toList();
            List<Kline> inside = klines.stream()
                    .filter(kline -> kline.openTimeMillis() >= from && kline.openTimeMillis() < to)
                    .toList();
            Kline previous = before.isEmpty() ? null : before.get(before.size() - 1);

            List<Kline> filled =
                    KlineFold.fillFlat(inside, previous, interval, offset, from, to, clock, grace, limit, newest);

            List<Kline> expected = plainly(klines, interval, offset, from, to, clock, grace);
            int size = Math.min(limit, expected.size());
            assertThat(filled)
                    .as("seed %d, %s at %d", seed, interval.code(), offset)
                    .isEqualTo(
                            newest
                                    ? expected.subList(expected.size() - size, expected.size())
                                    : expected.subList(0, size));
        }
    }

    private static List<Kline> plainly(
            List<Kline> klines, KlineInterval interval, int offset, long from, long to, long clock, long grace) {
        TreeMap<Long, Kline> byOpen = new TreeMap<>();
        klines.forEach(kline -> byOpen.put(kline.openTimeMillis(), kline));
        List<Kline> filled = new ArrayList<>();
        long open = byOpen.firstKey();
        while (open < to && (open <= clock || open <= byOpen.lastKey())) {
            long next = ReferenceKlines.nextOpen(interval, open, offset);
            Kline kline = byOpen.get(open);
            if (kline == null && open <= clock) {
                Kline carried = byOpen.floorEntry(open).getValue();
                kline = Kline.flat(interval, open, next, carried.close(), carried.seq(), false, carried.cause());
            }
            if (kline != null && open >= from) {
                filled.add(KlineFold.closedBy(kline, clock, grace));
            }
            open = next;
        }
        return filled;
    }
}
