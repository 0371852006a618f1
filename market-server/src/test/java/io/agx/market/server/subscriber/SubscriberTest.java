package io.agx.market.server.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.server.room.Publication;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SubscriberTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();

    @Test
    void aStateRoomKeepsOnePlaceAndTheNewestWins() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "ticker:BTC-USDT@raw");
        for (int i = 0; i < 5; i++) {
            rig.trade(rig.btc, 1);
            rig.publish();
        }

        transport.release();
        rig.loop.runDue();

        List<ReceivedEvent.TickerUpdate> heard = transport.events(ReceivedEvent.TickerUpdate.class);
        assertThat(heard).extracting(ReceivedEvent.TickerUpdate::seq).containsExactly(1L, 5L);
        assertThat(heard).extracting(ReceivedEvent.TickerUpdate::skipped).containsExactly(0, 3);
        assertThat(rig.subscribers.counters().count(DeliveryCounters.Count.CONFLATED))
                .isEqualTo(3);
    }

    @Test
    void oneConnectionMoreThanAUserMayHaveIsEnded() {
        AtomicInteger most = new AtomicInteger(2);
        SubscriberRegistry registry = new SubscriberRegistry(most::get);
        List<Subscriber> ours = new ArrayList<>();
        List<RecordingTransport> transports = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            transports.add(new RecordingTransport());
            ours.add(rig.connect(transports.get(i)));
            registry.add(ours.get(i));
        }

        registry.identify(ours.get(0), "alice");
        registry.identify(ours.get(1), "alice");
        registry.identify(ours.get(1), "alice");
        registry.identify(ours.get(2), "bob");
        assertThat(ours).noneMatch(Subscriber::hasEnded);
        registry.identify(ours.get(3), "alice");

        assertThat(transports.get(3).closeCode()).contains(CloseCode.CONNECTION_LIMIT);
        assertThat(transports.get(3).closeReason()).contains("2 connections");
        assertThat(registry.ofUser("alice")).containsExactly(ours.get(0), ours.get(1));
        registry.remove(ours.get(0));
        registry.identify(ours.get(2), "alice");
        assertThat(registry.ofUser("alice")).containsExactly(ours.get(1), ours.get(2));
        most.set(1);
        assertThat(ours.get(1).hasEnded() || ours.get(2).hasEnded())
                .as("a lower limit ends nobody who is there")
                .isFalse();
        most.set(3);
        Subscriber third = rig.connect(new RecordingTransport());
        registry.add(third);
        registry.identify(third, "alice");
        assertThat(registry.ofUser("alice")).containsExactly(ours.get(1), ours.get(2), third);
    }

    @Test
    void aCloseIsNeverSkipped() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "kline:BTC-USDT:1s@raw");
        rig.trade(rig.btc, 1);
        rig.publish();
        for (int second = 0; second < 4; second++) {
            rig.advanceMillis(1_000);
            rig.trade(rig.btc, 1);
            rig.publish();
        }
        rig.advanceMillis(5_000);
        rig.publish();

        transport.release();
        rig.loop.runDue();

        List<KlineData> closed = klines().stream().filter(KlineData::closed).toList();
        assertThat(closed)
                .extracting(KlineData::openTimeMillis)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(closed)
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(kline -> kline.cause().equals("clock"));
    }

    @Test
    void aLateRevisionDoesNotOvertakeTheCloseThatWaits() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "kline:BTC-USDT:1s@raw");
        rig.trade(rig.eth, 1);
        slow.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.publish();
        long bucket = rig.clock.millis();
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.advanceMillis(3_500);
        rig.publish();
        rig.btc.apply(new Trade(2, "late", 10_500, 1_000, Side.SELL, bucket, false));
        rig.btc.flush(rig.publisher);
        rig.publish();

        transport.release();
        rig.loop.runDue();

        long open = bucket / 1_000 * 1_000;
        assertThat(klines())
                .filteredOn(kline -> kline.openTimeMillis() == open)
                .extracting(KlineData::cause)
                .containsExactly("clock", "late");
    }

    /** No write takes long, and no conflation helps: a close is never dropped. */
    @Test
    void aPeerThatReadsSlowerThanItsCandlesCloseIsEnded() {
        Subscriber slow = rig.connect(transport.hold(), limits(65_536));
        List<InstrumentState> instruments = join(slow, 50, ":1s@raw");
        for (int second = 1; second <= 3_600 && !slow.hasEnded(); second++) {
            passSecond(instruments);
            slow.heard();
            if (second % 10 == 0) {
                transport.releaseOne();
            }
        }

        assertThat(slow.hasEnded()).isTrue();
        assertThat(rig.subscribers.counters().endCount(CloseCode.TOO_SLOW)).isEqualTo(1);
        assertThat(transport.aborted()).isTrue();
    }

    @Test
    void moreClosesThanTheBoundInOneRoundEndNobodyWhoReads() {
        Subscriber reader = rig.connect(transport, limits(4_096));
        List<InstrumentState> instruments = join(reader, 100, ":1s@10s");
        for (int second = 1; second <= 20; second++) {
            passSecond(instruments);
        }

        assertThat(reader.hasEnded()).isFalse();
        assertThat(transport.messages().stream().mapToInt(String::length).sum())
                .isGreaterThan(2 * Outbox.CANDLE_BOUNDS * 4_096);
        assertThat(klines().stream().filter(KlineData::closed)).hasSizeGreaterThan(1_500);
    }

    @Test
    void roomsThatAreLeftWhileMuchWaitsTakeNothingFromTheOthers() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "trade:BTC-USDT");
        rig.join(slow, "kline:BTC-USDT:1s@raw");
        rig.join(slow, "trade:ETH-USDT");
        rig.join(slow, "ticker:BTC-USDT@raw");
        slow.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.publish();
        for (int i = 0; i < 10; i++) {
            rig.trade(rig.btc, 1);
            rig.trade(rig.eth, 1);
            rig.publish();
        }

        slow.leave(RoomName.parse("trade:BTC-USDT"));
        slow.leave(RoomName.parse("kline:BTC-USDT:1s@raw"));
        rig.trade(rig.eth, 1);
        rig.publish();
        rig.join(slow, "trade:BTC-USDT");
        rig.trade(rig.btc, 1);
        rig.publish();
        transport.release();
        rig.loop.runDue();

        assertThat(seqs("trade:ETH-USDT")).containsExactlyElementsOf(range(1, 11));
        assertThat(seqs("trade:BTC-USDT")).containsExactly(11L);
        assertThat(klines()).isEmpty();
        assertThat(transport.events(ReceivedEvent.TickerUpdate.class))
                .extracting(ReceivedEvent.TickerUpdate::skipped)
                .containsExactly(10);
    }

    @Test
    void whatConflationMadeIsSharedByAllWhoWaitedAlike() {
        List<RecordingTransport> transports = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            RecordingTransport each = new RecordingTransport().hold();
            transports.add(each);
            rig.join(rig.connect(each), "ticker:BTC-USDT@raw");
        }
        for (int i = 0; i < 5; i++) {
            rig.trade(rig.btc, 1);
            rig.publish();
        }

        transports.forEach(RecordingTransport::release);
        rig.loop.runDue();

        String text = transports.get(0).messages().get(1);
        assertThat(text).endsWith(",\"skipped\":3}");
        assertThat(transports)
                .allSatisfy(each -> assertThat(each.messages().get(1)).isSameAs(text));
    }

    @Test
    void tickersThatChangedWhileItWaitedComeAsTheWholeState() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "ticker:*@raw");
        slow.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.eth, 1);
        rig.publish();

        transport.release();
        rig.loop.runDue();

        ReceivedEvent.TickerUpdate heard = transport.last(ReceivedEvent.TickerUpdate.class);
        assertThat(heard.tickers()).extracting(ticker -> ticker.symbol()).containsExactly("BTC-USDT", "ETH-USDT");
        assertThat(heard.skipped()).isEqualTo(1);
    }

    @Test
    void aLogRoomComesWholeAndInOrderAfterAHeldWrite() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "trade:BTC-USDT");
        for (int i = 0; i < 20; i++) {
            rig.trade(rig.btc, 3);
            rig.publish();
        }

        transport.release();
        rig.loop.runDue();

        assertThat(seqs("trade:BTC-USDT")).containsExactlyElementsOf(range(1, 60));
        assertThat(transport.events(ReceivedEvent.Gap.class)).isEmpty();
    }

    @Test
    void logMessagesBeyondTheBoundBecomeOneGapAndLaterOnesGoOn() {
        Subscriber slow = rig.connect(transport.hold(), limits(4_096));
        rig.join(slow, "trade:BTC-USDT");
        for (int i = 0; i < 40; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }

        transport.release();
        rig.loop.runDue();
        rig.trade(rig.btc, 5);
        rig.publish();

        List<ReceivedEvent.Gap> gaps = transport.events(ReceivedEvent.Gap.class);
        assertThat(gaps).hasSize(1);
        ReceivedEvent.Gap gap = gaps.get(0);
        assertThat(gap.fromSeq()).isEqualTo(6);
        assertThat(gap.rest()).isEqualTo("/api/v1/trades?symbol=BTC-USDT&fromSeq=6");
        List<Long> expected = new ArrayList<>(range(1, 5));
        expected.addAll(range(gap.toSeq() + 1, 205));
        assertThat(seqs("trade:BTC-USDT")).isEqualTo(expected);
        assertThat(rig.subscribers.counters().count(DeliveryCounters.Count.DROPPED))
                .isPositive();
    }

    @Test
    void everyRoomWhoseMessagesWereDroppedIsToldItsGapEvenIfNothingFollowsThere() {
        Subscriber slow = rig.connect(transport.hold(), limits(4_096));
        rig.join(slow, "trade:ETH-USDT");
        rig.join(slow, "trade:BTC-USDT");
        slow.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.publish();
        rig.trade(rig.eth, 5);
        rig.publish();
        for (int i = 0; i < 40; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }

        transport.release();
        rig.loop.runDue();

        assertThat(transport.events(ReceivedEvent.Gap.class))
                .filteredOn(gap -> gap.room().equals("trade:ETH-USDT"))
                .singleElement()
                .satisfies(gap -> {
                    assertThat(gap.fromSeq()).isEqualTo(1);
                    assertThat(gap.toSeq()).isEqualTo(5);
                });
    }

    @Test
    void moreRepliesThanTheBoundEndTheConnection() {
        Subscriber slow = rig.connect(transport.hold(), limits(4_096));
        for (int i = 0; i < 20; i++) {
            slow.reply(new ServerEvent.SystemNotice(i, "x".repeat(500)));
            rig.loop.runDue();
        }

        assertThat(slow.hasEnded()).isTrue();
        assertThat(transport.aborted())
                .as("a Close frame would wait for a peer that does not read")
                .isTrue();
    }

    @Test
    void aReplyLongerThanTheBoundBehindAnotherEndsNobody() {
        Subscriber reader = rig.connect(transport, limits(4_096));
        reader.reply(new ServerEvent.SystemNotice(1, "welcome"));
        reader.reply(new ServerEvent.SystemNotice(2, "x".repeat(10_000)));
        rig.loop.runDue();

        assertThat(reader.hasEnded()).isFalse();
        assertThat(transport.messages()).hasSize(2);
    }

    @Test
    void nothingOfARoomIsSentAfterItWasLeft() {
        Subscriber slow = rig.connect(transport.hold());
        rig.join(slow, "trade:BTC-USDT");
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();

        slow.leave(RoomName.parse("trade:BTC-USDT"));
        transport.release();
        rig.loop.runDue();

        assertThat(seqs("trade:BTC-USDT")).containsExactly(1L);
        assertThat(rig.loop.registry().open(RoomName.parse("trade:BTC-USDT")).memberCount())
                .isZero();
    }

    @Test
    void allThatIsDueGoesOutInOneWriteAWindow() {
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "trade:BTC-USDT");
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        rig.join(subscriber, "kline:BTC-USDT:1m@raw");
        rig.trade(rig.btc, 3);
        subscriber.reply(new ServerEvent.SystemNotice(1, "and a reply"));
        rig.publish();

        assertThat(transport.writes()).hasSize(1);
        assertThat(transport.writes().get(0)).hasSize(4);
    }

    @Test
    void whatWaitedForAWriteGoesOutWithWhatTheRoundPublishes() {
        Subscriber subscriber = rig.connect(transport.hold());
        rig.join(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.btc, 1);

        transport.release();
        rig.publish();

        assertThat(transport.writes()).hasSize(2);
        assertThat(seqs("trade:BTC-USDT")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void oneWriteHasAtMost64KiB() {
        Subscriber slow = rig.connect(transport.hold());
        for (int i = 0; i < 100; i++) {
            slow.reply(new ServerEvent.SystemNotice(i, "x".repeat(5_000)));
        }
        rig.loop.runDue();
        for (int i = 0; i < 20; i++) {
            transport.releaseOne();
            rig.loop.runDue();
        }

        assertThat(transport.messages()).hasSize(100);
        assertThat(transport.writes())
                .hasSizeBetween(8, 10)
                .allSatisfy(write -> assertThat(write.stream()
                                .mapToInt(message -> message.getBytes(StandardCharsets.UTF_8).length)
                                .sum())
                        .isLessThanOrEqualTo(Outbox.MAX_WRITE_BYTES));
    }

    @Test
    void aMessageLongerThanOneWriteGoesAlone() {
        Subscriber subscriber = rig.connect(transport);
        subscriber.reply(new ServerEvent.SystemNotice(1, "short"));
        subscriber.reply(new ServerEvent.SystemNotice(2, "x".repeat(100_000)));
        rig.loop.runDue();

        assertThat(transport.writes()).hasSize(2);
    }

    @Test
    void aWriteThatTakesTooLongEndsTheConnectionWithoutACloseFrame() {
        Subscriber slow = rig.connect(transport.hold());
        slow.reply(new ServerEvent.SystemNotice(1, "never read"));
        rig.loop.runDue();

        pass(15_000);
        assertThat(transport.aborted()).isFalse();
        pass(1_001);

        assertThat(transport.aborted()).isTrue();
        assertThat(transport.closeCode()).isEmpty();
        assertThat(rig.subscribers.count()).isZero();
    }

    @Test
    void aPeerThatKeepsItsConnectionAfterTheCloseIsCutOff() {
        Subscriber stays = rig.connect(transport);
        RecordingTransport other = new RecordingTransport();
        Subscriber goes = rig.connect(other);
        stays.end(CloseCode.RATE_LIMIT, "retry after 100 ms");
        goes.end(CloseCode.RATE_LIMIT, "retry after 100 ms");
        rig.subscribers.remove(goes); // Its container told that it is gone.

        pass(5_000);
        assertThat(transport.aborted()).isFalse();
        pass(1_000);

        assertThat(transport.aborted()).isTrue();
        assertThat(other.aborted()).isFalse();
        assertThat(rig.subscribers.count()).isZero();
    }

    @Test
    void aConnectionThatCannotBeWrittenToIsEndedAndTheOthersAreServed() {
        RecordingTransport other = new RecordingTransport();
        rig.connect(transport);
        rig.connect(other);
        transport.breakWith(new IllegalStateException("thrown by the test"));
        rig.subscribers.broadcast(Publication.reply("{\"event\":\"x\"}".getBytes(StandardCharsets.UTF_8)));
        rig.loop.runDue();

        assertThat(transport.closeCode()).contains(CloseCode.SERVER_FAULT);
        assertThat(other.messages()).hasSize(1);
    }

    @Test
    void aConnectionThatCannotBePingedIsEndedAndThoseBehindItArePinged() {
        RecordingTransport other = new RecordingTransport();
        rig.connect(transport);
        rig.connect(other);
        transport.breakWith(new IllegalStateException("thrown by the test"));
        pass(20_000);

        assertThat(transport.closeCode()).contains(CloseCode.SERVER_FAULT);
        assertThat(other.pings()).isEqualTo(1);
    }

    @Test
    void silenceEndsTheConnectionAndAnySignOfLifeDoesNot() {
        Subscriber silent = rig.connect(transport);
        RecordingTransport other = new RecordingTransport();
        Subscriber alive = rig.connect(other);

        pass(40_000);
        alive.heard();
        pass(21_001);

        assertThat(transport.closeCode()).contains(CloseCode.NOT_HEARD);
        assertThat(silent.hasEnded()).isTrue();
        assertThat(other.isOpen()).isTrue();
    }

    @Test
    void whoAlwaysHasSomethingToReadIsPingedTooAndLives() {
        Subscriber busy = rig.connect(transport.hold());
        rig.join(busy, "trade:BTC-USDT");
        int answered = 0;
        for (int second = 0; second < 130; second++) {
            rig.trade(rig.btc, 1);
            pass(1_000); // At each tick a write is under way, which the peer has taken soon after.
            rig.clock.advanceMillis(100);
            transport.releaseOne();
            rig.loop.runDue();
            if (transport.pings() > answered) {
                answered = transport.pings();
                busy.heardPong(transport.lastNonce());
            }
        }

        assertThat(busy.hasEnded()).isFalse();
        assertThat(answered).isBetween(5, 7);
    }

    @Test
    void aHeartbeatIsNotSkippedBecauseAWriteWasUnderWayAtItsTime() {
        Subscriber subscriber = rig.connect(transport.hold());
        rig.join(subscriber, "trade:BTC-USDT");
        pass(9_000);
        rig.trade(rig.btc, 1);
        pass(1_000);
        assertThat(transport.events(ReceivedEvent.Heartbeat.class)).isEmpty();
        transport.release();
        rig.loop.runDue();
        pass(1_000);

        assertThat(transport.last(ReceivedEvent.Heartbeat.class).rooms())
                .extracting(ReceivedEvent.RoomPosition::seq)
                .containsExactly(1L);
    }

    @Test
    void aHeartbeatTellsWhereEachRoomStands() {
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "trade:BTC-USDT");
        rig.join(subscriber, "ticker:ETH-USDT@raw");
        rig.trade(rig.btc, 7);
        rig.publish();

        pass(10_000);

        ReceivedEvent.Heartbeat heartbeat = transport.last(ReceivedEvent.Heartbeat.class);
        assertThat(heartbeat.serverTimeMillis()).isEqualTo(rig.clock.millis());
        assertThat(heartbeat.rooms())
                .extracting(ReceivedEvent.RoomPosition::room)
                .containsExactly("trade:BTC-USDT", "ticker:ETH-USDT@raw");
        assertThat(heartbeat.rooms())
                .extracting(ReceivedEvent.RoomPosition::seq)
                .containsExactly(7L, 0L);
    }

    @Test
    void aConnectionWithoutRoomsHasNoHeartbeatsButPings() {
        rig.connect(transport);

        pass(19_000);
        assertThat(transport.pings()).isZero();
        pass(1_000);

        assertThat(transport.pings()).isEqualTo(1);
        assertThat(transport.messages()).isEmpty();
    }

    @Test
    void aSeedClientIsDroppedWhereItShouldComeBackAndClosedWhereItShouldNot() {
        Subscriber comesBack = rig.connect(transport);
        comesBack.isSeedClient();
        comesBack.end(CloseCode.GOING_AWAY, "the server is stopping");
        RecordingTransport other = new RecordingTransport();
        Subscriber staysAway = rig.connect(other);
        staysAway.isSeedClient();
        staysAway.end(CloseCode.BAD_COMMANDS, "too many");

        assertThat(transport.aborted()).isTrue();
        assertThat(transport.closeCode()).isEmpty();
        assertThat(other.closeCode()).contains(CloseCode.BAD_COMMANDS);
    }

    @Test
    void endedWhenSentItGetsAllThatWaitsFirst() {
        Subscriber subscriber = rig.connect(transport.hold());
        rig.join(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();

        subscriber.endWhenSent(CloseCode.GOING_AWAY, "bye");
        rig.loop.runDue();
        assertThat(transport.isOpen()).isTrue();
        transport.release();
        rig.loop.runDue();

        assertThat(seqs("trade:BTC-USDT")).containsExactly(1L, 2L);
        assertThat(transport.closeCode()).contains(CloseCode.GOING_AWAY);
    }

    @Test
    void oneRoomMoreThanAllowedIsRefusedAndTheOthersStay() {
        Subscriber subscriber =
                rig.connect(transport, new SubscriberLimits(1, 1 << 20, 10_000, 20_000, 60_000, 15_000));
        rig.join(subscriber, "trade:BTC-USDT");

        assertThatThrownBy(() -> rig.join(subscriber, "trade:ETH-USDT"))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_ROOMS));
        assertThat(subscriber.membership(RoomName.parse("trade:BTC-USDT"))).isPresent();
    }

    @Test
    void aBroadcastReachesEveryConnectionWithTheSameBytes() {
        RecordingTransport other = new RecordingTransport();
        rig.connect(transport);
        rig.connect(other);
        rig.subscribers.broadcast(Publication.reply("{\"event\":\"x\"}".getBytes(StandardCharsets.UTF_8)));
        rig.loop.runDue();

        assertThat(transport.messages()).isEqualTo(other.messages()).hasSize(1);
    }

    /** Joins a candle room of each of so many instruments, all of which have traded. */
    private List<InstrumentState> join(Subscriber subscriber, int count, String intervalAndRate) {
        List<InstrumentState> instruments = new ArrayList<>();
        for (int id = 100; id < 100 + count; id++) {
            InstrumentState each = rig.define(id, "X" + id + "-USDT");
            rig.join(subscriber, "kline:" + each.symbol() + intervalAndRate);
            rig.trade(each, 1);
            instruments.add(each);
        }
        return instruments;
    }

    private void passSecond(List<InstrumentState> instruments) {
        rig.clock.advanceMillis(1_000);
        for (InstrumentState each : instruments) {
            each.advance(rig.clock.millis());
            each.flush(rig.publisher);
        }
        rig.loop.runDue();
    }

    /** Time in steps of a second, each with its tick. */
    private void pass(long millis) {
        for (long left = millis; left > 0; left -= 1_000) {
            rig.clock.advanceMillis(Math.min(left, 1_000));
            rig.loop.runDue();
        }
    }

    private List<KlineData> klines() {
        return transport.events(ReceivedEvent.KlineUpdate.class).stream()
                .map(ReceivedEvent.KlineUpdate::kline)
                .toList();
    }

    private List<Long> seqs(String room) {
        return transport.events(ReceivedEvent.TradeUpdate.class).stream()
                .filter(update -> update.room().equals(room))
                .flatMap(update -> update.trades().stream())
                .map(TradeData::seq)
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static SubscriberLimits limits(long outboundBytes) {
        return new SubscriberLimits(1_024, outboundBytes, 10_000, 20_000, 60_000, 15_000);
    }
}
