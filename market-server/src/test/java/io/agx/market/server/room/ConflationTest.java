package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.history.WindowKlines;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.subscriber.SubscriberShard;
import io.agx.market.server.subscriber.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a subscriber of candles is sent when it could not be written to for a while. */
class ConflationTest {
    private static final long MINUTE = 60_000;

    private final Recorder recorder = new Recorder();
    private final Subscriber subscriber = new Subscriber(
            "c-1",
            recorder,
            new SubscriberShard(loop(), SubscriberLimits.DEFAULTS, () -> 0, System::nanoTime, new DeliveryCounters()));
    private final Membership membership = membershipOf(new EmptyRoom());

    @Test
    void newestRevisionTakesThePlaceOfOlderOnes() {
        membership.offer(Publication.state(json("first"), MINUTE));
        membership.offer(Publication.state(json("other"), 2 * MINUTE));
        membership.offer(Publication.state(json("second"), MINUTE));

        subscriber.flush();

        assertThat(recorder.sent).containsExactly("{\"a\":\"second\",\"skipped\":1}", "{\"a\":\"other\"}");
    }

    @Test
    void closeTakesThePlaceOfAnOlderRevisionAndALateOneFollowsIt() {
        membership.offer(Publication.state(json("open"), MINUTE));
        membership.offer(Publication.close(json("close"), MINUTE));
        membership.offer(Publication.state(json("late"), MINUTE));
        membership.offer(Publication.state(json("later"), MINUTE));

        subscriber.flush();

        assertThat(recorder.sent).containsExactly("{\"a\":\"close\",\"skipped\":1}", "{\"a\":\"later\",\"skipped\":1}");
    }

    @Test
    void manyClosesWaitWithoutSlowingEachOther() {
        int count = 200_000;

        assertTimeout(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < count; i++) {
                membership.offer(Publication.state(json("s"), i));
                membership.offer(Publication.close(json("c"), i));
            }
            subscriber.flush();
        });

        assertThat(recorder.sent).hasSize(count);
    }

    private Membership membershipOf(Room room) {
        subscriber.join(room);
        return subscriber.membership(room.name()).orElseThrow();
    }

    private static byte[] json(String value) {
        return ("{\"a\":\"" + value + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    private static RoomLoop loop() {
        OffsetSeries none = new OffsetSeries() {
            @Override
            public void acquire(RoomName room) {}

            @Override
            public void release(RoomName room) {}
        };
        return new RoomLoop(
                new RoomRegistry(new SnapshotCache(), new Publisher(), new WindowKlines(), none),
                new RoomEncoder(() -> 0),
                () -> {},
                0);
    }

    private static final class EmptyRoom extends Room {
        EmptyRoom() {
            super(RoomName.parse("kline:BTC-USD:1m@raw"));
        }

        @Override
        protected void open() {}

        @Override
        public long publishedSeq() {
            return 0;
        }

        @Override
        public long completeTimeMillis() {
            return 0;
        }

        @Override
        public Entry enter(EntryRequest request, @Nullable Departure departure) {
            return new Entry(0, false, null, null, null);
        }

        @Override
        protected void publish(RoomEncoder encoder) {}
    }

    private static final class Recorder implements Transport {
        private final List<String> sent = new ArrayList<>();

        @Override
        public String name() {
            return "recorder";
        }

        @Override
        public boolean write(List<Publication> messages, Runnable done) {
            messages.forEach(message -> sent.add(message.text()));
            return true;
        }

        @Override
        public void ping(int nonce) {}

        @Override
        public void close(CloseCode code, String reason) {}

        @Override
        public void abort() {}
    }
}
