package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.MarketException;
import io.agx.market.client.Replay;
import io.agx.market.client.ReplayListener;
import io.agx.market.client.ReplayRequest;
import io.agx.market.client.ReplayResult;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.FaultProxy.Fault;
import io.agx.market.server.testing.RunningMarket;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Publishing, replays, flows, rates and staleness, against the real server. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ClientFeaturesIT {
    private static final Symbol SYMBOL = new Symbol("BTC-USDT");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path dataDir;

    @Test
    void publishesEachTradeOnceHoweverOftenItIsOffered() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            market.define("BTC-USDT");
            List<OfferedTrade> trades = List.of(offered("a", "64000.25"), offered("b", "64000.5"), offered("c", "-1"));

            List<PublishResult> first = client.publish(trades).get(10, TimeUnit.SECONDS);
            List<PublishResult> again = client.publish(trades).get(10, TimeUnit.SECONDS);

            assertThat(first).extracting(PublishResult::ok).containsExactly(true, true, false);
            assertThat(first).extracting(PublishResult::seq).startsWith(1L, 2L);
            assertThat(first.get(2).message()).isNotEmpty();
            assertThat(again).extracting(PublishResult::duplicate).containsExactly(true, true, false);
            assertThat(new RestClient(market.port()).trades("BTC-USDT", 1))
                    .extracting(SentTrade::seq)
                    .containsExactly(1L, 2L);
        }
    }

    @Test
    void whatIsRefusedAsAWholeFailsWithTheServersCode() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            List<OfferedTrade> tooMany = new ArrayList<>();
            for (int i = 0; i < 20_001; i++) {
                tooMany.add(offered("t" + i, "1"));
            }

            assertThatThrownBy(() -> client.publish(tooMany).get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .rootCause()
                    .isInstanceOfSatisfying(
                            MarketException.class, why -> assertThat(why.code()).isEqualTo("too_large"));
        }
    }

    @Test
    void replaysThePastAsTheRoomsSentIt() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            long from = System.currentTimeMillis() / 60_000 * 60_000 - 600_000;
            List<NewTrade> trades = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                trades.add(new NewTrade(instrument, "t" + i, 10_000 + i, 1_000, Side.BUY, from + i * 1_000L, true));
            }
            market.publish(trades).join();
            await().atMost(PATIENCE)
                    .until(() -> market.server().history().snapshot(SYMBOL).seq() == 300);
            List<Long> seqs = new CopyOnWriteArrayList<>();
            List<KlineData> closed = new CopyOnWriteArrayList<>();

            Replay replay = client.replay(
                    new ReplayRequest(
                            SYMBOL,
                            from,
                            from + 305_000,
                            1_000,
                            List.of(RoomName.trade(SYMBOL), RoomName.kline(SYMBOL, KlineInterval.MINUTE_1))),
                    new ReplayListener() {
                        @Override
                        public void onTrades(RoomName room, List<TradeData> played) {
                            played.forEach(trade -> seqs.add(trade.seq()));
                        }

                        @Override
                        public void onKline(RoomName room, KlineData kline) {
                            if (kline.closed()) {
                                closed.add(kline);
                            }
                        }
                    });
            ReplayResult result = replay.done().get(30, TimeUnit.SECONDS);

            assertThat(result).isEqualTo(new ReplayResult(from + 305_000, 300, 300));
            assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
            JsonNode rest = new RestClient(market.port())
                    .ok("/api/v1/klines?symbol=BTC-USDT&interval=1m&startTime=" + from + "&endTime="
                            + (from + 240_000));
            assertThat(closed).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(closed.get(i).openTimeMillis())
                        .isEqualTo(rest.get(i).get("openTime").asLong());
                assertThat(closed.get(i).close())
                        .isEqualByComparingTo(rest.get(i).get("close").asText());
                assertThat(closed.get(i).volume())
                        .isEqualByComparingTo(rest.get(i).get("volume").asText());
            }
        }
    }

    @Test
    void aReplayIsStoppedWhereItIs() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            long from = System.currentTimeMillis() - 3_600_000;
            market.publish(List.of(new NewTrade(instrument, "t", 10_000, 1_000, Side.BUY, from + 10, true)))
                    .join();
            List<Long> seqs = new CopyOnWriteArrayList<>();
            ReplayListener listener = new ReplayListener() {
                @Override
                public void onTrades(RoomName room, List<TradeData> played) {
                    played.forEach(trade -> seqs.add(trade.seq()));
                }
            };
            Replay replay = client.replay(
                    new ReplayRequest(SYMBOL, from, from + 3_000_000, 1, List.of(RoomName.trade(SYMBOL))), listener);
            await().atMost(PATIENCE).until(() -> !seqs.isEmpty());
            replay.stop();

            ReplayResult result = replay.done().get(10, TimeUnit.SECONDS);
            assertThat(result.toTimeMillis()).isBetween(from + 10, from + 60_000);
            assertThat(result.tradeCount()).isEqualTo(1);
        }
    }

    @Test
    void aReplayOfNothingIsRefusedByItsRoom() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            market.define("BTC-USDT");
            long now = System.currentTimeMillis();

            Replay replay = client.replay(
                    new ReplayRequest(SYMBOL, now - 10_000, now - 5_000, 1, List.of(RoomName.allTickers())),
                    new ReplayListener() {});

            assertThatThrownBy(() -> replay.done().get(10, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOf(MarketException.class);
        }
    }

    @Test
    void aFlowIsGivenEveryTradeAtItsOwnPace() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            List<Long> seqs = new CopyOnWriteArrayList<>();
            client.tradeFlow(RoomName.trade(SYMBOL)).subscribe(new Flow.Subscriber<>() {
                private Flow.Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                    given.request(1);
                }

                @Override
                public void onNext(TradeData trade) {
                    seqs.add(trade.seq());
                    subscription.request(1);
                }

                @Override
                public void onError(Throwable failure) {
                    seqs.add(-1L);
                }

                @Override
                public void onComplete() {
                    seqs.add(-2L);
                }
            });
            await().atMost(PATIENCE).until(() -> client.tickers().get(5, TimeUnit.SECONDS) != null);
            market.trade(instrument, 5_000);

            await().atMost(PATIENCE).until(() -> seqs.size() >= 5_000);
            assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, 5_000).boxed().toList());
        }
    }

    @Test
    void changesTheRateOfATradeRoomWithoutAHole() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            List<Long> seqs = new CopyOnWriteArrayList<>();
            client.subscribeTrade(RoomName.trade(SYMBOL), (room, trades) -> trades.forEach(t -> seqs.add(t.seq())))
                    .get(5, TimeUnit.SECONDS);
            for (int round = 0; round < 20; round++) {
                market.offer(instrument, 50);
                client.changeRate(RoomName.trade(SYMBOL).at(round % 2 == 0 ? Rate.MILLIS_100 : Rate.RAW))
                        .get(5, TimeUnit.SECONDS);
            }

            await().atMost(PATIENCE).until(() -> seqs.size() >= 1_000);
            assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, 1_000).boxed().toList());
            assertThat(client.counters().gapCount()).isZero();
        }
    }

    @Test
    void aRoomWhoseMarketStandsStillIsStaleAndFreshWhenItGoesOn() throws Exception {
        Path file = dataDir.resolve("trades.csv");
        StringBuilder csv = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            csv.append(1_700_000_000L + i).append(",100.").append(i % 10).append(",0.5\n");
        }
        Files.writeString(file, csv);
        List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
        // A replay's clock stands still until it is started: a server that answers and beats, and a market that stalls.
        try (RunningMarket market = RunningMarket.listening(
                        dataDir.resolve("data"), config -> config.withFeed(FeedConfig.replay(file, "BTC-USDT", "10")));
                MarketClient client = MarketClient.connect(ClientConfig.builder(market.webSocket())
                                .lifecycle(events::add)
                                .build())
                        .get(10, TimeUnit.SECONDS)) {
            client.subscribeTicker(RoomName.ticker(SYMBOL), (room, tickers) -> {})
                    .get(5, TimeUnit.SECONDS);
            // The first heartbeat says where the clock is, the second that it is there still.
            await().atMost(Duration.ofSeconds(23))
                    .until(() -> events.stream().anyMatch(LifecycleEvent.Stale.class::isInstance));

            market.server().startFeed();

            await().atMost(Duration.ofSeconds(25))
                    .until(() -> events.stream().anyMatch(LifecycleEvent.Fresh.class::isInstance));
            assertThat(events).noneMatch(LifecycleEvent.Disconnected.class::isInstance);
        }
    }

    @Test
    void everyOneOfManyQueriesAtOnceIsAnswered() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 10);
            List<CompletableFuture<List<KlineData>>> asked = new ArrayList<>();
            for (int i = 0; i < 150; i++) { // 100 at once and 20 a second is what it takes.
                asked.add(client.klines(KlinesQuery.latest(SYMBOL, KlineInterval.MINUTE_1)));
            }

            for (CompletableFuture<List<KlineData>> each : asked) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isNotEmpty();
            }
        }
    }

    @Test
    void aKlineRoomHasEveryCloseAfterAnAbsenceThatTheServerDoesNotMakeUpFor() throws Exception {
        Path file = dataDir.resolve("trades.csv");
        long firstSecond = 1_700_000_000L;
        int seconds = 8_000;
        StringBuilder csv = new StringBuilder();
        for (int i = 0; i < seconds; i++) {
            if (i % 7 != 3) { // Then a candle without trades.
                csv.append(firstSecond + i).append(",100.").append(i % 10).append(",0.5\n");
            }
        }
        Files.writeString(file, csv);
        AtomicBoolean away = new AtomicBoolean();
        Map<Long, KlineData> closed = new ConcurrentSkipListMap<>();
        List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
        try (RunningMarket market = RunningMarket.listening(
                        dataDir.resolve("data"),
                        config -> config.withFeed(FeedConfig.replay(file, "BTC-USDT", "1000")));
                FaultProxy proxy = new FaultProxy(() -> away.get() ? 1 : market.port());
                MarketClient client = MarketClient.connect(
                                ClientConfig.builder(URI.create("ws://127.0.0.1:" + proxy.port() + "/ws"))
                                        .lifecycle(events::add)
                                        .build())
                        .get(10, TimeUnit.SECONDS)) {
            client.subscribeKline(RoomName.kline(SYMBOL, KlineInterval.SECOND_1), (room, kline) -> {
                        if (kline.closed()) {
                            closed.put(kline.openTimeMillis(), kline);
                        }
                    })
                    .get(5, TimeUnit.SECONDS);
            market.server().startFeed();
            await().atMost(PATIENCE).until(() -> closed.size() > 100);
            long seqBefore = market.server().history().snapshot(SYMBOL).seq();
            away.set(true);
            proxy.strike(Fault.CUT);
            await().atMost(PATIENCE)
                    .until(() -> market.server().history().snapshot(SYMBOL).seq() > seqBefore + 4_000);
            away.set(false);

            long lastMillis = (firstSecond + seconds - 1) * 1_000;
            await().atMost(Duration.ofSeconds(60)).until(() -> closed.containsKey(lastMillis));

            long fromMillis = closed.keySet().iterator().next();
            List<KlineData> kept = new ArrayList<>();
            for (long from = fromMillis; from <= lastMillis; from += 1_000_000) {
                kept.addAll(client.klines(new KlinesQuery(
                                SYMBOL,
                                KlineInterval.SECOND_1,
                                from,
                                Math.min(lastMillis, from + 999_000),
                                1_000,
                                0,
                                true))
                        .get(10, TimeUnit.SECONDS));
            }
            assertThat(kept).hasSize((int) ((lastMillis - fromMillis) / 1_000 + 1));
            assertThat(kept)
                    .allSatisfy(kline -> assertThat(closed.get(kline.openTimeMillis()))
                            .usingRecursiveComparison()
                            .ignoringFields("cause")
                            .isEqualTo(kline));
            assertThat(events).noneMatch(LifecycleEvent.KlineGap.class::isInstance);
            assertThat(client.counters().reconnectCount()).isEqualTo(1);
        }
    }

    private static OfferedTrade offered(String id, String price) {
        return new OfferedTrade("BTC-USDT", id, new BigDecimal(price), new BigDecimal("0.5"), Side.SELL, null);
    }

    private static MarketClient connect(RunningMarket market) throws Exception {
        return MarketClient.connect(ClientConfig.of(market.webSocket().toString()))
                .get(10, TimeUnit.SECONDS);
    }
}
