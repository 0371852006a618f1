package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.LifecycleListener;
import io.agx.market.client.MarketClient;
import io.agx.market.client.ReconnectPolicy;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.testing.RunningMarket;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against the real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LiveClientIT {
    private static final Symbol SYMBOL = new Symbol("BTC-USDT");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path dataDir;

    private final AtomicLong nextId = new AtomicLong(1);

    @Test
    void givesSnapshotsAndThenLiveTradesTickersAndKlines() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir)) {
            Instrument instrument = server.define("BTC-USDT", 2, 5);
            publish(server, instrument, 10);
            List<Long> seqs = new CopyOnWriteArrayList<>();
            List<TickerData> tickers = new CopyOnWriteArrayList<>();
            List<KlineData> klines = new CopyOnWriteArrayList<>();
            try (MarketClient client = connect(server, event -> {})) {
                client.subscribeTrade(
                                RoomName.trade(SYMBOL),
                                5,
                                (room, trades) -> trades.forEach(trade -> seqs.add(trade.seq())))
                        .get(5, TimeUnit.SECONDS);
                client.subscribeTicker(RoomName.ticker(SYMBOL).at(Rate.RAW), (room, all) -> tickers.addAll(all))
                        .get(5, TimeUnit.SECONDS);
                client.subscribeKline(
                                RoomName.kline(SYMBOL, KlineInterval.MINUTE_1).at(Rate.RAW),
                                (room, kline) -> klines.add(kline))
                        .get(5, TimeUnit.SECONDS);

                publish(server, instrument, 10);

                await().atMost(PATIENCE).until(() -> seqs.size() >= 15);
                assertThat(seqs).containsExactly(6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
                await().atMost(PATIENCE)
                        .until(() -> !tickers.isEmpty() && last(tickers).seq() == 20);
                await().atMost(PATIENCE).until(() -> klines.stream().anyMatch(kline -> kline.seq() == 20));
            }
        }
    }

    @Test
    void seesTheSameCandleLiveAndOverRestAndOverTheSocket() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir)) {
            Instrument instrument = server.define("BTC-USDT", 2, 5);
            List<KlineData> live = new CopyOnWriteArrayList<>();
            try (MarketClient client = connect(server, event -> {})) {
                client.subscribeKline(
                                RoomName.kline(SYMBOL, KlineInterval.DAY_1).at(Rate.RAW),
                                (room, kline) -> live.add(kline))
                        .get(5, TimeUnit.SECONDS);
                publish(server, instrument, 57);
                await().atMost(PATIENCE)
                        .until(() -> !live.isEmpty() && last(live).seq() == 57);

                List<KlineData> asked = client.klines(KlinesQuery.latest(SYMBOL, KlineInterval.DAY_1))
                        .get(5, TimeUnit.SECONDS);
                JsonNode rest = new RestClient(server.port())
                        .ok("/api/v1/klines?symbol=BTC-USDT&interval=1d&limit=1")
                        .get(0);

                assertThat(last(asked)).isEqualTo(last(live));
                assertThat(rest.get("seq").asLong()).isEqualTo(57);
                assertThat(new BigDecimal(rest.get("volume").asText()))
                        .isEqualByComparingTo(last(live).volume());
                assertThat(new BigDecimal(rest.get("close").asText()))
                        .isEqualByComparingTo(last(live).close());
            }
        }
    }

    @Test
    void missesNoTradeAndDoublesNoneWhileTheServerIsRestartedUnderLoad() throws Exception {
        List<Long> seqs = new CopyOnWriteArrayList<>();
        List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
        RunningMarket server = RunningMarket.listening(dataDir);
        int port = server.port();
        Instrument instrument = server.define("BTC-USDT", 2, 5);
        try (MarketClient client = connect(server, events::add)) {
            client.subscribeTrade(
                            RoomName.trade(SYMBOL), 0, (room, trades) -> trades.forEach(trade -> seqs.add(trade.seq())))
                    .get(5, TimeUnit.SECONDS);
            for (int round = 0; round < 3; round++) {
                publish(server, instrument, 300);
                server.close();
                server = RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
                publish(server, instrument, 300);
                long soFar = (round + 1) * 600L;
                await().atMost(PATIENCE).until(() -> seqs.size() >= soFar);
            }
            long total = 3 * 600;

            assertThat(seqs).hasSize((int) total).doesNotHaveDuplicates().isSorted();
            assertThat(seqs.get(0)).isEqualTo(1);
            assertThat(events).noneMatch(event -> event instanceof LifecycleEvent.Gap);
            assertThat(events)
                    .filteredOn(event -> event instanceof LifecycleEvent.Resubscribed)
                    .hasSize(3);
        } finally {
            server.close();
        }
    }

    @Test
    void tellsTradesAsTheyWerePublished() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir)) {
            Instrument instrument = server.define("BTC-USDT", 2, 5);
            List<TradeData> received = new CopyOnWriteArrayList<>();
            try (MarketClient client = connect(server, event -> {})) {
                client.subscribeTrade(RoomName.trade(SYMBOL), (room, trades) -> received.addAll(trades))
                        .get(5, TimeUnit.SECONDS);
                long now = System.currentTimeMillis();
                NewTrade trade = new NewTrade(instrument, "my-trade-7", 6_400_123, 150, Side.BUY, now, false);

                List<TradeResult> acked = server.publish(List.of(trade, trade)).get(5, TimeUnit.SECONDS);

                assertThat(acked).containsExactly(new TradeResult.Accepted(1), new TradeResult.Duplicate());
                await().atMost(PATIENCE).until(() -> !received.isEmpty());
                TradeData first = received.get(0);
                assertThat(first.id()).isEqualTo("my-trade-7");
                assertThat(first.price()).isEqualByComparingTo("64001.23");
                assertThat(first.seq()).isEqualTo(1);
            }
        }
    }

    @Test
    void heartbeatsAreUnderstoodWhileAnInstrumentThatIsNewHasNotTraded() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir, RunningMarket.beating(1_500))) {
            publish(server, server.define("BTC-USDT", 2, 5), 10);
            RoomName fresh = RoomName.trade(server.define("NEW-USDT", 2, 5).symbol());
            List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
            try (MarketClient client = connect(server, events::add)) {
                client.subscribeTrade(RoomName.trade(SYMBOL), (room, trades) -> {})
                        .get(5, TimeUnit.SECONDS);
                client.subscribeTrade(fresh, (room, trades) -> {}).get(5, TimeUnit.SECONDS);
                long joined = client.counters().messageCount();

                // Heartbeats, of which two are further apart than the silence that makes rooms stale.
                await().atMost(PATIENCE).until(() -> client.counters().messageCount() >= joined + 4);

                assertThat(client.counters().malformedCount()).isZero();
                assertThat(events)
                        .noneMatch(event -> event instanceof LifecycleEvent.Stale stale
                                && stale.room().equals(fresh));
            }
        }
    }

    private static MarketClient connect(RunningMarket server, LifecycleListener lifecycle) throws Exception {
        ClientConfig config = ClientConfig.builder(server.webSocket())
                .reconnect(ReconnectPolicy.standard().withDelays(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .lifecycle(lifecycle)
                .build();
        return MarketClient.connect(config).get(10, TimeUnit.SECONDS);
    }

    private void publish(RunningMarket server, Instrument instrument, int count) throws Exception {
        List<NewTrade> trades = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long id = nextId.getAndIncrement();
            Side side = id % 2 == 0 ? Side.BUY : Side.SELL;
            trades.add(new NewTrade(
                    instrument,
                    Long.toString(id),
                    6_400_000 + id % 97,
                    100 + id % 13,
                    side,
                    System.currentTimeMillis(),
                    false));
        }
        assertThat(server.publish(trades).get(10, TimeUnit.SECONDS))
                .allMatch(result -> result instanceof TradeResult.Accepted);
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }
}
