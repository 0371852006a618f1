package io.agx.market.server.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MeasureTest {
    @Test
    void aDurationIsCountedAtTheFirstBoundThatIsNotBelowIt() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Distribution distribution = Distribution.ofDurations(7, 24);
        long[] nanos = LongStream.range(0, 20_000)
                .map(i -> random.nextLong(1L << (1 + random.nextInt(36))))
                .toArray();
        for (long each : nanos) {
            distribution.record(each);
        }

        double[] bounds = distribution.upperBounds();
        assertThat(bounds).hasSize(18);
        assertThat(bounds[0]).isEqualTo(128e-6);
        assertThat(bounds[17]).isEqualTo(16.777216);
        long below = 0;
        long[] counts = distribution.counts();
        for (int i = 0; i < bounds.length; i++) {
            below += counts[i];
            double bound = bounds[i];
            assertThat(below)
                    .as("seed %d, up to %s s", seed, bound)
                    .isEqualTo(LongStream.of(nanos)
                            .filter(each -> each <= Math.round(bound * 1e9))
                            .count());
        }
        assertThat(below + counts[bounds.length]).isEqualTo(nanos.length);
        assertThat(distribution.sum()).isCloseTo(LongStream.of(nanos).sum() / 1e9, within(1e-6));
    }

    @Test
    void aSizeOnABoundBelongsToIt() {
        Distribution sizes = Distribution.ofSizes(0, 3);
        LongStream.of(0, 1, 2, 3, 4, 8, 9, 1_000_000, -5).forEach(sizes::record);

        assertThat(sizes.upperBounds()).containsExactly(1, 2, 4, 8);
        assertThat(sizes.counts()).containsExactly(3, 1, 2, 1, 2);
        assertThat(sizes.sum()).isEqualTo(1_000_027);
    }

    @Test
    void nothingIsLostBetweenThreads() throws InterruptedException {
        Distribution sizes = Distribution.ofSizes(0, 10);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> new Thread(() -> IntStream.range(0, 50_000).forEach(sizes::record)))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(LongStream.of(sizes.counts()).sum()).isEqualTo(200_000);
        assertThat(sizes.sum()).isEqualTo(4.0 * (49_999L * 50_000 / 2));
    }

    @Test
    void whatIsNoWordCountsAsOther() {
        WordCounts counts = new WordCounts(List.of("a", "b"));
        List.of("a", "b", "a", "c", "", "other").forEach(counts::add);

        assertThat(counts.words()).containsExactly("a", "b", "other");
        assertThat(counts.of("a")).isEqualTo(2);
        assertThat(counts.of("other")).isEqualTo(3);
        assertThat(counts.of("c")).isZero();
        assertThat(counts.sum()).isEqualTo(6);
    }
}
