package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ReceivedEvent.RoomResult;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another rate or other fields in place of the first: what comes is one sequence (docs/INVARIANTS.md, 3, "Change of rate"). */
class RoomSwitchTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final Subscriber subscriber = rig.connect(transport);

    @Test
    void aFasterRoomGivesAtOnceWhatTheSlowerHadNotPublished() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT");
        rig.subscribe(subscriber, "trade:BTC-USDT@10s");
        rig.trade(rig.btc, 5);
        rig.publish();
        assertThat(tradeSeqs()).isEmpty();

        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 1);
        rig.publish();

        assertThat(reply().recovered()).isTrue();
        assertThat(reply().seq()).isEqualTo(5);
        assertThat(reply().snapshot().trades()).extracting(TradeData::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(tradeSeqs()).containsExactly(6L);
        assertThat(subscriber.positions())
                .containsExactly(new ServerEvent.RoomPosition(
                        "trade:BTC-USDT", 6, rig.btc.snapshot().clockMillis()));
    }

    @Test
    void whatTheSlowerRoomHadPendingIsGivenAlsoWhereTheCacheHasItNoMore() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT");
        rig.subscribe(subscriber, "trade:BTC-USDT@10s");
        rig.publish();
        for (int i = 0; i < 25; i++) {
            rig.trade(rig.btc, 10);
            rig.loop.runDue();
        }
        assertThat(rig.btc.snapshot().trades().get(0).seq()).isGreaterThan(1);

        rig.publish();
        rig.subscribe(subscriber, "trade:BTC-USDT");

        rig.loop.runDue();
        assertThat(reply().recovered()).isTrue();
        assertThat(reply().snapshot().trades()).hasSize(250).first().matches(trade -> trade.seq() == 1);
    }

    @Test
    void aSlowerRoomRepeatsNothingAndCutsTheMessageThatStraddles() {
        RecordingTransport other = new RecordingTransport();
        rig.join(rig.connect(other), "trade:BTC-USDT@10s");
        rig.loop.runDue();
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 3);
        rig.publish();

        rig.subscribe(subscriber, "trade:BTC-USDT@10s");
        rig.publish();
        assertThat(reply().recovered()).isTrue();
        assertThat(reply().seq()).isEqualTo(3);
        assertThat(reply().snapshot().trades()).isEmpty();
        assertThat(subscriber.positions().get(0).seq()).isEqualTo(3);
        rig.trade(rig.btc, 2);
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();

        assertThat(tradeSeqs()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(other.last(ReceivedEvent.TradeUpdate.class).trades()).hasSize(5);
    }

    /** The slower room is behind, and it is also the room that is left: the newest trades are in neither. */
    @Test
    void aSlowerRoomAskedForAgainGivesHistoryUpToWhatTheMemberHas() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT@10s");
        rig.trade(rig.btc, 2);
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 5);
        rig.publish();
        rig.subscribe(subscriber, "trade:BTC-USDT@10s");
        rig.publish();

        rig.subscribe(subscriber, "trade:BTC-USDT@10s", EntryRequest.anew(4, 30_000));
        rig.publish();

        assertThat(reply().seq()).isEqualTo(7);
        assertThat(reply().snapshot().trades()).extracting(TradeData::seq).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void aSlowerRoomThatHasNothingNewerSendsNothing() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT@1s");
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 3);
        rig.publish();
        rig.subscribe(subscriber, "trade:BTC-USDT@1s");
        RecordingTransport next = new RecordingTransport();
        rig.join(rig.connect(next), "trade:BTC-USDT@1s");
        rig.clock.advanceMillis(2_000);
        rig.loop.runDue();
        rig.clock.advanceMillis(2_000);
        rig.loop.runDue();

        assertThat(tradeSeqs()).containsExactly(1L, 2L, 3L);
        assertThat(seqs(next)).as("the member after it").containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatWaitedForASlowReaderIsInTheReply() {
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.loop.runDue();
        transport.hold();
        for (int i = 0; i < 30; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }

        rig.subscribe(subscriber, "trade:BTC-USDT~price");
        transport.release();
        rig.loop.runDue();

        // The first message was on its way already.
        List<String> messages = transport.messages();
        String answer = messages.get(messages.size() - 1);
        assertThat(answer)
                .startsWith("{\"event\":\"subscribed\"")
                .contains("\"room\":\"trade:BTC-USDT~price\"", "\"recovered\":true", "\"seq\":6,", "\"seq\":150,")
                .doesNotContain("\"seq\":5,", "qty");
    }

    @Test
    void subscribedAgainWithHistoryItIsGivenTheHistoryAndWhatWaited() {
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 10);
        rig.publish();
        transport.hold();
        rig.trade(rig.btc, 1);
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();

        rig.subscribe(subscriber, "trade:BTC-USDT", EntryRequest.anew(5, 30_000));
        rig.loop.runDue();
        transport.release();
        rig.loop.runDue();

        assertThat(reply().snapshot().trades()).extracting(TradeData::seq).containsExactly(8L, 9L, 10L, 11L, 12L);
        assertThat(tradeSeqs()).endsWith(10L, 11L);
    }

    @Test
    void whatNobodyHasAnyMoreIsToldAsAGapAndLaterTradesGoOn() {
        SubscriberLimits small = new SubscriberLimits(10, 4_096, 10_000, 20_000, 60_000, 15_000);
        RecordingTransport slow = new RecordingTransport();
        Subscriber reader = rig.connect(slow, small);
        rig.subscribe(reader, "trade:BTC-USDT");
        rig.loop.runDue();
        slow.hold();
        for (int i = 0; i < 60; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }

        rig.subscribe(reader, "trade:BTC-USDT@100ms");
        rig.trade(rig.btc, 1);
        slow.release();
        rig.loop.runDue();
        rig.clock.advanceMillis(200);
        rig.loop.runDue();

        RoomResult joined = slow.last(ReceivedEvent.Subscribed.class).rooms().get(0);
        assertThat(joined.recovered()).isFalse();
        ReceivedEvent.Gap gap = slow.last(ReceivedEvent.Gap.class);
        assertThat(gap.room()).isEqualTo("trade:BTC-USDT@100ms");
        assertThat(gap.fromSeq()).isEqualTo(6);
        assertThat(gap.toSeq()).isEqualTo(joined.seq());
        List<Long> seqs = seqs(slow);
        assertThat(seqs.subList(0, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(seqs.get(5)).isEqualTo(gap.toSeq() + 1);
    }

    @Test
    void aGapThatWaitsIsNotForgottenByASecondSwitch() {
        SubscriberLimits small = new SubscriberLimits(10, 4_096, 10_000, 20_000, 60_000, 15_000);
        RecordingTransport slow = new RecordingTransport();
        Subscriber reader = rig.connect(slow, small);
        rig.subscribe(reader, "trade:BTC-USDT");
        rig.loop.runDue();
        slow.hold();
        for (int i = 0; i < 60; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }
        rig.subscribe(reader, "trade:BTC-USDT@100ms");
        rig.subscribe(reader, "trade:BTC-USDT");
        slow.release();
        rig.loop.runDue();

        assertThat(slow.events(ReceivedEvent.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.fromSeq()).isEqualTo(6);
            assertThat(gap.toSeq()).isEqualTo(300);
        });
    }

    @Test
    void whatAReplyToALossHasIsNotRepeatedByAThirdRoom() {
        RecordingTransport slow = new RecordingTransport();
        Subscriber reader = loser(slow);
        rig.subscribe(reader, "trade:BTC-USDT@100ms", EntryRequest.anew(10, 30_000));
        slow.release();
        rig.loop.runDue();

        rig.subscribe(reader, "trade:BTC-USDT");
        rig.loop.runDue();

        assertThat(slow.events(ReceivedEvent.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.fromSeq()).isEqualTo(6);
            assertThat(gap.toSeq()).isEqualTo(290);
        });
        RoomResult third = slow.last(ReceivedEvent.Subscribed.class).rooms().get(0);
        assertThat(third.recovered()).isTrue();
        assertThat(third.seq()).isEqualTo(300);
        assertThat(third.snapshot().trades()).isEmpty();
    }

    @Test
    void aToldLossThatStillWaitsIsNotToldAnewWithWhatTheReplyHas() {
        RecordingTransport slow = new RecordingTransport();
        Subscriber reader = loser(slow);
        rig.subscribe(reader, "trade:BTC-USDT@100ms", EntryRequest.anew(10, 30_000));
        for (int i = 0; i < 60; i++) {
            rig.trade(rig.btc, 5);
            rig.clock.advanceMillis(110);
            rig.loop.runDue();
        }
        slow.release();
        rig.loop.runDue();

        List<ReceivedEvent.Gap> gaps = slow.events(ReceivedEvent.Gap.class);
        assertThat(gaps).extracting(ReceivedEvent.Gap::fromSeq).containsExactly(6L, 301L);
        assertThat(gaps.get(0).toSeq()).isEqualTo(290);
        assertThat(seqs(slow)).endsWith(600L).contains(gaps.get(1).toSeq() + 1);
    }

    /** It got trades 1 to 5, and all others up to 300 were dropped or are out of the cache. */
    private Subscriber loser(RecordingTransport slow) {
        Subscriber reader = rig.connect(slow, new SubscriberLimits(10, 4_096, 10_000, 20_000, 60_000, 15_000));
        rig.subscribe(reader, "trade:BTC-USDT");
        rig.loop.runDue();
        slow.hold();
        for (int i = 0; i < 60; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }
        return reader;
    }

    @Test
    void aCloseThatWaitsIsInTheReply() {
        rig.subscribe(subscriber, "kline:BTC-USDT:1s@raw");
        rig.trade(rig.btc, 1);
        long open = rig.clock.millis() / 1_000 * 1_000;
        rig.publish();
        transport.hold();
        subscriber.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.advanceMillis(1_200);
        rig.trade(rig.btc, 1); // Later trades: the close that follows is below the newest seq.
        rig.publish();
        rig.advanceMillis(2_500);
        rig.publish();

        rig.subscribe(subscriber, "kline:BTC-USDT:1s@1s");
        transport.release();
        rig.loop.runDue();
        rig.clock.advanceMillis(1_000);
        rig.loop.runDue();

        assertThat(reply().recovered()).isTrue();
        assertThat(reply().snapshot().klines())
                .filteredOn(kline -> kline.openTimeMillis() == open)
                .singleElement()
                .matches(KlineData::closed);
        assertThat(closes(open)).isZero();
    }

    @Test
    void aCloseThatTheSlowerRoomHadNotPublishedIsInTheReplyAlthoughItsSeqIsOld() {
        rig.join(rig.connect(new RecordingTransport()), "kline:BTC-USDT:1s@raw");
        rig.trade(rig.btc, 1);
        long open = rig.clock.millis() / 1_000 * 1_000;
        rig.advanceMillis(1_200);
        rig.trade(rig.btc, 1);
        rig.subscribe(subscriber, "kline:BTC-USDT:1s@10s");
        rig.publish();
        rig.advanceMillis(2_000);
        rig.publish();

        rig.subscribe(subscriber, "kline:BTC-USDT:1s@raw");
        rig.publish();

        assertThat(reply().snapshot().klines())
                .filteredOn(kline -> kline.openTimeMillis() == open)
                .singleElement()
                .matches(KlineData::closed)
                .matches(kline -> kline.seq() == 1 && reply().seq() == 2);
        assertThat(closes(open)).isZero();
    }

    @Test
    void aCloseThatWasSentIsNotRepeatedByARoomThatIsBehind() {
        RecordingTransport other = new RecordingTransport();
        rig.join(rig.connect(other), "kline:BTC-USDT:1s@10s");
        rig.loop.runDue();
        rig.subscribe(subscriber, "kline:BTC-USDT:1s@raw");
        rig.trade(rig.btc, 1);
        long open = rig.clock.millis() / 1_000 * 1_000;
        rig.publish();
        rig.advanceMillis(3_100);
        rig.publish();
        assertThat(closes(open)).isEqualTo(1);

        rig.subscribe(subscriber, "kline:BTC-USDT:1s@10s");
        rig.btc.apply(new Trade(2, "late", 10_500, 1_000, Side.SELL, open, false));
        rig.btc.flush(rig.publisher);
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();

        assertThat(closes(open)).isEqualTo(1);
        assertThat(transport.last(ReceivedEvent.KlineUpdate.class).kline())
                .matches(kline -> kline.cause().equals("late"));
        assertThat(klines(other))
                .filteredOn(kline -> kline.openTimeMillis() == open)
                .extracting(KlineData::cause)
                .containsExactly("clock", "late");
    }

    @Test
    void aCloseWithinTheGraceIsRecoveredAlsoByACursorOfAnotherConnection() {
        rig.trade(rig.btc, 1);
        long open = rig.clock.millis() / 1_000 * 1_000;
        rig.advanceMillis(1_200);
        rig.trade(rig.btc, 1);
        rig.advanceMillis(5_000);

        rig.subscribe(subscriber, "kline:BTC-USDT:1s@raw", new EntryRequest(true, 2L, 1, List.of(), 30_000));
        rig.loop.runDue();

        assertThat(reply().recovered()).isTrue();
        assertThat(reply().snapshot().klines())
                .filteredOn(KlineData::closed)
                .extracting(KlineData::openTimeMillis)
                .contains(open, open + 1_000);
    }

    @Test
    void aCursorAheadOfASlowRoomIsTakenAndNothingOfItIsRepeated() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT@10s");
        rig.join(rig.connect(new RecordingTransport()), "kline:BTC-USDT:1m@10s");
        rig.join(rig.connect(new RecordingTransport()), "ticker:BTC-USDT@10s");
        rig.loop.runDue();
        rig.trade(rig.btc, 4);
        rig.loop.runDue();

        for (String name : List.of("trade:BTC-USDT@10s", "kline:BTC-USDT:1m@10s", "ticker:BTC-USDT@10s")) {
            rig.subscribe(subscriber, name, new EntryRequest(true, 4L, 1, List.of(), 30_000));
            rig.loop.runDue();
            assertThat(reply().recovered()).as(name).isTrue();
            assertThat(reply().seq()).as(name).isEqualTo(4);
        }
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();
        assertThat(transport.events())
                .allMatch(
                        event -> event instanceof ReceivedEvent.Subscribed || event instanceof ReceivedEvent.Heartbeat,
                        "nothing of the rooms but replies");
    }

    @Test
    void aTickerNeitherGoesBackNorIsRepeatedInASlowerRoom() {
        rig.join(rig.connect(new RecordingTransport()), "ticker:BTC-USDT@10s");
        rig.join(rig.connect(new RecordingTransport()), "ticker:*@10s");
        rig.loop.runDue();
        rig.subscribe(subscriber, "ticker:BTC-USDT@raw");
        rig.subscribe(subscriber, "ticker:*@raw");
        rig.trade(rig.btc, 2);
        rig.publish();

        rig.subscribe(subscriber, "ticker:BTC-USDT@10s");
        rig.subscribe(subscriber, "ticker:*@10s");
        rig.loop.runDue();
        assertThat(transport.events(ReceivedEvent.Subscribed.class))
                .last()
                .satisfies(it -> assertThat(it.rooms().get(0).snapshot().tickers())
                        .extracting(TickerData::seq)
                        .containsExactly(2L));
        transport.clear();
        rig.trade(rig.eth, 1);
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();
        rig.trade(rig.btc, 1);
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();
        rig.clock.advanceMillis(10_000);
        rig.loop.runDue();

        assertThat(transport.events(ReceivedEvent.TickerUpdate.class))
                .flatExtracting(update -> update.tickers().stream()
                        .map(ticker -> update.room() + " " + ticker.symbol() + " " + ticker.seq())
                        .toList())
                .containsExactlyInAnyOrder(
                        "ticker:*@10s ETH-USDT 1", "ticker:*@10s BTC-USDT 3", "ticker:BTC-USDT@10s BTC-USDT 3");
    }

    /** The engine is between the two rooms: the slow one has not heard of the ticker that the fast one published. */
    @Test
    void aPatternWhoseMessageWaitsLeavesOutWhatItsReaderHasAlsoWhenMerged() {
        PatternRoom slow = (PatternRoom) rig.join(rig.connect(new RecordingTransport()), "ticker:*@1s");
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        rig.subscribe(subscriber, "ticker:*@raw");
        offerTo((PatternRoom) rig.loop.registry().open(RoomName.parse("ticker:*@raw")), rig.btc);
        rig.publish();
        rig.subscribe(subscriber, "ticker:*@1s");
        rig.loop.runDue();
        assertThat(reply().snapshot().tickers()).extracting(TickerData::seq).containsExactly(2L);
        transport.clear();
        transport.hold();
        subscriber.reply(new ServerEvent.SystemNotice(1, "fills the write"));
        rig.publish();
        for (int i = 0; i < 2; i++) {
            offerTo(slow, rig.eth);
            rig.loop.runDue();
            rig.clock.advanceMillis(1_000);
            rig.loop.runDue();
        }

        transport.release();
        rig.loop.runDue();

        assertThat(transport.last(ReceivedEvent.TickerUpdate.class).tickers())
                .extracting(ticker -> ticker.symbol() + " " + ticker.seq())
                .as("not BTC-USDT 1, which is older than what it has")
                .containsExactly("ETH-USDT 2");
    }

    private void offerTo(PatternRoom room, InstrumentState state) {
        rig.apply(state);
        state.flush(MarketListener.NOBODY);
        room.offer(state.instrument(), state.snapshot().ticker().orElseThrow());
    }

    @Test
    void membersOfOneRoomThatChoseTheSameFieldsShareOneEncoding() {
        rig.subscribe(subscriber, "ticker:BTC-USDT@raw~volume~last");
        RecordingTransport same = new RecordingTransport();
        rig.subscribe(rig.connect(same), "ticker:BTC-USDT@raw~last~volume~seq");
        RecordingTransport whole = new RecordingTransport();
        rig.subscribe(rig.connect(whole), "ticker:BTC-USDT@raw");
        rig.loop.runDue();
        rig.trade(rig.btc, 1);
        rig.publish();

        assertThat(rig.encoder.encodingCount()).isEqualTo(2);
        String text = transport.messages().get(1);
        assertThat(text)
                .startsWith("{\"event\":\"ticker\",\"room\":\"ticker:BTC-USDT@raw~last~volume\",\"seq\":1,")
                .endsWith("\"data\":{\"symbol\":\"BTC-USDT\",\"seq\":1,\"time\":"
                        + rig.btc.snapshot().clockMillis() + ",\"last\":\"100.01\",\"volume\":\"1\"}}");
        assertThat(same.messages().get(1)).isSameAs(text);
        assertThat(whole.messages().get(1)).contains("\"vwap\"");
    }

    @Test
    void aGapAndAHeartbeatCarryTheNameWithTheFields() {
        SubscriberLimits small = new SubscriberLimits(10, 4_096, 100, 20_000, 60_000, 15_000);
        RecordingTransport slow = new RecordingTransport();
        Subscriber reader = rig.connect(slow, small);
        rig.subscribe(reader, "trade:BTC-USDT~price");
        rig.publish();
        rig.clock.advanceMillis(2_000);
        rig.loop.runDue();
        slow.hold();
        for (int i = 0; i < 80; i++) {
            rig.trade(rig.btc, 5);
            rig.publish();
        }
        slow.release();
        rig.loop.runDue();

        assertThat(slow.messages())
                .anyMatch(text -> text.startsWith("{\"event\":\"heartbeat\"")
                        && text.contains("\"room\":\"trade:BTC-USDT~price\""))
                .anyMatch(text -> text.startsWith("{\"event\":\"gap\",\"room\":\"trade:BTC-USDT~price\""));
    }

    @Test
    void oneIsInOneRoomOfABaseAndTheRoomThatIsLeftCloses() {
        rig.subscribe(subscriber, "trade:BTC-USDT");
        rig.subscribe(subscriber, "trade:BTC-USDT@1s~price");
        rig.subscribe(subscriber, "trade:BTC-USDT@1s");

        assertThat(subscriber.positions())
                .extracting(ServerEvent.RoomPosition::room)
                .containsExactly("trade:BTC-USDT@1s");
        assertThat(rig.loop.registry().all())
                .extracting(Room::name)
                .containsExactly(RoomName.parse("trade:BTC-USDT@1s"));
        assertThat(subscriber.membership(RoomName.parse("trade:BTC-USDT"))).isEmpty();
        subscriber.leave(RoomName.parse("trade:BTC-USDT"));
        assertThat(subscriber.positions()).hasSize(1);
    }

    private RoomResult reply() {
        return transport.last(ReceivedEvent.Subscribed.class).rooms().get(0);
    }

    private long closes(long openTimeMillis) {
        return klines(transport).stream()
                .filter(kline -> kline.openTimeMillis() == openTimeMillis
                        && kline.closed()
                        && kline.cause().equals("clock"))
                .count();
    }

    private static List<KlineData> klines(RecordingTransport from) {
        return from.events(ReceivedEvent.KlineUpdate.class).stream()
                .map(ReceivedEvent.KlineUpdate::kline)
                .toList();
    }

    private List<Long> tradeSeqs() {
        return seqs(transport);
    }

    private static List<Long> seqs(RecordingTransport from) {
        return from.events(ReceivedEvent.TradeUpdate.class).stream()
                .flatMap(update -> update.trades().stream())
                .map(TradeData::seq)
                .toList();
    }
}
