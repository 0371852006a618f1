package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.ReconnectPolicy;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.FaultProxy.Fault;
import io.agx.market.server.testing.RunningMarket;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients behind a network that breaks, under load. In full with {@code -Dmarket.faults=500}; another run of the same faults with {@code
 * -Dmarket.faults.seed}.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FaultsIT {
    private static final int FAULTS = Integer.getInteger("market.faults", 40);
    private static final long SEED = Long.getLong("market.faults.seed", System.nanoTime());
    private static final int RECONNECTS = 200;
    private static final List<String> SYMBOLS = List.of("AAA-USDT", "BBB-USDT", "CCC-USDT");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dataDir;

    @Test
    void everyTradeComesOnceAndInOrderAndEveryCandleIsRightWhateverTheNetworkDoes() throws Exception {
        System.out.println("faults " + FAULTS + ", -Dmarket.faults.seed=" + SEED);
        Random random = new Random(SEED);
        Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
        try (RunningMarket market = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(market::port);
                TradeLoad load = new TradeLoad(
                        market, SYMBOLS.stream().map(market::define).toList())) {
            List<Watcher> watchers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                watchers.add(new Watcher(proxy.port()));
            }
            try {
                load.start();
                for (int i = 0; i < FAULTS; i++) {
                    Fault fault = Fault.random(random);
                    struck.merge(fault, 1, Integer::sum);
                    strike(proxy, fault, watchers, load, random);
                }
                load.stop();
                for (Watcher watcher : watchers) {
                    await().atMost(PATIENCE)
                            .until(() -> SYMBOLS.stream()
                                    .allMatch(symbol -> watcher.lastSeq(symbol)
                                            == market.server()
                                                    .history()
                                                    .snapshot(new Symbol(symbol))
                                                    .seq()));
                }
                for (Watcher watcher : watchers) {
                    assertSameAsServer(watcher, market);
                }
            } finally {
                watchers.forEach(watcher -> watcher.client.close());
            }
            long trades = watchers.stream()
                    .flatMap(watcher -> watcher.seqs.values().stream())
                    .mapToLong(List::size)
                    .sum();
            System.out.println("struck " + struck + "; trades received " + trades + "; connections "
                    + proxy.acceptedCount() + "; counters of the first client "
                    + watchers.get(0).client.counters());
            assertThat(trades).isGreaterThan(1_000);
        }
    }

    @Test
    void nothingLeaksOverManyReconnects() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(market::port);
                TradeLoad load = new TradeLoad(
                        market, SYMBOLS.stream().map(market::define).toList())) {
            Watcher watcher = new Watcher(proxy.port());
            try {
                load.start();
                reconnect(watcher, proxy, 20);
                long heapBefore = usedHeapBytes();
                int threadsBefore = clientThreads();
                reconnect(watcher, proxy, RECONNECTS);
                load.stop();

                assertThat(proxy.openCount()).isEqualTo(1);
                assertThat(clientThreads()).isLessThanOrEqualTo(threadsBefore + 1);
                long grownBytes = usedHeapBytes() - heapBefore;
                System.out.println("reconnects " + RECONNECTS + ", heap grown by " + grownBytes / 1024 + " KiB, trades "
                        + watcher.seqs.values().stream().mapToInt(List::size).sum());
                // What the server and this test keep of the trades meanwhile is some MB; a leaked connection is 50 KB.
                assertThat(grownBytes).isLessThan(24L << 20);
            } finally {
                watcher.client.close();
            }
        }
    }

    private static void strike(FaultProxy proxy, Fault fault, List<Watcher> watchers, TradeLoad load, Random random) {
        await().atMost(PATIENCE).until(() -> proxy.openCount() >= watchers.size());
        List<Long> reconnects = watchers.stream()
                .map(watcher -> watcher.client.counters().reconnectCount())
                .toList();
        long offered = load.offeredCount();
        proxy.strike(fault);
        // Some trades on, and if it ends connections, some of the clients back; not always all of them.
        int back = fault.endsConnections() ? 1 + random.nextInt(watchers.size()) : 0;
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            int came = 0;
            for (int i = 0; i < watchers.size(); i++) {
                if (watchers.get(i).client.counters().reconnectCount() > reconnects.get(i)) {
                    came++;
                }
            }
            return came >= back && load.offeredCount() >= offered + 20;
        });
    }

    private static void assertSameAsServer(Watcher watcher, RunningMarket market) throws Exception {
        assertThat(watcher.events)
                .as("seed %s", SEED)
                .noneMatch(LifecycleEvent.Gap.class::isInstance)
                .noneMatch(LifecycleEvent.Refused.class::isInstance);
        for (String symbol : SYMBOLS) {
            RestClient rest = new RestClient(market.port());
            List<Long> journal =
                    rest.trades(symbol, 1).stream().map(SentTrade::seq).toList();
            assertThat(journal)
                    .isEqualTo(LongStream.rangeClosed(1, journal.size()).boxed().toList());
            assertThat(watcher.seqs.get(symbol)).as("seed %s %s", SEED, symbol).isEqualTo(journal);
            JsonNode klines = rest.ok("/api/v1/klines?symbol=" + symbol + "&interval=1m&limit=1500&fill=false");
            for (JsonNode kline : klines) {
                String key = symbol + kline.get("openTime").asLong();
                long seq = kline.get("seq").asLong();
                await().atMost(PATIENCE)
                        .until(() -> watcher.klines.containsKey(key)
                                && watcher.klines.get(key).seq() >= seq);
                KlineData received = watcher.klines.get(key);
                assertThat(received.seq()).as("seed %s candle %s", SEED, kline).isEqualTo(seq);
                assertThat(received.close()).isEqualByComparingTo(decimal(kline, "close"));
                assertThat(received.high()).isEqualByComparingTo(decimal(kline, "high"));
                assertThat(received.low()).isEqualByComparingTo(decimal(kline, "low"));
                assertThat(received.volume()).isEqualByComparingTo(decimal(kline, "volume"));
                assertThat(received.quoteVolume()).isEqualByComparingTo(decimal(kline, "quoteVolume"));
                assertThat(received.count()).isEqualTo(kline.get("count").asLong());
            }
            await().atMost(PATIENCE).until(() -> watcher.tickers.get(symbol).seq() == journal.size());
        }
    }

    private static BigDecimal decimal(JsonNode node, String field) {
        return new BigDecimal(node.get(field).asText());
    }

    private static void reconnect(Watcher watcher, FaultProxy proxy, int times) {
        for (int i = 0; i < times; i++) {
            long before = watcher.client.counters().reconnectCount();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> proxy.openCount() == 1);
            proxy.strike(Fault.RESET);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> watcher.client.counters().reconnectCount() > before);
        }
    }

    private static int clientThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("market-client") || name.startsWith("HttpClient"))
                .count();
    }

    private static long usedHeapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** A client in all rooms, and what it was told. */
    private static final class Watcher {
        final Map<String, List<Long>> seqs = new ConcurrentHashMap<>();
        final Map<String, KlineData> klines = new ConcurrentHashMap<>();
        final Map<String, TickerData> tickers = new ConcurrentHashMap<>();
        final List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
        final MarketClient client;

        Watcher(int port) throws Exception {
            client = MarketClient.connect(ClientConfig.builder(URI.create("ws://127.0.0.1:" + port + "/ws"))
                            .heartbeat(Duration.ofMillis(250))
                            .deadline(Duration.ofSeconds(1))
                            .connectTimeout(Duration.ofSeconds(2))
                            .reconnect(ReconnectPolicy.standard()
                                    .withDelays(Duration.ofMillis(20), Duration.ofMillis(300)))
                            .lifecycle(events::add)
                            .build())
                    .get(20, TimeUnit.SECONDS);
            for (String name : SYMBOLS) {
                Symbol symbol = new Symbol(name);
                List<Long> own = new Growing();
                seqs.put(name, own);
                client.subscribeTrade(RoomName.trade(symbol), (room, trades) -> trades.forEach(t -> own.add(t.seq())))
                        .get(20, TimeUnit.SECONDS);
                client.subscribeKline(
                                RoomName.kline(symbol, KlineInterval.MINUTE_1).at(Rate.RAW),
                                (room, kline) -> klines.put(kline.symbol() + kline.openTimeMillis(), kline))
                        .get(20, TimeUnit.SECONDS);
            }
            client.subscribeTicker(
                            RoomName.allTickers().at(Rate.MILLIS_100),
                            (room, all) -> all.forEach(ticker -> tickers.put(ticker.symbol(), ticker)))
                    .get(20, TimeUnit.SECONDS);
        }

        long lastSeq(String symbol) {
            List<Long> own = seqs.get(symbol);
            synchronized (own) {
                return own.isEmpty() ? 0 : own.get(own.size() - 1);
            }
        }
    }

    /** A list that one thread adds to and another looks at. */
    private static final class Growing extends ArrayList<Long> {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized boolean add(Long seq) {
            return super.add(seq);
        }
    }
}
