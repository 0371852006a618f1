package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoomLoopTest {
    private final List<String> offsets = new ArrayList<>();
    private final MarketRig rig = new MarketRig(new OffsetSeries() {
        @Override
        public void acquire(RoomName room) {
            offsets.add("acquire " + room);
        }

        @Override
        public void release(RoomName room) {
            offsets.add("release " + room);
        }
    });

    @Test
    void aPublicationIsEncodedOnceWhateverTheNumberOfMembersAndSharedByThem() {
        List<RecordingTransport> transports = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            RecordingTransport transport = new RecordingTransport();
            transports.add(transport);
            rig.join(rig.connect(transport), "ticker:BTC-USDT@raw");
        }
        rig.trade(rig.btc, 3);
        rig.publish();

        assertThat(rig.encoder.encodingCount()).isEqualTo(1);
        String text = transports.get(0).messages().get(0);
        assertThat(transports)
                .allSatisfy(transport ->
                        assertThat(transport.messages()).hasSize(1).first().isSameAs(text));
    }

    @Test
    void anotherWindowHoldsFromTheNextFlushOn() {
        RecordingTransport transport = new RecordingTransport();
        rig.join(rig.connect(transport), "ticker:BTC-USDT@raw");
        rig.windowMillis = 500;
        rig.trade(rig.btc, 1);
        rig.publish();
        assertThat(transport.messages())
                .as("the window that had begun was 10 ms")
                .hasSize(1);

        rig.trade(rig.btc, 1);
        rig.publish();
        rig.clock.advanceMillis(460);
        rig.loop.runDue();
        assertThat(transport.messages()).hasSize(1);
        rig.windowMillis = 0;
        rig.publish();
        assertThat(transport.messages()).hasSize(2);
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        assertThat(transport.messages()).as("without a window, at once").hasSize(3);
    }

    @Test
    void anErrorInATaskDoesNotEndTheThread() throws InterruptedException {
        CountDownLatch next = new CountDownLatch(1);
        rig.loop.start();
        rig.loop.execute(() -> {
            throw new StackOverflowError("thrown by the test");
        });
        rig.loop.execute(next::countDown);

        assertThat(next.await(10, TimeUnit.SECONDS)).isTrue();
        rig.loop.close();
    }

    @Test
    void aRoomThatFailsEndsItsMembersForTheyMayMissSomethingAndOtherRoomsGoOn() {
        RecordingTransport lost = new RecordingTransport();
        RecordingTransport both = new RecordingTransport();
        RecordingTransport other = new RecordingTransport();
        rig.join(rig.connect(lost), "trade:BTC-USDT");
        Subscriber inTwo = rig.connect(both);
        rig.join(inTwo, "trade:BTC-USDT");
        rig.join(inTwo, "trade:ETH-USDT");
        rig.join(rig.connect(other), "trade:ETH-USDT");
        rig.trade(rig.btc, 1);
        rig.beforeEncoding = () -> {
            rig.beforeEncoding = () -> {};
            throw new OutOfMemoryError("thrown by the test");
        };
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.trade(rig.eth, 1);
        rig.publish();

        assertThat(lost.closeCode()).contains(CloseCode.SERVER_FAULT);
        assertThat(both.closeCode()).contains(CloseCode.SERVER_FAULT);
        assertThat(lost.messages()).isEmpty();
        assertThat(other.closeCode()).isEmpty();
        assertThat(other.events(ReceivedEvent.TradeUpdate.class)).hasSize(1);
    }

    @Test
    void eachRateEncodesForItself() {
        for (String rate : List.of("raw", "100ms", "250ms")) {
            rig.join(rig.connect(new RecordingTransport()), "ticker:BTC-USDT@" + rate);
            rig.join(rig.connect(new RecordingTransport()), "ticker:BTC-USDT@" + rate);
        }
        rig.trade(rig.btc, 1);
        rig.clock.advanceMillis(300);
        rig.loop.runDue();
        rig.clock.advanceMillis(300);
        rig.loop.runDue();

        assertThat(rig.encoder.encodingCount()).isEqualTo(3);
    }

    @Test
    void nobodyInARoomMeansNothingIsEncoded() {
        Subscriber subscriber = rig.connect(new RecordingTransport());
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        subscriber.leave(RoomName.parse("ticker:BTC-USDT@raw"));
        rig.trade(rig.btc, 1);
        rig.publish();

        assertThat(rig.encoder.encodingCount()).isZero();
        assertThat(rig.loop.registry().all()).isEmpty();
    }

    @Test
    void roomsOfARateShareTicksThatAreCountedFromTheStart() {
        RecordingTransport first = new RecordingTransport();
        RecordingTransport second = new RecordingTransport();
        rig.join(rig.connect(first), "ticker:BTC-USDT@100ms");
        rig.join(rig.connect(second), "ticker:ETH-USDT@100ms");
        rig.clock.advanceMillis(130);
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        rig.clock.advanceMillis(50);
        rig.trade(rig.eth, 1);
        rig.loop.runDue();
        assertThat(first.messages()).isEmpty();
        assertThat(second.messages()).isEmpty();

        rig.clock.advanceMillis(20);
        rig.loop.runDue();

        assertThat(first.messages()).hasSize(1);
        assertThat(second.messages()).hasSize(1);
    }

    @Test
    void rawGoesOutAtOnceWhenIdleAndAtTheEndOfTheWindowUnderLoad() {
        RecordingTransport transport = new RecordingTransport();
        rig.join(rig.connect(transport), "trade:BTC-USDT");
        rig.clock.advanceMillis(50);
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        assertThat(transport.writes()).hasSize(1);

        rig.clock.advanceMillis(4);
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        assertThat(transport.writes()).hasSize(1);

        rig.clock.advanceMillis(6);
        rig.loop.runDue();
        assertThat(transport.writes()).hasSize(2);
    }

    @Test
    void publishNowSendsWhatWaitsForARate() {
        RecordingTransport transport = new RecordingTransport();
        rig.join(rig.connect(transport), "ticker:BTC-USDT@10s");
        rig.loop.runDue();
        rig.clock.advanceMillis(10);
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        assertThat(transport.messages()).isEmpty();

        rig.loop.publishNow();

        assertThat(transport.messages()).hasSize(1);
    }

    @Test
    void aRoomOpensWithItsFirstMemberAndClosesWithItsLast() {
        Subscriber first = rig.connect(new RecordingTransport());
        Subscriber second = rig.connect(new RecordingTransport());
        RoomName name = RoomName.parse("kline:BTC-USDT:1d:+08:00");
        rig.join(first, name.toString());
        rig.join(second, name.toString());
        first.leave(name);
        assertThat(rig.loop.registry().all()).hasSize(1);

        second.closed();

        assertThat(rig.loop.registry().all()).isEmpty();
        assertThat(offsets).containsExactly("acquire " + name, "release " + name);
    }

    @Test
    void aClosedRoomHearsNothingMore() {
        Subscriber subscriber = rig.connect(new RecordingTransport());
        Room gone = rig.join(subscriber, "trade:BTC-USDT");
        subscriber.closed();
        rig.trade(rig.btc, 5);
        rig.publish();

        assertThat(gone.publishedSeq()).isZero();
        assertThat(rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT")
                        .publishedSeq())
                .isEqualTo(5);
    }

    @Test
    void anUnknownInstrumentHasNoRoom() {
        assertThatThrownBy(() -> rig.loop.registry().open(RoomName.parse("trade:XRP-USDT")))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_SYMBOL));
        assertThat(rig.loop.registry().all()).isEmpty();
    }

    @Test
    void aTaskThatFailsStopsNoOther() {
        List<String> ran = new ArrayList<>();
        rig.loop.execute(() -> {
            throw new IllegalStateException("a fault, on purpose");
        });
        rig.loop.execute(() -> ran.add("next"));
        rig.loop.runDue();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void membersLeaveInAnyOrder() {
        List<Subscriber> all = new ArrayList<>();
        List<RecordingTransport> transports = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            transports.add(new RecordingTransport());
            all.add(rig.connect(transports.get(i)));
            rig.join(all.get(i), "trade:BTC-USDT");
        }
        for (int i : new int[] {0, 9, 4, 5}) {
            all.get(i).leave(RoomName.parse("trade:BTC-USDT"));
        }
        rig.trade(rig.btc, 1);
        rig.publish();

        for (int i = 0; i < 10; i++) {
            assertThat(transports.get(i).messages()).hasSize(i == 0 || i == 9 || i == 4 || i == 5 ? 0 : 1);
        }
    }
}
