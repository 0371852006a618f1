package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradesQuery;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the client does about holes, stalls, drains and slow listeners, on a manual clock. */
// Whether a command was sent is seen on the wire; its future is looked at only where it is the point.
@SuppressWarnings("FutureReturnValueIgnored")
class RecoveryTest extends ManualClient {
    @Test
    void aHoleIsFilledFromHistoryBeforeWhatFollowsIt() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);

        network.last().receive(Markets.push(14, 15));
        assertThat(seqs).isEmpty();
        assertThat(((ClientCommand.Trades) network.last().lastCommand()).query())
                .isEqualTo(new TradesQuery(Markets.BTC, 11L, null, null, 3));
        answerHistory(11, 13);

        assertThat(seqs).containsExactly(11L, 12L, 13L, 14L, 15L);
        assertThat(lifecycle).endsWith(new LifecycleEvent.Filled(Markets.TRADES, 11, 13));
        assertThat(client.counters().filledTradeCount()).isEqualTo(3);
        assertThat(client.counters().gapCount()).isZero();
    }

    @Test
    void whatTheServerSaysIsLostIsAskedForToo() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);

        network.last().receive(new ServerEvent.Gap(Markets.TRADES.toString(), 11, 12, "/rest"));
        answerHistory(11, 12);

        assertThat(seqs).containsExactly(11L, 12L);
    }

    @Test
    void aHeartbeatTellsOfTradesThatDidNotCome() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);

        network.last().receive(heartbeat(12, timers.epochMillis()));
        answerHistory(11, 12);

        assertThat(seqs).containsExactly(11L, 12L);
    }

    @Test
    void historyThatCannotBeReadForTheTimeBeingIsAskedAgain() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        network.last().receive(Markets.push(12, 12));
        network.last()
                .receive(new ServerEvent.ErrorEvent(
                        network.last().lastCommand().id(), new Problem(ErrorCode.STORE_BEHIND, null, "not yet"), 500));

        timers.advance(Subscriber.RETRY_MILLIS);
        answerHistory(11, 11);

        assertThat(seqs).containsExactly(11L, 12L);
    }

    @Test
    void aHoleThatIsBeingFilledWhenTheConnectionEndsComesWithTheRecovery() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        network.last().receive(Markets.push(14, 15));
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH);

        assertThat(((ClientCommand.Subscribe) network.last().lastCommand())
                        .rooms()
                        .get(0)
                        .since())
                .isEqualTo(new Cursor(Markets.EPOCH, 10));
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 16, true, Markets.tradeSnapshot(11, 16)));
        assertThat(seqs).containsExactly(11L, 12L, 13L, 14L, 15L, 16L);
    }

    @Test
    void aRoomWhoseWatermarkStandsStillIsStaleUntilItGoesOn() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        long complete = timers.epochMillis() - 20;
        network.last().receive(heartbeat(10, complete));

        timers.advance(10_000);
        network.last().receive(heartbeat(10, complete));
        assertThat(lifecycle).endsWith(new LifecycleEvent.Stale(Markets.TRADES, complete));

        timers.advance(10_000);
        network.last().receive(heartbeat(10, timers.epochMillis()));
        assertThat(lifecycle).endsWith(new LifecycleEvent.Fresh(Markets.TRADES));
    }

    @Test
    void roomsAreStaleWithinASecondOfAHeartbeatThatDidNotCome() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        network.last().receive(heartbeat(10, timers.epochMillis()));

        timers.advance(9_900);
        network.last().receive(Markets.push(11, 11));
        assertThat(lifecycle).noneMatch(LifecycleEvent.Stale.class::isInstance);
        timers.advance(1_000);

        assertThat(lifecycle).hasAtLeastOneElementOfType(LifecycleEvent.Stale.class);
    }

    @Test
    void aDrainIsToldAndFollowedToTheNodeThatTakesOver() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(2_000, "ws://other:2/ws"));
        assertThat(lifecycle).endsWith(new LifecycleEvent.Draining(2_000, "ws://other:2/ws"));
        network.last().end(1001, "bye");

        timers.advance(1_990);
        assertThat(network.attempts()).isEqualTo(1);
        timers.advance(10);

        assertThat(network.last().uri).isEqualTo(URI.create("ws://other:2/ws"));
    }

    @Test
    void aNodeThatTakesOverAndDoesNotAnswerIsGivenUpForTheAddressOfTheConfiguration() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(10, "ws://other:2/ws"));
        network.last().end(1001, "bye");
        untilAttempt(2);
        assertThat(network.last().uri).isEqualTo(URI.create("ws://other:2/ws"));

        network.last().end(1006, "refused");
        untilAttempt(3);

        assertThat(network.last().uri).isEqualTo(URI.create("ws://localhost:1/ws"));
    }

    @Test
    void aNodeThatTookOverAndDiesLaterIsAskedOnceAndThenTheAddressOfTheConfiguration() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(10, "ws://other:2/ws"));
        network.last().end(1001, "bye");
        untilAttempt(2);
        network.last().welcome(Markets.EPOCH);

        network.last().end(1006, "");
        untilAttempt(3);
        assertThat(network.last().uri).isEqualTo(URI.create("ws://other:2/ws"));
        network.last().refuse(503);
        untilAttempt(4);

        assertThat(network.last().uri).isEqualTo(URI.create("ws://localhost:1/ws"));
    }

    @Test
    void aDrainToNoAddressIsFollowedToTheSameServer() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(10, "nonsense"));
        network.last().end(1001, "bye");
        timers.advance(20);

        assertThat(network.last().uri).isEqualTo(URI.create("ws://localhost:1/ws"));
    }

    @Test
    void anotherRateGoesOnFromTheCursorAndTheSameListener() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        network.last().receive(Markets.push(11, 12));
        RoomName slower = Markets.TRADES.at(Rate.SECOND_1);

        CompletableFuture<SubscribeReply> changed = client.changeRate(slower);
        timers.advance(10);
        assertThat(((ClientCommand.Subscribe) network.last().lastCommand()).rooms())
                .singleElement()
                .satisfies(room -> {
                    assertThat(room.name()).isEqualTo(slower.toString());
                    assertThat(room.since()).isEqualTo(new Cursor(Markets.EPOCH, 12));
                });
        network.last().receive(Markets.push(13, 13));
        answer(new RoomReply.Joined(slower.toString(), 14, true, Markets.tradeSnapshot(13, 14)));
        network.last()
                .receive(ServerEvent.Push.ofTrades(slower.toString(), 0, Markets.INSTRUMENT, Markets.trades(15, 15)));

        assertThat(changed.get(5, TimeUnit.SECONDS).room()).isEqualTo(slower);
        assertThat(seqs).containsExactly(11L, 12L, 13L, 14L, 15L);
    }

    @Test
    void aRoomIsLeftAtBothItsRatesWhileItsChangeIsUnanswered() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        RoomName slower = Markets.TRADES.at(Rate.SECOND_1);
        client.changeRate(slower);
        timers.advance(10);

        client.unsubscribe(Markets.TRADES);
        timers.run();

        assertThat(((ClientCommand.Unsubscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.TRADES), RoomRequest.of(slower));
    }

    @Test
    void aRoomThatIsAskedForIsLeftThoughItsChangeIsNotSentYet() throws Exception {
        MarketClient client = live();
        client.subscribeTrade(Markets.TRADES, (room, trades) -> {});
        timers.advance(10);
        client.changeRate(Markets.TRADES.at(Rate.SECOND_1));
        client.unsubscribe(Markets.TRADES);
        timers.advance(10);

        assertThat(((ClientCommand.Unsubscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.TRADES));
    }

    @Test
    void aRoomWhoseNewRateIsRefusedIsLeftAsItWas() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        RoomName slower = Markets.TRADES.at(Rate.SECOND_1);
        client.changeRate(slower);
        timers.advance(10);
        answer(new RoomReply.Refused(slower.toString(), ErrorCode.NOT_SUPPORTED, "no such rate"));

        assertThat(lifecycle)
                .endsWith(new LifecycleEvent.Refused(slower, ErrorCode.NOT_SUPPORTED.code(), "no such rate"));
        assertThat(((ClientCommand.Unsubscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.TRADES));
    }

    @Test
    void anotherRateOfTheSameRoomIsRefusedByName() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);

        CompletableFuture<SubscribeReply> second =
                client.subscribeTrade(Markets.TRADES.at(Rate.SECOND_1), (room, trades) -> {});
        timers.advance(10);

        assertThatThrownBy(() -> second.get(5, TimeUnit.SECONDS))
                .rootCause()
                .hasMessage("already_subscribed: already subscribed to trade:BTC-USDT");
    }

    @Test
    void aSlowListenerGetsTheNewestTickerAndIsTold() throws Exception {
        MarketClient client = live();
        List<Long> got = new ArrayList<>();
        client.subscribeTicker(
                Markets.TICKER,
                (room, tickers) -> tickers.stream().map(TickerData::seq).forEach(got::add));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TICKER.toString(), 0, false, null));
        listeners.hold();
        for (long seq = 1; seq <= 5; seq++) {
            network.last()
                    .receive(ServerEvent.Push.ofTicker(
                            Markets.TICKER.toString(), 0, Markets.INSTRUMENT, Markets.ticker(seq)));
        }
        listeners.release();
        timers.advance(1_000);

        assertThat(got).containsExactly(5L);
        assertThat(lifecycle).contains(new LifecycleEvent.Conflated(Markets.TICKER, 4));
        assertThat(client.counters().conflatedCount()).isEqualTo(4);
    }

    @Test
    void aSlowListenerGetsTheNewestRevisionAndEveryClose() throws Exception {
        MarketClient client = live();
        List<String> got = new ArrayList<>();
        client.subscribeKline(
                Markets.KLINES, (room, kline) -> got.add(kline.seq() + (kline.closed() ? " closed" : "")));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 0, false, null));
        listeners.hold();
        push(3, false);
        push(4, false);
        push(4, true);
        push(5, true);
        push(6, false);
        push(7, false);
        listeners.release();

        assertThat(got).containsExactly("4 closed", "5 closed", "7");
    }

    @Test
    void aReconnectAsksFromTheOldestCandleWhoseCloseHasNotCome() throws Exception {
        MarketClient client = live();
        client.subscribeKline(Markets.KLINES, (room, kline) -> {});
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 0, false, null));
        pushAt(0, 3, false);
        pushAt(60_000, 9, false);
        assertThat(cursorAfterReconnect()).isEqualTo(new Cursor(Markets.EPOCH, 3));

        answer(new RoomReply.Joined(Markets.KLINES.toString(), 9, true, null));
        pushAt(0, 3, true);
        assertThat(cursorAfterReconnect()).isEqualTo(new Cursor(Markets.EPOCH, 9));
    }

    @Test
    void closesThatTheServerCouldNotTellAreReadFromHistoryBeforeLiveGoesOn() throws Exception {
        MarketClient client = live();
        List<String> got = joinKlinesWithOneOpen(client);

        cursorAfterReconnect();
        answer(joinedKlines(30, false, Markets.kline(180_000, 30, false)));
        pushAt(180_000, 31, false);
        assertThat(((ClientCommand.Klines) network.last().lastCommand()).query())
                .isEqualTo(
                        new KlinesQuery(Markets.BTC, KlineInterval.MINUTE_1, 0L, null, KlinesQuery.MAX_LIMIT, 0, true));
        assertThat(got).containsExactly("0/3");
        answerKlines(
                Markets.kline(0, 4, true),
                Markets.kline(60_000, 9, true),
                Markets.kline(120_000, 12, true),
                Markets.kline(180_000, 30, false));

        assertThat(got).containsExactly("0/3", "0/4!", "60000/9!", "120000/12!", "180000/31");
        assertThat(cursorAfterReconnect()).isEqualTo(new Cursor(Markets.EPOCH, 31));
        assertThat(client.counters().gapCount()).isZero();
    }

    @Test
    void closesThatHistoryCannotGiveAreToldAsAGapAndLiveGoesOn() throws Exception {
        MarketClient client = live();
        List<String> got = joinKlinesWithOneOpen(client);

        cursorAfterReconnect();
        answer(joinedKlines(30, false, Markets.kline(180_000, 30, false)));
        network.last()
                .receive(new ServerEvent.ErrorEvent(
                        network.last().lastCommand().id(), new Problem(ErrorCode.NOT_SUPPORTED, null, "no"), 0));
        pushAt(180_000, 31, false);

        assertThat(got).containsExactly("0/3", "180000/30", "180000/31");
        assertThat(lifecycle)
                .endsWith(new LifecycleEvent.KlineGap(
                        Markets.KLINES, 0, 180_000, "/api/v1/klines?symbol=BTC-USDT&interval=1m&startTime=0"));
        assertThat(client.counters().gapCount()).isEqualTo(1);
        assertThat(cursorAfterReconnect()).isEqualTo(new Cursor(Markets.EPOCH, 31));
    }

    @Test
    void aHoleThatIsBeingFilledWhenTheClientIsClosedIsNoGap() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        network.last().receive(Markets.push(14, 15));

        client.close();
        timers.advance(1_000);

        assertThat(seqs).isEmpty();
        assertThat(client.counters().gapCount()).isZero();
    }

    private List<String> joinKlinesWithOneOpen(MarketClient client) {
        List<String> got = new ArrayList<>();
        client.subscribeKline(
                Markets.KLINES,
                (room, kline) -> got.add(kline.openTimeMillis() + "/" + kline.seq() + (kline.closed() ? "!" : "")));
        timers.advance(10);
        answer(joinedKlines(3, false, Markets.kline(0, 3, false)));
        return got;
    }

    private static RoomReply joinedKlines(long seq, boolean recovered, Kline kline) {
        return new RoomReply.Joined(
                Markets.KLINES.toString(), seq, recovered, new Payload.OfKlines(Markets.INSTRUMENT, List.of(kline)));
    }

    private void answerKlines(Kline... klines) {
        network.last()
                .receive(new ServerEvent.Reply(
                        network.last().lastCommand().id(), new Payload.OfKlines(Markets.INSTRUMENT, List.of(klines))));
    }

    @Test
    void aCloseForTooManyCommandsTellsItsWaitInMillisecondsOrSeconds() throws Exception {
        live();
        network.last().end(4008, "retry after 2500 ms");
        timers.advance(2_490);
        assertThat(network.attempts()).isEqualTo(1);
        timers.advance(20);
        assertThat(network.attempts()).isEqualTo(2);

        network.last().welcome(Markets.EPOCH);
        network.last().end(4008, "retry after 3");
        timers.advance(2_990);
        assertThat(network.attempts()).isEqualTo(2);
        timers.advance(20);
        assertThat(network.attempts()).isEqualTo(3);
    }

    @Test
    void aRefusedHandshakeTellsWhenToComeBack() {
        connect();
        timers.run();
        network.last().refuse(503, 7_000);
        timers.advance(6_990);
        assertThat(network.attempts()).isEqualTo(1);
        timers.advance(20);

        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void theHeartbeatMeasuresTheWayAndTheClock() throws Exception {
        MarketClient client = live();
        for (int beat = 0; beat < 3; beat++) {
            timers.advance(10_000);
            List<ClientCommand> pings = network.last().pings();
            ClientCommand.Ping ping = (ClientCommand.Ping) pings.get(pings.size() - 1);
            timers.advance(20L + beat);
            long server = timers.epochMillis() + 60_000;
            network.last().receive(new ServerEvent.Pong(ping.id(), ping.clientTimeMillis(), server, server));
        }

        Latency latency = client.latency();
        assertThat(latency.sampleCount()).isGreaterThanOrEqualTo(3);
        assertThat(latency.minMicros()).isBetween(20_000L, 1_100_000L);
        assertThat(latency.clockOffsetMillis()).isBetween(59_000L, 61_000L);
    }

    @Test
    void aPingTellsWhatTheLastOneTookAndHowLateALiveMessageCame() throws Exception {
        live();
        network.last().receive(made(timers.epochMillis() - 300));
        timers.advance(10_000);
        ClientCommand.Ping first = lastPing();
        assertThat(first.roundTripMicros()).isNull();
        assertThat(first.latencyMicros())
                .as("the server's clock is not known yet")
                .isNull();
        timers.advance(20);
        long server = timers.epochMillis() + 60_000; // Its clock is a minute ahead.
        network.last().receive(new ServerEvent.Pong(first.id(), first.clientTimeMillis(), server, server));

        network.last().receive(made(timers.epochMillis() + 60_000 - 70));
        network.last().receive(made(timers.epochMillis() + 60_000 - 9_000)); // One for each ping.
        timers.advance(10_000);
        List<ClientCommand.Ping> told = network.last().pings().stream()
                .map(ClientCommand.Ping.class::cast)
                .filter(ping -> ping.roundTripMicros() != null || ping.latencyMicros() != null)
                .toList();
        assertThat(told).as("told once").hasSize(1);
        assertThat(told.get(0).roundTripMicros()).isBetween(20_000L, 1_100_000L);
        assertThat(told.get(0).latencyMicros()).isBetween(0L, 2_000_000L);
        assertThat(told.get(0).clientTimeMillis()).isGreaterThan(first.clientTimeMillis());
    }

    private static ServerEvent made(long serverTimeMillis) {
        return ServerEvent.Push.ofTrades(
                Markets.TRADES.toString(), serverTimeMillis, Markets.INSTRUMENT, Markets.trades(1, 1));
    }

    private ClientCommand.Ping lastPing() {
        List<ClientCommand> pings = network.last().pings();
        return (ClientCommand.Ping) pings.get(pings.size() - 1);
    }

    @Test
    void aPingWithoutAConnectionFailsAtOnce() {
        CompletableFuture<MarketClient> connecting = connect();
        timers.run();
        network.last().welcome(Markets.EPOCH);
        MarketClient client = connecting.join();
        network.last().end(1006, "");

        CompletableFuture<PingReply> ping = client.ping();
        timers.run();

        assertThatThrownBy(() -> ping.get(5, TimeUnit.SECONDS)).rootCause().isInstanceOf(MarketException.class);
    }

    @Test
    void theSeedsPolicyComesBackOnAbnormalEndsOnlyTenTimesAfterFiveSeconds() {
        connect(config().reconnect(ReconnectPolicy.seed()));
        timers.run();
        for (int attempt = 1; attempt <= 10; attempt++) {
            network.last().welcome(Markets.EPOCH);
            timers.advance(1);
            network.last().end(1006, "");
            timers.advance(4_990);
            assertThat(network.attempts()).isEqualTo(attempt);
            timers.advance(20);
            assertThat(network.attempts()).isEqualTo(attempt + 1);
        }
        network.last().end(1006, "");
        timers.advance(60_000);

        assertThat(network.attempts()).as("never reset").isEqualTo(11);
        assertThat(timers.isStopped()).isTrue();
    }

    @Test
    void theSeedsPolicyStaysAwayAfterACloseFrame() throws Exception {
        live(config().reconnect(ReconnectPolicy.seed()));
        network.last().end(1012, "restart");
        timers.advance(60_000);

        assertThat(network.attempts()).isEqualTo(1);
    }

    @Test
    void aFlowGivesWhatIsAskedFor() throws Exception {
        MarketClient client = live();
        Demanding<Long> taken = new Demanding<>();
        client.tradeFlow(Markets.TRADES).subscribe(taken.of(trade -> trade.seq()));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 10, false, null));
        network.last().receive(Markets.push(11, 15));
        assertThat(taken.items).isEmpty();

        taken.request(2);
        assertThat(taken.items).containsExactly(11L, 12L);
        taken.request(Long.MAX_VALUE);
        assertThat(taken.items).containsExactly(11L, 12L, 13L, 14L, 15L);

        client.close();
        timers.run();
        assertThat(taken.completed).isTrue();
    }

    @Test
    void aFlowWithoutDemandStopsTheReadingAndNotTheMemory() throws Exception {
        MarketClient client = live();
        Demanding<Long> taken = new Demanding<>();
        client.tradeFlow(Markets.TRADES).subscribe(taken.of(trade -> trade.seq()));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 0, false, null));
        network.last().receive(Markets.push(1, Deliveries.BOUND - 1));
        int before = network.last().requested;
        network.last().receive(Markets.push(Deliveries.BOUND, Deliveries.BOUND));
        assertThat(network.last().requested).as("reading has stopped").isEqualTo(before);

        taken.request(Deliveries.BOUND);
        timers.run();

        assertThat(network.last().requested).as("reading goes on").isEqualTo(before + 1);
        assertThat(taken.items).hasSize(Deliveries.BOUND);
    }

    @Test
    void aFlowOfCandlesKeepsTheNewestRevisionAndEveryClose() throws Exception {
        MarketClient client = live();
        Demanding<String> taken = new Demanding<>();
        client.klineFlow(Markets.KLINES).subscribe(taken.of((KlineData kline) -> kline.seq() + "/" + kline.closed()));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 0, false, null));
        push(3, false);
        push(4, false);
        push(4, true);
        push(6, false);
        push(7, false);
        taken.request(10);

        assertThat(taken.items).containsExactly("4/true", "7/false");
    }

    @Test
    void aFlowThatAsksForNothingAtAllIsEndedByTheRules() throws Exception {
        MarketClient client = live();
        Demanding<Long> taken = new Demanding<>();
        client.tradeFlow(Markets.TRADES).subscribe(taken.of(trade -> trade.seq()));
        taken.request(0);

        assertThat(taken.failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("was 0");
    }

    @Test
    void cancellingAFlowLeavesTheRoom() throws Exception {
        MarketClient client = live();
        Demanding<Long> taken = new Demanding<>();
        client.tradeFlow(Markets.TRADES).subscribe(taken.of(trade -> trade.seq()));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 0, false, null));
        taken.cancel();
        timers.run();

        assertThat(network.last().lastCommand()).isInstanceOf(ClientCommand.Unsubscribe.class);
    }

    @Test
    void aRefusedRoomIsTheErrorOfItsFlow() throws Exception {
        MarketClient client = live();
        Demanding<Long> taken = new Demanding<>();
        client.tradeFlow(Markets.TRADES).subscribe(taken.of(trade -> trade.seq()));
        timers.advance(10);
        answer(new RoomReply.Refused(Markets.TRADES.toString(), ErrorCode.UNKNOWN_SYMBOL, "none"));

        assertThat(taken.failure).isInstanceOf(MarketException.class).hasMessage("unknown_symbol: none");
    }

    @Test
    void notificationsAndNoticesAreTold() throws Exception {
        MarketClient client = live();
        List<String> got = new ArrayList<>();
        client.onNotification(each -> got.add(each.seq() + " " + each.title() + " " + each.dataJson()));
        timers.run();
        network.last()
                .receive(
                        "{\"event\":\"notification\",\"seq\":7,\"data\":{\"id\":\"n7\",\"type\":\"trade\",\"title\":\"Filled\","
                                + "\"content\":\"\",\"createdTime\":1,\"data\":{\"tradeId\":\"t1\"}}}");
        network.last()
                .receive(
                        "{\"event\":\"system\",\"room\":\"system\",\"serverTime\":1,\"message\":\"maintenance at ten\"}");

        assertThat(got).containsExactly("7 Filled {\"tradeId\":\"t1\"}");
        assertThat(lifecycle).endsWith(new LifecycleEvent.Notice("maintenance at ten"));
    }

    private void push(long seq, boolean closed) {
        network.last()
                .receive(ServerEvent.Push.ofKline(
                        Markets.KLINES.toString(), 0, Markets.INSTRUMENT, Markets.kline(seq, closed)));
    }

    private void pushAt(long openTimeMillis, long seq, boolean closed) {
        network.last()
                .receive(ServerEvent.Push.ofKline(
                        Markets.KLINES.toString(), 0, Markets.INSTRUMENT, Markets.kline(openTimeMillis, seq, closed)));
    }

    private void untilAttempt(int number) {
        for (int waited = 0; network.attempts() < number && waited < 60_000; waited += 50) {
            timers.advance(50);
        }
        assertThat(network.attempts()).as("seed %s", seed).isEqualTo(number);
    }

    private @Nullable Cursor cursorAfterReconnect() {
        network.last().end(1006, "");
        untilAttempt(network.attempts() + 1);
        network.last().welcome(Markets.EPOCH);
        return ((ClientCommand.Subscribe) network.last().lastCommand())
                .rooms()
                .get(0)
                .since();
    }

    private ServerEvent heartbeat(long seq, long completeMillis) {
        return new ServerEvent.Heartbeat(
                timers.epochMillis(),
                List.of(new ServerEvent.RoomPosition(Markets.TRADES.toString(), seq, completeMillis)));
    }

    private void answerHistory(long from, long to) {
        network.last()
                .receive(new ServerEvent.Reply(
                        network.last().lastCommand().id(),
                        new Payload.OfTrades(Markets.INSTRUMENT, Markets.trades(from, to))));
    }

    /** A subscriber that asks when the test says so. */
    private static final class Demanding<R> {
        final List<R> items = new ArrayList<>();
        boolean completed;

        @Nullable
        Throwable failure;

        private Flow.@Nullable Subscription subscription;

        <T> Flow.Subscriber<T> of(Function<T, R> view) {
            return new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                }

                @Override
                public void onNext(T item) {
                    items.add(view.apply(item));
                }

                @Override
                public void onError(Throwable why) {
                    failure = why;
                }

                @Override
                public void onComplete() {
                    completed = true;
                }
            };
        }

        void request(long count) {
            subscription.request(count);
        }

        void cancel() {
            subscription.cancel();
        }
    }
}
