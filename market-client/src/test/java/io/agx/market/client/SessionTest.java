package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InstrumentData;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.json.CommandDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection's life on a manual clock, the test playing the server. */
// Whether a command was sent is seen on the wire; its future is looked at only where it is the point.
@SuppressWarnings("FutureReturnValueIgnored")
class SessionTest extends ManualClient {
    @Test
    void isConnectedWithTheWelcome() throws Exception {
        CompletableFuture<MarketClient> connecting = connect();
        timers.run();
        network.last().open();
        assertThat(connecting).isNotDone();

        network.last().welcome(Markets.EPOCH);

        assertThat(connecting.get(5, TimeUnit.SECONDS)).isNotNull();
        assertThat(lifecycle)
                .hasOnlyElementsOfType(LifecycleEvent.Connected.class)
                .hasSize(1);
    }

    @Test
    void triesAgainWhenNoWelcomeComes() {
        connect();
        timers.run();
        network.last().open();

        timers.advance(4_000);
        assertThat(network.last().aborted).isTrue();
        timers.advance(500);

        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void neverGivesUpByDefault() {
        connect();
        timers.run();
        for (int attempt = 1; attempt <= 100; attempt++) {
            assertThat(network.attempts()).as("seed %s", seed).isEqualTo(attempt);
            network.last().end(1006, "refused");
            for (int waited = 0; network.attempts() == attempt && waited < 30_000; waited += 50) {
                timers.advance(50);
            }
        }
    }

    @Test
    void asksAgainWithinTenSecondsAfterTwentySecondsOfRefusals() {
        for (int round = 0; round < 200; round++) {
            ManualTimers clock = new ManualTimers();
            RecordingConnector net = new RecordingConnector(clock);
            MarketClient.connect(config().build(), net, HTTP, clock, new Random(seed + round), new InlineExecutor());
            clock.run();
            long downMillis = 0;
            int seen = 0;
            while (downMillis < 20_000) {
                if (net.attempts() > seen) {
                    seen = net.attempts();
                    net.last().end(1006, "refused");
                }
                clock.advance(50);
                downMillis += 50;
            }
            clock.advance(8_050);

            assertThat(net.attempts()).as("seed %s round %s", seed, round).isGreaterThan(seen);
            assertThat(seen).as("attempts in 20 s, seed %s", seed).isBetween(6, 100);
        }
    }

    @Test
    void givesUpAfterTheAttemptsAllowed() {
        CompletableFuture<MarketClient> connecting = MarketClient.connect(
                config().reconnect(ReconnectPolicy.standard().withMaxAttempts(2))
                        .build(),
                network,
                HTTP,
                timers,
                new Random(seed),
                listeners);
        timers.run();
        for (int attempt = 0; attempt < 3; attempt++) {
            network.last().end(1006, "refused");
            timers.advance(30_000);
        }

        assertThat(network.attempts()).isEqualTo(3);
        assertThatThrownBy(() -> connecting.get(5, TimeUnit.SECONDS)).hasRootCauseInstanceOf(MarketException.class);
        assertThat(timers.isStopped()).isTrue();
    }

    @Test
    void doesNotComeBackToAnAddressThatNeverWas() {
        CompletableFuture<MarketClient> connecting = connect();
        timers.run();

        network.last().refuse(404);
        timers.advance(60_000);

        assertThat(network.attempts()).isEqualTo(1);
        assertThatThrownBy(() -> connecting.get(5, TimeUnit.SECONDS))
                .rootCause()
                .hasMessageContaining("HTTP 404");
        assertThat(lifecycle).containsExactly(new LifecycleEvent.Unreachable("HTTP 404", false));
    }

    @Test
    void tellsEveryAttemptThatFailed() {
        connect();
        timers.run();
        network.last().end(1006, "refused");
        timers.advance(500);
        network.last().refuse(503);
        timers.advance(1_000);
        network.last().welcome(Markets.EPOCH);

        assertThat(lifecycle)
                .hasSize(3)
                .startsWith(
                        new LifecycleEvent.Unreachable("refused", true),
                        new LifecycleEvent.Unreachable("HTTP 503", true))
                .last()
                .isInstanceOf(LifecycleEvent.Connected.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1006, 1011, 1012, 1013, 4002, 4003, 4008, 4009, 4999})
    void comesBackAfterEveryRetryableCode(int code) throws Exception {
        live();

        network.last().end(code, "");
        timers.advance(500);

        assertThat(network.attempts()).isEqualTo(2);
        assertThat(lifecycle.get(1)).isEqualTo(new LifecycleEvent.Disconnected(code, "", true));
        network.last().welcome(Markets.EPOCH);
        assertThat(lifecycle.get(2)).isInstanceOf(LifecycleEvent.Reconnected.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1003, 1007, 1009, 4000, 4001})
    void staysAwayAfterEveryOtherCode(int code) throws Exception {
        MarketClient client = live();

        network.last().end(code, "because");
        timers.advance(60_000);

        assertThat(network.attempts()).isEqualTo(1);
        assertThat(lifecycle.get(1)).isEqualTo(new LifecycleEvent.Disconnected(code, "because", false));
        assertThatThrownBy(() -> client.tickers().get(5, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(MarketException.class);
    }

    @Test
    void waitsAsLongAsARateLimitSays() throws Exception {
        live();

        network.last().end(4008, "Retry-After: 7");
        timers.advance(6_999);
        assertThat(network.attempts()).isEqualTo(1);
        timers.advance(1);

        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void countOfAttemptsStartsAnewOnlyAfterAStableConnection() {
        ManualTimers clock = new ManualTimers();
        RecordingConnector net = new RecordingConnector(clock);
        // Always the upper end of the range.
        MarketClient.connect(
                config().build(),
                net,
                HTTP,
                clock,
                new Random(seed) {
                    private static final long serialVersionUID = 1;

                    @Override
                    public long nextLong(long bound) {
                        return bound - 1;
                    }
                },
                new InlineExecutor());
        clock.run();
        net.last().welcome(Markets.EPOCH);
        net.last().end(1006, "");
        clock.advance(500);
        net.last().welcome(Markets.EPOCH);
        clock.advance(10_000);
        net.last().end(1006, "");
        clock.advance(999);
        assertThat(net.attempts()).isEqualTo(2);
        clock.advance(1);
        assertThat(net.attempts()).isEqualTo(3);

        net.last().welcome(Markets.EPOCH);
        for (int second = 0; second < 30; second++) {
            clock.advance(1_000);
            net.last().receive("PONG");
        }
        net.last().end(1006, "");
        clock.advance(500);

        assertThat(net.attempts()).isEqualTo(4);
    }

    @Test
    void sendsAHeartbeatEveryTenSeconds() throws Exception {
        live();

        for (int second = 0; second < 30; second++) {
            timers.advance(1_000);
            network.last().receive("{\"event\":\"anything\"}");
        }

        assertThat(network.last().pings()).hasSize(3);
    }

    @Test
    void asksAQuietServerBeforeTheHeartbeatIsDue() throws Exception {
        live();

        timers.advance(6_000);

        assertThat(network.last().pings()).hasSize(2);
    }

    @Test
    void givesUpASilentConnectionAfterTheDeadline() throws Exception {
        live();
        timers.advance(24_000);
        assertThat(network.last().aborted).isFalse();

        timers.advance(2_000);

        assertThat(network.links.get(0).aborted).isTrue();
        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void roomsAskedForTogetherGoInOneMessage() throws Exception {
        MarketClient client = live();

        client.subscribeTrade(Markets.TRADES, (room, trades) -> {});
        client.subscribeTicker(Markets.TICKER, (room, tickers) -> {});
        timers.advance(10);

        assertThat(network.last().commands()).hasSize(1);
        assertThat(((ClientCommand.Subscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.TRADES), RoomRequest.of(Markets.TICKER));
    }

    @Test
    void comesBackToAllRoomsWithTheirCursorsInOneMessage() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        client.subscribeKline(Markets.KLINES, (room, kline) -> {});
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 12, false, null));
        network.last().receive(Markets.push(11, 13));

        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH);

        assertThat(network.last().commands()).hasSize(1);
        assertThat(((ClientCommand.Subscribe) network.last().lastCommand()).rooms())
                .containsExactly(
                        RoomRequest.of(Markets.TRADES).since(new Cursor(Markets.EPOCH, 13)),
                        RoomRequest.of(Markets.KLINES).since(new Cursor(Markets.EPOCH, 12)));
        answer(
                new RoomReply.Joined(Markets.TRADES.toString(), 15, true, Markets.tradeSnapshot(14, 15)),
                new RoomReply.Joined(Markets.KLINES.toString(), 12, true, null));
        assertThat(lifecycle.get(lifecycle.size() - 1)).isEqualTo(new LifecycleEvent.Resubscribed(2));
        assertThat(seqs).containsExactly(11L, 12L, 13L, 14L, 15L);
    }

    @Test
    void deliversEachTradeOnceAndTellsAHoleThatIsNotToBeFilled() throws Exception {
        MarketClient client = live(config().gapFillLimit(0));
        joinTrades(client, 10);

        network.last().receive(Markets.push(9, 12));
        network.last().receive(Markets.push(11, 13));
        network.last().receive(Markets.push(16, 17));

        assertThat(seqs).containsExactly(11L, 12L, 13L, 16L, 17L);
        assertThat(lifecycle).endsWith(new LifecycleEvent.Gap(Markets.TRADES, 14, 15, ""));
        assertThat(client.counters().duplicateTradeCount()).isEqualTo(4);
        assertThat(client.counters().gapCount()).isEqualTo(1);
    }

    @Test
    void aGapThatTheServerTellsIsToldOnceIfItIsNotToBeFilled() throws Exception {
        MarketClient client = live(config().gapFillLimit(0));
        joinTrades(client, 10);

        network.last().receive(new ServerEvent.Gap(Markets.TRADES.toString(), 11, 20, "/rest"));
        network.last().receive(Markets.push(21, 21));

        assertThat(seqs).containsExactly(21L);
        assertThat(lifecycle.stream().filter(LifecycleEvent.Gap.class::isInstance))
                .containsExactly(new LifecycleEvent.Gap(Markets.TRADES, 11, 20, "/rest"));
        assertThat(client.counters().gapCount()).isEqualTo(1);
    }

    @Test
    void whatCouldNotBeRecoveredIsToldAsAGapIfItIsNotToBeFilled() throws Exception {
        MarketClient client = live(config().gapFillLimit(0));
        joinTrades(client, 10);
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH);

        answer(new RoomReply.Joined(Markets.TRADES.toString(), 50, false, Markets.tradeSnapshot(41, 50)));

        assertThat(seqs).startsWith(41L).hasSize(10);
        assertThat(lifecycle).contains(new LifecycleEvent.Gap(Markets.TRADES, 11, 40, ""));
        assertThat(client.counters().gapCount()).isEqualTo(1);
    }

    @Test
    void anotherHistoryStartsEveryRoomAnew() throws Exception {
        MarketClient client = live();
        joinTrades(client, 1_000);
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome("epoch-2");

        assertThat(lifecycle).endsWith(new LifecycleEvent.HistoryChanged(Markets.EPOCH, "epoch-2"));
        assertThat(((ClientCommand.Subscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.TRADES));
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 5, false, null));
        network.last().receive(Markets.push(6, 7));
        assertThat(seqs).containsExactly(6L, 7L);
        assertThat(client.counters().gapCount()).isZero();
    }

    @Test
    void oneRefusedRoomDoesNotFailTheOthers() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> trades = client.subscribeTrade(Markets.TRADES, (room, list) -> {});
        CompletableFuture<SubscribeReply> ticker = client.subscribeTicker(Markets.TICKER, (room, list) -> {});
        timers.advance(10);
        answer(
                new RoomReply.Refused(Markets.TRADES.toString(), ErrorCode.UNKNOWN_SYMBOL, "no such instrument"),
                new RoomReply.Joined(
                        Markets.TICKER.toString(),
                        7,
                        false,
                        new Payload.OfTicker(Markets.INSTRUMENT, Markets.ticker(7))));

        assertThat(ticker.get(5, TimeUnit.SECONDS).seq()).isEqualTo(7);
        assertThatThrownBy(() -> trades.get(5, TimeUnit.SECONDS))
                .rootCause()
                .hasMessage("unknown_symbol: no such instrument");
    }

    @Test
    void aRoomThatTheReplyHadNoMoreSpaceForIsAskedForInTheNextMessage() throws Exception {
        MarketClient client = live();
        client.subscribeTrade(Markets.TRADES, 1_500, (room, list) -> {});
        CompletableFuture<SubscribeReply> klines = client.subscribeKline(Markets.KLINES, 1_500, (room, kline) -> {});
        timers.advance(10);
        answer(
                new RoomReply.Joined(Markets.TRADES.toString(), 3, false, null),
                new RoomReply.Refused(Markets.KLINES.toString(), ErrorCode.TOO_LARGE, "ask again for this room"));
        timers.advance(10);

        assertThat(network.last().commands()).hasSize(2);
        assertThat(((ClientCommand.Subscribe) network.last().lastCommand()).rooms())
                .containsExactly(RoomRequest.of(Markets.KLINES).snapshot(1_500));
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 5, false, null));
        assertThat(klines.get(5, TimeUnit.SECONDS).seq()).isEqualTo(5);
    }

    @Test
    void roomsThatAreAllTooLargeAreAskedForOneByOneAndThenRefused() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> trades = client.subscribeTrade(Markets.TRADES, 1_500, (room, list) -> {});
        CompletableFuture<SubscribeReply> klines = client.subscribeKline(Markets.KLINES, 1_500, (room, kline) -> {});
        timers.advance(10);
        answer(
                new RoomReply.Refused(Markets.TRADES.toString(), ErrorCode.TOO_LARGE, "at most 64"),
                new RoomReply.Refused(Markets.KLINES.toString(), ErrorCode.TOO_LARGE, "at most 64"));
        timers.advance(10);
        assertThat(network.last().commands()).hasSize(3);
        assertThat(network.last().commands())
                .filteredOn(command -> command instanceof ClientCommand.Subscribe each
                        && each.rooms().size() == 1)
                .hasSize(2);
    }

    @Test
    void aRoomThatIsTooLargeForAReplyOfItsOwnIsRefused() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> klines = client.subscribeKline(Markets.KLINES, 1_500, (room, kline) -> {});
        timers.advance(10);
        answer(new RoomReply.Refused(Markets.KLINES.toString(), ErrorCode.TOO_LARGE, "too large"));
        timers.advance(5_000);

        assertThat(network.last().commands()).hasSize(1);
        assertThatThrownBy(() -> klines.get(5, TimeUnit.SECONDS)).rootCause().hasMessage("too_large: too large");
    }

    @Test
    void aRoomRefusedForTheTimeBeingIsAskedForAgain() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> joined = client.subscribeTrade(Markets.TRADES, (room, list) -> {});
        timers.advance(10);
        answer(new RoomReply.Refused(Markets.TRADES.toString(), ErrorCode.STORE_BEHIND, "not yet"));
        timers.advance(1_010);
        assertThat(network.last().commands()).hasSize(2);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 3, false, null));

        assertThat(joined.get(5, TimeUnit.SECONDS).seq()).isEqualTo(3);
    }

    @Test
    void aSubscribeThatTheServerRefusesForItsRateIsAskedForAgain() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> joined = client.subscribeTrade(Markets.TRADES, (room, list) -> {});
        timers.advance(10);
        // Such an error does not say which command was refused.
        network.last()
                .receive(new ServerEvent.ErrorEvent(null, new Problem(ErrorCode.RATE_LIMITED, null, "slow down"), 500));
        for (int second = 0; second < 34; second++) {
            timers.advance(1_000);
            network.last().receive("PONG");
        }
        assertThat(network.last().commands()).hasSize(2);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 3, false, null));

        assertThat(joined.get(5, TimeUnit.SECONDS).seq()).isEqualTo(3);
    }

    @Test
    void manyQueriesAtOnceGoNoFasterThanTheServerTakesThem() throws Exception {
        MarketClient client = live(Map.of("commandsPerSecond", 20L, "commandBurst", 100L));
        List<CompletableFuture<List<InstrumentData>>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.add(client.instruments());
        }
        RecordingConnector.Link server = network.last();
        double budget = 100;
        int read = 0;
        for (int waitedMillis = 0; waitedMillis < 30_000; waitedMillis += 50) {
            timers.advance(50);
            budget = Math.min(100, budget + 1);
            for (; read < server.sent.size(); read++) {
                assertThat(budget)
                        .as("at %s ms, command %s", waitedMillis, read)
                        .isGreaterThanOrEqualTo(1);
                budget--;
                ClientCommand command = CommandDecoder.decode(server.sent.get(read));
                server.receive(
                        command instanceof ClientCommand.Ping ping
                                ? new ServerEvent.Pong(ping.id(), ping.clientTimeMillis(), 1, 1)
                                : new ServerEvent.Reply(
                                        command.id(), new Payload.OfInstruments(List.of(Markets.INSTRUMENT))));
            }
        }

        for (CompletableFuture<List<InstrumentData>> each : asked) {
            assertThat(each.get(5, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void aQueryThatTimedOutBeforeTheServerCouldTakeItIsNotSent() throws Exception {
        MarketClient client = live(Map.of("commandsPerSecond", 2L, "commandBurst", 2L));
        for (int i = 0; i < 40; i++) {
            client.instruments();
        }
        for (int second = 0; second < 60; second++) {
            timers.advance(1_000);
            network.last().receive("{\"event\":\"anything\"}");
        }

        assertThat(network.last().commands()).hasSizeBetween(20, 31);
    }

    @Test
    void roomsGoBeforeQueriesThatWait() throws Exception {
        MarketClient client = live(Map.of("commandsPerSecond", 2L, "commandBurst", 4L));
        for (int i = 0; i < 20; i++) {
            client.instruments();
        }
        client.subscribeTrade(Markets.TRADES, (room, list) -> {});
        timers.advance(1_100);

        assertThat(network.last().commands()).hasAtLeastOneElementOfType(ClientCommand.Subscribe.class);
    }

    @Test
    void roomsAreAskedForBeforeTheQueriesThatAreSentAgain() throws Exception {
        Map<String, Long> limits = Map.of("commandsPerSecond", 2L, "commandBurst", 4L);
        MarketClient client = live(limits);
        joinTrades(client, 10);
        for (int i = 0; i < 10; i++) {
            client.instruments();
        }
        timers.run();
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH, limits);

        assertThat(network.last().commands().get(0)).isInstanceOf(ClientCommand.Subscribe.class);
    }

    @Test
    void queriesAreSentAgainAfterAReconnect() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<InstrumentData>> asked = client.instruments();
        timers.run();
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH);

        network.last()
                .receive(new ServerEvent.Reply(
                        network.last().lastCommand().id(), new Payload.OfInstruments(List.of(Markets.INSTRUMENT))));

        assertThat(asked.get(5, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void aQueryWithoutAnswerFailsInTime() throws Exception {
        MarketClient client = live();
        CompletableFuture<?> tickers = client.tickers();
        for (int second = 0; second < 31; second++) {
            timers.advance(1_000);
            network.last().receive("PONG");
        }

        assertThatThrownBy(() -> tickers.get(5, TimeUnit.SECONDS)).rootCause().hasMessageContaining("timeout");
    }

    @Test
    void tooManyCommandsWithoutAnswerAreRefused() throws Exception {
        MarketClient client = live();
        for (int i = 0; i < Requests.BOUND; i++) {
            client.ping();
        }
        CompletableFuture<PingReply> oneMore = client.ping();
        timers.run();

        assertThatThrownBy(() -> oneMore.get(5, TimeUnit.SECONDS)).rootCause().hasMessageContaining("too_many");
    }

    @Test
    void aFailingListenerDoesNotEndTheConnection() throws Exception {
        MarketClient client = live();
        client.subscribeTrade(Markets.TRADES, (room, list) -> {
            throw new IllegalStateException("theirs");
        });
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 0, false, null));

        network.last().receive(Markets.push(1, 1));
        network.last().receive(Markets.push(2, 2));

        assertThat(client.counters().listenerFailureCount()).isEqualTo(2);
        assertThat(network.last().aborted).isFalse();
    }

    @Test
    void aSlowListenerStopsReadingInsteadOfFillingMemory() throws Exception {
        MarketClient client = live();
        joinTrades(client, 0);
        listeners.hold();
        int before = network.last().requested;
        for (int seq = 1; seq <= Deliveries.BOUND; seq++) {
            network.last().receive(Markets.push(seq, seq));
        }
        assertThat(network.last().requested - before).isEqualTo(Deliveries.BOUND - 1);
        timers.advance(60_000);
        assertThat(network.last().aborted)
                .as("our own silence is not the server's")
                .isFalse();

        assertThat(seqs).isEmpty();

        listeners.release();
        timers.run();

        assertThat(network.last().requested - before).isEqualTo(Deliveries.BOUND);
        assertThat(seqs).hasSize(Deliveries.BOUND);
    }

    @Test
    void malformedAndUnknownEventsAreIgnoredAndCounted() throws Exception {
        MarketClient client = live();

        network.last().receive("nonsense");
        network.last().receive("{\"event\":\"from_the_future\"}");
        network.last().receive("{\"event\":\"trade\",\"room\":\"trade:X\",\"seq\":1,\"data\":[]}");

        assertThat(client.counters().malformedCount()).isEqualTo(1);
        assertThat(network.last().aborted).isFalse();
    }

    @Test
    void leavesInItsSlotWhenTheServerDrains() throws Exception {
        live();

        network.last().receive(new ServerEvent.Drain(1_500, null));
        timers.advance(1_499);
        assertThat(network.last().closeCode).isZero();
        timers.advance(501);

        assertThat(network.links.get(0).closeCode).isEqualTo(1000);
        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void waitsForItsSlotWhenADrainedConnectionEnds() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(60_000, null));
        timers.advance(100);

        network.last().end(1001, "the server is stopping");
        timers.advance(59_899);
        assertThat(network.attempts()).isEqualTo(1);
        timers.advance(1);

        assertThat(network.attempts()).isEqualTo(2);
    }

    @Test
    void backsOffAgainWhenNobodyIsThereInItsSlot() throws Exception {
        live();
        network.last().receive(new ServerEvent.Drain(5_000, null));
        network.last().end(1001, "the server is stopping");
        timers.advance(5_000);
        assertThat(network.attempts()).isEqualTo(2);

        network.last().end(1006, "refused");
        timers.advance(199);
        assertThat(network.attempts())
                .as("no attempt sooner than the backoff's floor")
                .isEqualTo(2);
        timers.advance(4_000);

        assertThat(network.attempts()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void closesOnceAndFailsWhatIsOpen() throws Exception {
        MarketClient client = live();
        CompletableFuture<SubscribeReply> joining = client.subscribeTrade(Markets.TRADES, (room, list) -> {});
        CompletableFuture<?> tickers = client.tickers();

        client.close();
        client.close();
        timers.advance(1_000);
        client.close();

        assertThat(network.last().closeCode).isEqualTo(1000);
        assertThat(timers.isStopped()).isTrue();
        for (CompletableFuture<?> open : List.of(joining, tickers, client.instruments())) {
            assertThatThrownBy(() -> open.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .rootCause()
                    .hasMessageStartingWith("closed");
        }
    }

    @Test
    void failuresAreNotToldOnTheThreadOfTheConnection() throws Exception {
        CompletableFuture<MarketClient> connecting = connect();
        timers.run();
        CompletableFuture<Thread> gaveUp = threadOf(connecting);
        network.last().refuse(404);
        assertThat(gaveUp.get(5, TimeUnit.SECONDS)).isNotEqualTo(Thread.currentThread());
    }

    @Test
    void aReplayThatEndsWithItsConnectionIsNotToldOnTheThreadOfTheConnection() throws Exception {
        MarketClient client = live();
        ReplayRequest stretch = new ReplayRequest(Markets.BTC, 1, 2, 1, List.of(Markets.TRADES));
        CompletableFuture<Thread> dropped =
                threadOf(client.replay(stretch, new ReplayListener() {}).done());
        timers.run();
        network.last().end(1006, "");

        assertThat(dropped.get(5, TimeUnit.SECONDS)).isNotEqualTo(Thread.currentThread());
    }

    private static CompletableFuture<Thread> threadOf(CompletableFuture<?> failing) {
        return failing.handle((done, failure) -> Thread.currentThread());
    }

    @Test
    void aSocketThatOpensAfterTheCloseIsEnded() {
        CompletableFuture<MarketClient> connecting = connect();
        timers.run();

        assertThat(connecting.cancel(false)).isTrue();
        timers.run();
        network.last().open();

        assertThat(network.last().aborted).isTrue();
    }

    @Test
    void leavesARoom() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);

        CompletableFuture<Void> left = client.unsubscribe(Markets.TRADES);
        timers.run();
        network.last().receive(Markets.push(11, 11));
        ClientCommand.Unsubscribe command =
                (ClientCommand.Unsubscribe) network.last().lastCommand();
        network.last()
                .receive(new ServerEvent.Unsubscribed(
                        command.id(), List.of(new RoomReply.Left(Markets.TRADES.toString(), 11))));

        left.get(5, TimeUnit.SECONDS);
        assertThat(seqs).isEmpty();
    }

    @Test
    void whatIsOnItsWayFromARoomThatWasLeftIsNotOfTheRoomThatIsJoinedAnew() throws Exception {
        MarketClient client = live();
        joinTrades(client, 10);
        client.unsubscribe(Markets.TRADES);
        client.subscribeTrade(
                Markets.TRADES,
                (room, trades) -> trades.stream().map(TradeData::seq).forEach(seqs::add));
        timers.advance(10);

        network.last().receive(Markets.push(11, 12));
        network.last().receive(new ServerEvent.Gap(Markets.TRADES.toString(), 13, 14, "/rest"));
        answer(new RoomReply.Joined(Markets.TRADES.toString(), 20, false, null));
        network.last().receive(Markets.push(21, 21));

        assertThat(seqs).containsExactly(21L);
        assertThat(network.last().lastCommand()).isInstanceOf(ClientCommand.Subscribe.class);
    }

    @Test
    void aCandleOnItsWayFromARoomThatWasLeftIsNotOfTheRoomThatIsJoinedAnew() throws Exception {
        MarketClient client = live();
        client.subscribeKline(Markets.KLINES, (room, kline) -> {});
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.KLINES.toString(), 5, false, null));
        client.unsubscribe(Markets.KLINES);
        List<Long> klines = new ArrayList<>();
        client.subscribeKline(Markets.KLINES, (room, kline) -> klines.add(kline.seq()));
        timers.advance(10);

        network.last()
                .receive(ServerEvent.Push.ofKline(
                        Markets.KLINES.toString(), 0, Markets.INSTRUMENT, Markets.kline(7, false)));

        assertThat(klines).isEmpty();
    }

    @Test
    void aKlineListenerGetsTheSnapshotFirst() throws Exception {
        MarketClient client = live();
        List<KlineData> klines = new ArrayList<>();
        client.subscribeKline(Markets.KLINES, 5, (room, kline) -> klines.add(kline));
        timers.advance(10);
        answer(new RoomReply.Joined(
                Markets.KLINES.toString(),
                7,
                false,
                new Payload.OfKlines(Markets.INSTRUMENT, List.of(Markets.kline(7, false)))));
        network.last()
                .receive(ServerEvent.Push.ofKline(
                        Markets.KLINES.toString(), 0, Markets.INSTRUMENT, Markets.kline(7, true)));

        assertThat(klines).extracting(KlineData::closed).containsExactly(false, true);
    }
}
