package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.state.MarketListener;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The moments between an engine's flush and the flush thread, one by one (docs/INVARIANTS.md, 3). */
class RoomRaceTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final List<Runnable> engineFlush = new ArrayList<>();
    private long offered;

    @Test
    void tradesStagedForAFlushThatIsNotCommittedWait() {
        TradeRoom room = tradeRoom();
        Trade first = rig.apply(rig.btc);
        rig.btc.flush(MarketListener.NOBODY);
        room.stage(List.of(first));
        room.commit(rig.btc.snapshot());
        Trade second = rig.apply(rig.btc);
        room.stage(List.of(second));

        room.publish(rig.encoder);

        assertThat(room.publishedSeq()).isEqualTo(1);
        assertThat(lastOffered(room)).isEqualTo(1);
        rig.btc.flush(MarketListener.NOBODY);
        room.commit(rig.btc.snapshot());
        room.publish(rig.encoder);
        assertThat(lastOffered(room)).isEqualTo(2);
    }

    @Test
    void aMemberThatJoinsBetweenStagingAndCommitMissesNoTrade() {
        Subscriber first = rig.connect(new RecordingTransport());
        TradeRoom room = (TradeRoom) rig.join(first, "trade:BTC-USDT");
        Trade one = rig.apply(rig.btc);
        rig.btc.flush(MarketListener.NOBODY);
        room.stage(List.of(one));
        room.commit(rig.btc.snapshot());
        Trade two = rig.apply(rig.btc);
        rig.btc.flush(MarketListener.NOBODY);
        room.stage(List.of(two));
        rig.publish();

        Subscriber second = rig.connect(transport);
        rig.join(second, "trade:BTC-USDT");
        long snapshotSeq = room.publishedSeq();
        room.commit(rig.btc.snapshot());
        rig.publish();
        rig.trade(rig.btc, 1);
        rig.publish();

        assertThat(tradeSeqs())
                .isEqualTo(LongStream.rangeClosed(snapshotSeq + 1, 3).boxed().toList());
        assertThat(transport.events(ReceivedEvent.Gap.class)).isEmpty();
    }

    @Test
    void tradesThatTheFirstSnapshotHasAreNotSentAgain() {
        rig.trade(rig.btc, 3);
        Trade fourth = rig.apply(rig.btc);
        rig.btc.flush(MarketListener.NOBODY); // In the cache, and not told yet.
        Subscriber subscriber = rig.connect(transport);
        TradeRoom room = (TradeRoom) rig.join(subscriber, "trade:BTC-USDT");
        assertThat(room.publishedSeq()).isEqualTo(4);

        room.stage(List.of(fourth));
        room.commit(rig.btc.snapshot());
        rig.publish();

        assertThat(tradeSeqs()).isEmpty();
        assertThat(room.completeTimeMillis()).isEqualTo(rig.btc.snapshot().clockMillis());
    }

    /** The engine's flush, cut at each of its steps; the room opens there. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 8, 12, 18, 40})
    void openedAmidAFlushSnapshotAndLiveMeet(int cut) {
        rig.trade(rig.btc, 5);
        rig.advanceMillis(1_500);
        rig.apply(rig.btc);
        rig.apply(rig.btc);
        rig.btc.flush(recordingFlush());

        engineFlush.stream().limit(cut).forEach(Runnable::run);
        Subscriber subscriber = rig.connect(transport);
        Room trades = rig.join(subscriber, "trade:BTC-USDT");
        KlineRoom klines = (KlineRoom) rig.join(subscriber, "kline:BTC-USDT:1s@raw");
        Room ticker = rig.join(subscriber, "ticker:BTC-USDT@raw");
        List<Kline> known = List.copyOf(klines.snapshots().newest(klines.published(), klines.name(), 10));
        long tradeSeq = trades.publishedSeq();
        long tickerSeq = ticker.publishedSeq();
        engineFlush.stream().skip(cut).forEach(Runnable::run);
        rig.publish();
        rig.advanceMillis(5_000);
        rig.trade(rig.btc, 1);
        rig.publish();

        assertThat(tradeSeqs())
                .isEqualTo(LongStream.rangeClosed(tradeSeq + 1, 8).boxed().toList());
        assertThat(transport.last(ReceivedEvent.TickerUpdate.class).seq())
                .isEqualTo(8)
                .isGreaterThan(tickerSeq);
        for (Kline kline : known) {
            assertThat(transport.events(ReceivedEvent.KlineUpdate.class))
                    .filteredOn(update -> update.kline().openTimeMillis() == kline.openTimeMillis())
                    .allMatch(update -> update.seq() >= kline.seq());
        }
        assertThat(transport.events(ReceivedEvent.KlineUpdate.class))
                .filteredOn(update -> update.kline().closed())
                .extracting(update -> update.kline().openTimeMillis())
                .doesNotHaveDuplicates();
    }

    @Test
    void aHeartbeatIsNeverAheadOfWhatWasSentWhereverAFlushIs() {
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "trade:BTC-USDT");
        rig.join(subscriber, "kline:BTC-USDT:1s@raw");
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        rig.trade(rig.btc, 1);
        rig.publish();
        long sentMillis = rig.btc.snapshot().clockMillis();
        rig.clock.advanceMillis(3_000);
        rig.btc.advance(rig.clock.millis());
        rig.apply(rig.btc);
        rig.btc.flush(recordingFlush()); // In the cache, and not told yet.

        for (Runnable step : engineFlush) {
            assertThat(subscriber.positions())
                    .allSatisfy(position -> assertThat(position.timeMillis()).isLessThanOrEqualTo(sentMillis));
            step.run();
        }
        assertThat(subscriber.positions())
                .allSatisfy(position -> assertThat(position.timeMillis()).isLessThanOrEqualTo(sentMillis));
        rig.publish();
        assertThat(subscriber.positions())
                .allSatisfy(position -> assertThat(position.timeMillis())
                        .isEqualTo(rig.btc.snapshot().clockMillis()));
    }

    @Test
    void inAQuietMarketAHeartbeatTellsTheClockAndNotTheLastChange() {
        MarketListener engine = rig.publisher.of(() -> 0);
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "trade:BTC-USDT");
        rig.join(subscriber, "kline:BTC-USDT:1m@raw");
        rig.join(subscriber, "ticker:BTC-USDT@raw");
        rig.trade(rig.btc, 1);
        rig.publish();
        long changedMillis = rig.btc.snapshot().clockMillis();
        long quietMillis = changedMillis + 30_000;

        engine.onAdvanced(quietMillis);
        assertThat(subscriber.positions())
                .hasSize(3)
                .allSatisfy(position -> assertThat(position.timeMillis()).isEqualTo(quietMillis));

        rig.publisher.of(() -> 0); // Of a thread that hangs: whose instruments these are is not known.
        assertThat(subscriber.positions())
                .allSatisfy(position -> assertThat(position.timeMillis()).isEqualTo(changedMillis));
    }

    @Test
    void aCandleThatChangedAndClosedWithinOneRoundIsOneMessage() {
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "kline:BTC-USDT:1s@5s");
        long bucket = rig.clock.millis();
        rig.clock.advanceMillis(10); // Off the tick of the rate.
        rig.trade(rig.btc, 1);
        rig.loop.runDue();
        rig.advanceMillis(4_000);
        rig.loop.runDue();
        rig.advanceMillis(2_000);
        rig.loop.runDue();

        assertThat(transport.events(ReceivedEvent.KlineUpdate.class))
                .filteredOn(update -> update.kline().openTimeMillis() == bucket)
                .singleElement()
                .satisfies(update -> {
                    assertThat(update.kline().closed()).isTrue();
                    assertThat(update.skipped()).isZero();
                });
    }

    @Test
    void aKlineRoomNeverShowsHalfOfAFlush() {
        Subscriber subscriber = rig.connect(transport);
        KlineRoom room = (KlineRoom) rig.join(subscriber, "kline:BTC-USDT:1s@raw");
        rig.apply(rig.btc);
        rig.btc.flush(recordingFlush());
        Runnable commit = engineFlush.remove(engineFlush.size() - 1);
        engineFlush.forEach(Runnable::run);
        rig.publish();

        assertThat(transport.messages()).isEmpty();
        assertThat(room.publishedSeq()).isZero();
        commit.run();
        rig.publish();
        assertThat(room.publishedSeq()).isEqualTo(1);
        assertThat(transport.events(ReceivedEvent.KlineUpdate.class)).hasSize(1);
    }

    @Test
    void aFlushOlderThanTheRoomIsNotTaken() {
        rig.trade(rig.btc, 1);
        InstrumentSnapshot older = rig.btc.snapshot();
        Kline stale = older.klines(KlineInterval.SECOND_1).newest(1).get(0);
        rig.trade(rig.btc, 1);
        Subscriber subscriber = rig.connect(transport);
        KlineRoom room = (KlineRoom) rig.join(subscriber, "kline:BTC-USDT:1s@raw");

        room.stage(stale);
        room.commit(older);
        rig.publish();

        assertThat(transport.messages()).isEmpty();
        assertThat(room.publishedSeq()).isEqualTo(2);
    }

    @Test
    void moreTradesThanARoomMayHoldBecomeAGap() {
        Subscriber subscriber =
                rig.connect(transport, new SubscriberLimits(10, 1L << 26, 10_000, 20_000, 60_000, 15_000));
        rig.join(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 10);
        rig.publish();
        rig.trade(rig.btc, 100);
        rig.trade(rig.btc, TradeRoom.MAX_PENDING);
        rig.publish();

        ReceivedEvent.Gap gap = transport.last(ReceivedEvent.Gap.class);
        assertThat(gap.fromSeq()).isEqualTo(11);
        assertThat(gap.toSeq()).isEqualTo(110);
        List<Long> seqs = tradeSeqs();
        assertThat(seqs.subList(0, 10))
                .isEqualTo(LongStream.rangeClosed(1, 10).boxed().toList());
        assertThat(seqs.get(seqs.size() - 1)).isEqualTo(110 + TradeRoom.MAX_PENDING);
    }

    @Test
    void oneMessageHasABoundedNumberOfTrades() {
        Subscriber subscriber = rig.connect(transport);
        rig.join(subscriber, "trade:BTC-USDT");
        rig.trade(rig.btc, 1_000);
        rig.publish();

        assertThat(transport.events(ReceivedEvent.TradeUpdate.class))
                .extracting(update -> update.trades().size())
                .containsExactly(400, 400, 200);
        assertThat(transport.messages()).allMatch(message -> message.length() < 65_536);
    }

    private TradeRoom tradeRoom() {
        TradeRoom room = new TradeRoom(
                RoomName.parse("trade:BTC-USDT"), rig.btc.instrument(), () -> rig.btc.snapshot(), () -> 0);
        room.open();
        room.admit(new Membership(room, room.name(), room.publishedSeq()) {
            @Override
            protected void offer(Publication publication) {
                offered = publication.toSeq();
            }

            @Override
            protected void fail() {
                throw new AssertionError("the room failed");
            }
        });
        return room;
    }

    private long lastOffered(TradeRoom room) {
        assertThat(room.memberCount()).isEqualTo(1);
        return offered;
    }

    /** Keeps the steps of an engine's flush, to be run one by one. */
    private MarketListener recordingFlush() {
        return new MarketListener() {
            @Override
            public void onTrades(Instrument instrument, List<Trade> trades) {
                engineFlush.add(() -> rig.publisher.onTrades(instrument, trades));
            }

            @Override
            public void onTicker(Instrument instrument, Ticker ticker) {
                engineFlush.add(() -> rig.publisher.onTicker(instrument, ticker));
            }

            @Override
            public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
                engineFlush.add(() -> rig.publisher.onKline(instrument, utcOffsetMinutes, kline));
            }

            @Override
            public void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {
                engineFlush.add(() -> rig.publisher.onFlushed(instrument, snapshot));
            }
        };
    }

    private List<Long> tradeSeqs() {
        return transport.events(ReceivedEvent.TradeUpdate.class).stream()
                .flatMap(update -> update.trades().stream())
                .map(TradeData::seq)
                .toList();
    }
}
