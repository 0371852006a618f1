package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.ReconnectPolicy;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.testing.FaultProxy;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server process is killed under load and started again: more often with {@code -Dmarket.live.kills=30}. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KilledServerIT {
    private static final int KILLS = Integer.getInteger("market.live.kills", 4);
    private static final int CLIENTS = 5;
    private static final Symbol SYMBOL = new Symbol("BTC-USDT");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final AtomicInteger port = new AtomicInteger();
    private final AtomicLong published = new AtomicLong();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final List<LifecycleEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void allClientsComeBackAndNoTradeIsMissingOrDoubled() throws Exception {
        long seed = System.nanoTime();
        System.out.println("kills " + KILLS + ", seed " + seed);
        Random random = new Random(seed);
        Path data = dir.resolve("data");
        ServerProcess server = ServerProcess.serve(data);
        port.set(server.awaitPort());
        new RestClient(port.get()).define("BTC-USDT", 2, 3);
        List<MarketClient> clients = new ArrayList<>();
        List<List<Long>> seqs = new ArrayList<>();
        // The server has another port after each start; the proxy keeps its own, as an address does.
        try (FaultProxy proxy = new FaultProxy(port::get)) {
            for (int i = 0; i < CLIENTS; i++) {
                List<Long> own = new CopyOnWriteArrayList<>();
                MarketClient client = connect(proxy);
                client.subscribeTrade(RoomName.trade(SYMBOL), (room, trades) -> trades.forEach(t -> own.add(t.seq())))
                        .get(20, TimeUnit.SECONDS);
                clients.add(client);
                seqs.add(own);
            }
            MarketClient publisher = connect(proxy);
            clients.add(publisher);
            Thread load = new Thread(() -> publish(publisher), "publisher");
            load.start();
            for (int kill = 0; kill < KILLS; kill++) {
                long target = published.get() + 50 + random.nextInt(300);
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> published.get() >= target);
                long[] heard =
                        clients.stream().mapToLong(KilledServerIT::reconnects).toArray();
                server.kill();
                server = ServerProcess.serve(data);
                port.set(server.awaitPort());
                // A client that is still away at the next kill never hears of it. Every other kill waits for them all;
                // the ones between may come
                // in the middle of their return.
                if (kill % 2 == 0) {
                    for (int i = 0; i < heard.length; i++) {
                        MarketClient client = clients.get(i);
                        long before = heard[i];
                        await().atMost(PATIENCE).until(() -> reconnects(client) > before);
                    }
                }
            }
            long last = published.get() + 100;
            await().atMost(PATIENCE).until(() -> published.get() >= last);
            stopping.set(true);
            load.join();

            List<SentTrade> journal = new RestClient(port.get()).trades("BTC-USDT", 1);
            assertThat(journal).hasSize((int) published.get());
            await().atMost(PATIENCE).until(() -> seqs.stream().allMatch(own -> own.size() >= journal.size()));
            List<Long> expected =
                    LongStream.rangeClosed(1, journal.size()).boxed().toList();
            assertThat(seqs).allSatisfy(own -> assertThat(own).isEqualTo(expected));
            assertThat(events).noneMatch(LifecycleEvent.Gap.class::isInstance);
            assertThat(clients)
                    .allSatisfy(client -> assertThat(reconnects(client)).isGreaterThanOrEqualTo((KILLS + 1) / 2));
            System.out.println("trades " + journal.size() + ", each seen by " + CLIENTS + " clients");
        } finally {
            stopping.set(true);
            clients.forEach(MarketClient::close);
            server.close();
        }
    }

    /** One batch after the other, each until it is durable, however often the server is killed meanwhile. */
    private void publish(MarketClient publisher) {
        long number = 0;
        while (!stopping.get()) {
            List<OfferedTrade> trades = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String id = "t" + number++;
                trades.add(new OfferedTrade(
                        "BTC-USDT", id, new BigDecimal("64000.25"), new BigDecimal("0.015"), Side.BUY, null));
            }
            CompletableFuture<List<PublishResult>> durable = publisher.publish(trades);
            assertThat(durable.join()).hasSize(trades.size()).allMatch(PublishResult::ok);
            published.addAndGet(trades.size());
        }
    }

    private static long reconnects(MarketClient client) {
        return client.counters().reconnectCount();
    }

    private MarketClient connect(FaultProxy proxy) throws Exception {
        return MarketClient.connect(ClientConfig.builder(URI.create("ws://127.0.0.1:" + proxy.port() + "/ws"))
                        .requestTimeout(PATIENCE)
                        .reconnect(
                                ReconnectPolicy.standard().withDelays(Duration.ofMillis(100), Duration.ofMillis(500)))
                        .lifecycle(events::add)
                        .build())
                .get(20, TimeUnit.SECONDS);
    }
}
