package io.agx.market.core.kline;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.testing.Trades;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KlineWindowTest {
    private static final long T = Trades.DAY;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void behavesAsASortedMapOfItsNewestCandles(long seed) {
        Random random = new Random(seed);
        int kept = List.of(1, 3, 64, 65, 200, 1_500).get((int) seed - 1);
        KlineWindow window = KlineWindow.empty(KlineInterval.SECOND_1, 0, kept, 0);
        TreeMap<Long, Kline> expected = new TreeMap<>();
        List<KlineWindow> published = new ArrayList<>();
        List<List<Kline>> contents = new ArrayList<>();

        for (int i = 0; i < 6_000; i++) {
            boolean late = !expected.isEmpty() && random.nextInt(3) == 0;
            long newest = expected.isEmpty() ? 0 : (expected.lastKey() - T) / 1_000;
            Kline kline = kline(late ? newest - random.nextInt(3 * kept + 1) : newest + random.nextInt(3), i);
            window = window.put(kline);
            if (expected.size() < kept || kline.openTimeMillis() >= expected.firstKey()) {
                expected.put(kline.openTimeMillis(), kline);
            }
            if (expected.size() > kept) {
                expected.pollFirstEntry();
            }
            if (i % 500 == 0) {
                published.add(window);
                contents.add(List.copyOf(expected.values()));
            }
            if (i % 7 == 0) {
                assertSame(seed, random, window, expected);
            }
        }
        for (int i = 0; i < published.size(); i++) {
            assertThat(published.get(i).newest(kept)).as("seed %d", seed).isEqualTo(contents.get(i));
        }
    }

    @Test
    void showsFlatCandlesUpToTheClockWhereNoTradeIsYet() {
        KlineWindow window = KlineWindow.empty(KlineInterval.SECOND_1, 0, 10, 2_000);
        assertThat(window.withClock(T).filled(T, T + 9_000, 9, true)).isEmpty();
        window = window.put(kline(0, 7));

        assertThat(window.withClock(T + 999).filled(T, T + 9_000, 9, true)).containsExactly(kline(0, 7));
        assertThat(window.withClock(T - 5_000).filled(T, T + 9_000, 9, true)).containsExactly(kline(0, 7));
        assertThat(window.withClock(T + 5_500).filled(T, T + 9_000, 1, true))
                .containsExactly(
                        Kline.flat(KlineInterval.SECOND_1, T + 5_000, T + 6_000, 7, 7, false, KlineCause.TRADE));
        assertThat(window.withClock(T + 3_000).filled(T, T + 9_000, 9, true))
                .extracting(Kline::closed)
                .containsExactly(true, false, false, false);
    }

    @Test
    void fillsNothingBeforeTheClockIsSet() {
        KlineWindow window = KlineWindow.empty(KlineInterval.SECOND_1, 0, 10, 2_000)
                .put(kline(0, 7))
                .put(kline(5, 8));

        for (boolean newest : List.of(true, false)) {
            assertThat(window.filled(T, T + 9_000, 9, newest)).containsExactly(kline(0, 7), kline(5, 8));
            assertThat(window.filled(T + 1_000, T + 9_000, 9, newest)).containsExactly(kline(5, 8));
            assertThat(window.filled(T + 6_000, T + 9_000, 9, newest)).isEmpty();
        }
    }

    @Test
    void settledItsClosedCandlesAreTheClocksAndNothingElseIsChanged() {
        List<Kline> all = new ArrayList<>();
        KlineWindow window = KlineWindow.empty(KlineInterval.SECOND_1, 0, 200, 0);
        for (int i = 0; i < 300; i++) {
            boolean closed = i < 290;
            KlineCause cause = !closed
                    ? KlineCause.TRADE
                    : List.of(KlineCause.LATE, KlineCause.BACKFILL, KlineCause.CLOCK)
                            .get(i % 3);
            all.add(kline(i, i + 1).as(closed, cause));
            window = window.put(all.get(i));
        }

        KlineWindow settled = window.settled();

        assertThat(window.newest(200)).isEqualTo(all.subList(100, 300));
        assertThat(settled.newest(200))
                .isEqualTo(all.subList(100, 300).stream()
                        .map(kline -> kline.closed() ? kline.as(true, KlineCause.CLOCK) : kline)
                        .toList());
        assertThat(settled.coversFrom()).isEqualTo(window.coversFrom());
    }

    private static void assertSame(long seed, Random random, KlineWindow window, NavigableMap<Long, Kline> expected) {
        int limit = random.nextInt(expected.size() + 5);
        List<Kline> all = List.copyOf(expected.values());
        assertThat(window.size()).as("seed %d", seed).isEqualTo(all.size());
        assertThat(window.newest(limit))
                .as("seed %d", seed)
                .isEqualTo(all.subList(Math.max(0, all.size() - limit), all.size()));
        long from = expected.firstKey() + 1_000L * (random.nextInt(expected.size() * 2 + 2) - 1);
        long to = from + random.nextInt(30_000);
        assertThat(window.range(from, to, limit))
                .as("seed %d", seed)
                .isEqualTo(
                        expected.subMap(from, to).values().stream().limit(limit).toList());
        var floor = expected.floorEntry(from);
        assertThat(window.floor(from)).as("seed %d", seed).isEqualTo(floor == null ? null : floor.getValue());
        var higher = expected.higherEntry(from);
        assertThat(window.higher(from)).as("seed %d", seed).isEqualTo(higher == null ? null : higher.getValue());
        assertThat(window.at(from)).as("seed %d", seed).isEqualTo(expected.get(from));
    }

    private static Kline kline(long second, long seq) {
        Sum128 one = Sum128.of(1);
        long open = T + second * 1_000;
        return new Kline(
                KlineInterval.SECOND_1,
                open,
                open + 1_000,
                seq,
                seq,
                seq,
                seq,
                one,
                one,
                one,
                one,
                1,
                seq,
                seq,
                open,
                open,
                false,
                KlineCause.TRADE);
    }
}
