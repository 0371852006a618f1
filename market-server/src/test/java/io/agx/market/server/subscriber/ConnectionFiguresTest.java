package io.agx.market.server.subscriber;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.RoomFigures;
import io.agx.market.server.subscriber.ConnectionFigures.Order;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionFiguresTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();

    @Test
    void whatWaitsIsCountedUntilItIsWritten() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "ticker:BTC-USDT@raw");
        rig.join(slow, "trade:BTC-USDT@raw");
        rig.join(slow, "kline:BTC-USDT:1m@raw");
        slow.reply(reply("fills the write"));
        rig.loop.runDue();
        for (int i = 0; i < 4; i++) {
            rig.trade(rig.btc, 1);
            rig.publish();
        }

        ConnectionFigures figures = figures();
        assertThat(figures.writing()).isTrue();
        assertThat(figures.rooms()).isEqualTo(3);
        assertThat(figures.waitingMessages())
                .as("four messages of trades, a ticker and a candle")
                .isEqualTo(6);
        assertThat(figures.conflated()).isEqualTo(6);
        assertThat(figures.messages()).isEqualTo(1);

        transport.release();
        rig.loop.runDue();

        long written = transport.messages().stream()
                .mapToLong(message -> message.length())
                .sum();
        assertThat(figures().waitingMessages()).isZero();
        assertThat(figures().waitingBytes()).isZero();
        assertThat(figures().messages()).isEqualTo(7);
        assertThat(figures().bytes())
                .isBetween(written - 60, written); // Without "skipped", which is added while it is written.
        assertThat(figures.waitingBytes() + "fills the write".length())
                .isEqualTo(figures().bytes());
        assertThat(figures().writing()).isFalse();
    }

    @Test
    void whatIsDroppedIsCounted() {
        Subscriber slow =
                rig.connect(transport.hold(), new SubscriberLimits(10, 4_096, 10_000, 20_000, 60_000, 15_000));
        rig.join(slow, "trade:BTC-USDT@raw");
        for (int i = 0; i < 60; i++) {
            rig.trade(rig.btc, 1);
            rig.publish();
        }

        assertThat(figures().dropped())
                .isPositive()
                .isEqualTo(rig.subscribers.counters().count(DeliveryCounters.Count.DROPPED));
        assertThat(figures().waitingBytes()).isLessThanOrEqualTo(4_096);
    }

    @Test
    void theRoundTripIsThatOfTheNewestPingThatWasAnswered() {
        Subscriber subscriber = rig.connect(transport);
        pass(20_000);
        int first = transport.lastNonce();
        assertThat(figures().rttMicros()).isNull();
        rig.clock.advanceMillis(30);
        subscriber.heardPong(first + 1);
        subscriber.heardPong(0);
        assertThat(figures().rttMicros()).as("pongs that answer nothing").isNull();
        subscriber.heardPong(first);
        assertThat(figures().rttMicros()).isEqualTo(30_000);
        rig.clock.advanceMillis(30);
        subscriber.heardPong(first);
        assertThat(figures().rttMicros()).as("the same pong again").isEqualTo(30_000);

        pass(20_000);
        rig.clock.advanceMillis(5);
        subscriber.heardPong(first);
        assertThat(figures().rttMicros()).as("an answer to the ping before").isEqualTo(30_000);
        subscriber.heardPong(transport.lastNonce());
        assertThat(figures().rttMicros()).isEqualTo(5_000);
    }

    @Test
    void theFirstOfAnOrderAreShownAndAllAreCounted() {
        for (int i = 1; i <= 50; i++) {
            Subscriber subscriber = rig.connect(new RecordingTransport().hold());
            subscriber.reply(reply("under way"));
            rig.loop.runDue();
            subscriber.reply(reply("x".repeat(i * 37 % 50 + 1)));
            rig.clock.advanceMillis(10);
        }

        ConnectionFigures.First waiting = rig.subscribers.first(Order.WAITING, 3);
        assertThat(waiting.count()).isEqualTo(50);
        assertThat(waiting.connections())
                .extracting(ConnectionFigures::waitingBytes)
                .containsExactly(50L, 49L, 48L);
        assertThat(rig.subscribers.first(Order.OPENED, 2).connections())
                .extracting(ConnectionFigures::id)
                .containsExactly("test-50", "test-49");
        assertThat(rig.subscribers.first(Order.DROPPED, 2).connections())
                .as("of equals the first")
                .extracting(ConnectionFigures::id)
                .containsExactly("test-1", "test-2");
        assertThat(rig.subscribers.first(Order.RTT, 1_000).connections()).hasSize(50);
    }

    @Test
    void aUsersConnectionIsShownAsIts() {
        Subscriber subscriber = rig.connect(transport);
        rig.subscribers.identify(subscriber, "alice");

        assertThat(figures().userId()).isEqualTo("alice");
    }

    @Test
    void endsTellWhyByWhomAndWhoseTheyWere() {
        Subscriber silent = rig.connect(transport);
        rig.subscribers.identify(silent, "alice");
        pass(61_000);
        rig.clock.advanceMillis(1);
        Subscriber left = rig.connect(new RecordingTransport());
        rig.subscribers.remove(left, 1000, "done");
        rig.subscribers.remove(silent, 1006, "as the container tells it afterwards");

        List<EndedConnection> ends = rig.subscribers.ends();
        assertThat(ends).extracting(EndedConnection::id).containsExactly("test-2", "test-1");
        assertThat(ends).extracting(EndedConnection::byServer).containsExactly(false, true);
        assertThat(ends).extracting(EndedConnection::code).containsExactly(1000, CloseCode.NOT_HEARD.code());
        assertThat(ends).extracting(EndedConnection::reason).containsExactly("done", "nothing was heard for 60000 ms");
        assertThat(ends).extracting(EndedConnection::userId).containsExactly(null, "alice");
    }

    @Test
    void theLastEndsAreKept() {
        for (int i = 0; i < SubscriberRegistry.MAX_ENDS + 5; i++) {
            rig.subscribers.remove(rig.connect(new RecordingTransport()), 1000, "");
        }

        assertThat(rig.subscribers.ends()).hasSize(SubscriberRegistry.MAX_ENDS);
        assertThat(rig.subscribers.ends().get(0).id()).isEqualTo("test-" + (SubscriberRegistry.MAX_ENDS + 5));
    }

    @Test
    void theLargestRoomsAreShownForEachRateAndChoiceOfFields() {
        for (int i = 0; i < 5; i++) {
            Subscriber subscriber = rig.connect(new RecordingTransport());
            rig.subscribe(subscriber, "trade:BTC-USDT");
            rig.subscribe(subscriber, i < 3 ? "ticker:BTC-USDT@1s~last" : "ticker:BTC-USDT");
        }
        rig.trade(rig.btc, 2);
        rig.publish();

        RoomFigures.Largest largest = rig.loop.registry().largest(2);
        assertThat(largest.count()).isEqualTo(3);
        assertThat(rig.loop.registry().openCount()).isEqualTo(3);
        assertThat(largest.rooms()).extracting(RoomFigures::room).containsExactly("trade:BTC-USDT", "ticker:BTC-USDT");
        assertThat(largest.rooms()).extracting(RoomFigures::members).containsExactly(5, 3);
        assertThat(largest.rooms().get(0).seq()).isEqualTo(2);
        assertThat(largest.rooms().get(0).fields()).isEmpty();
        assertThat(largest.rooms().get(1).rate()).isEqualTo("1s");
        assertThat(largest.rooms().get(1).fields())
                .contains("symbol", "seq", "last")
                .doesNotContain("volume");
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 1_000) {
            rig.clock.advanceMillis(1_000);
            rig.loop.runDue();
        }
    }

    private ConnectionFigures figures() {
        return rig.subscribers.first(Order.OPENED, 1).connections().get(0);
    }

    private static Publication reply(String text) {
        return Publication.reply(text.getBytes(StandardCharsets.UTF_8));
    }
}
