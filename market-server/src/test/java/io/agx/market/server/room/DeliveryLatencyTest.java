package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.state.MarketListener;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryLatencyTest {
    private final MarketRig rig = new MarketRig();
    private long durableNanos;
    private final MarketListener engine = rig.publisher.of(() -> durableNanos);

    @Test
    void aPlaceIsAtMostAThirtySecondWide() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            long micros = random.nextLong(1L << (1 + random.nextInt(26)));
            long end = DeliveryLatency.endMicros(DeliveryLatency.placeOf(micros));

            assertThat(end).as("seed %d, %d us", seed, micros).isGreaterThan(micros);
            assertThat(end - 1).isLessThanOrEqualTo(micros + micros / 32);
        }
        assertThat(DeliveryLatency.placeOf((1L << 26) - 1)).isEqualTo(DeliveryLatency.PLACES - 1);
    }

    @Test
    void whatIsSentAtOnceIsTimedFromWhenItWasDurable() {
        join("trade:BTC-USDT@raw");
        tradeOf(7);

        assertThat(Arrays.stream(rig.loop.latency().counts()).sum()).isEqualTo(1);
        assertThat(only()).isEqualTo(DeliveryLatency.placeOf(7_000));
        assertThat(rig.loop.latency().totalNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(7));
    }

    @Test
    void theFirstWriteOfARoundAndEachSixteenthAreTimed() {
        for (int i = 0; i < 33; i++) {
            join("trade:BTC-USDT@raw");
        }
        tradeOf(7);

        assertThat(Arrays.stream(rig.loop.latency().counts()).sum()).isEqualTo(3);
    }

    @Test
    void roomsWithARateAreNotTimedForTheyWaitOnPurpose() {
        join("trade:BTC-USDT@1s");
        tradeOf(7);
        rig.clock.advanceMillis(1_000);
        rig.loop.runDue();

        assertThat(rig.loop.latency().totalNanos()).isZero();
    }

    @Test
    void aPatternsRawRoomIsTimed() {
        join("ticker:*@raw");
        tradeOf(7); // Whose ticker shows the instrument.
        tradeOf(9);

        assertThat(only()).isEqualTo(DeliveryLatency.placeOf(9_000));
    }

    /** What was sampled of a room that closed before it was published would wait for the next one's first message. */
    @Test
    void aSampleOfARoomThatIsGoneIsForgotten() {
        Subscriber gone = join("trade:BTC-USDT@raw");
        durableNanos = rig.clock.nanos();
        rig.apply(rig.btc);
        rig.btc.flush(engine);
        gone.closed();
        rig.clock.advanceMillis(60_000);
        join("trade:BTC-USDT@raw");
        tradeOf(7);

        assertThat(only()).isEqualTo(DeliveryLatency.placeOf(7_000));
    }

    @Test
    void eachFlushThatWaitsIsAsLikelyToBeTheSample() {
        int[] taken = new int[5];
        DurableSample sample = new DurableSample();
        for (int round = 0; round < 50_000; round++) {
            for (int i = 1; i <= taken.length; i++) {
                sample.offer(i, 1_000 + i);
            }
            long tradeTimeMillis = sample.tradeTimeMillis();
            int took = (int) sample.take();
            assertThat(tradeTimeMillis).isEqualTo(1_000 + took);
            taken[took - 1]++;
        }

        assertThat(Arrays.stream(taken).boxed().toList())
                .allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
        assertThat(sample.take()).isZero();
    }

    private Subscriber join(String room) {
        Subscriber subscriber = rig.connect(new RecordingTransport());
        rig.join(subscriber, room);
        rig.loop.runDue();
        return subscriber;
    }

    /** A trade that is durable now, and is published so many milliseconds later. */
    private void tradeOf(long millis) {
        rig.clock.advanceMillis(20); // The window after the last round.
        durableNanos = rig.clock.nanos();
        rig.apply(rig.btc);
        rig.btc.flush(engine);
        rig.clock.advanceMillis(millis);
        rig.loop.runDue();
    }

    private int only() {
        long[] counts = rig.loop.latency().counts();
        assertThat(Arrays.stream(counts).sum()).isEqualTo(1);
        for (int place = 0; place < counts.length; place++) {
            if (counts[place] == 1) {
                return place;
            }
        }
        throw new AssertionError("nothing was timed");
    }
}
