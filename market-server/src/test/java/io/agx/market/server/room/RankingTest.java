package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
    @Test
    void picksWhatSortingAllWouldPick() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int count = random.nextInt(60);
            int values = 1 + random.nextInt(20); // Few: most ranks are shared.
            int limit = 1 + random.nextInt(70);
            long[] ranks = random.longs(count, -values, values).toArray();
            List<Integer> all = IntStream.range(0, count).boxed().toList();
            List<Integer> sorted = new ArrayList<>(all);
            sorted.sort(Comparator.<Integer>comparingLong(i -> ranks[i]).reversed());

            assertThat(Ranking.highest(all, i -> ranks[i], limit))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(sorted.subList(0, Math.min(limit, count)));
        }
    }
}
