package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.ReconnectPolicy;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stop sends its clients away in slots, and they come back in them: docs/ARCHITECTURE.md, section 5. With {@code -Dmarket.drain.clients=2000
 * -Dmarket.drain.rate=200} as large as a small production.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DrainIT {
    private static final Symbol SYMBOL = new Symbol("BTC-USDT");
    private static final int CLIENTS = Integer.getInteger("market.drain.clients", 300);
    private static final int CONNECTS_PER_SECOND = Integer.getInteger("market.drain.rate", 50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dataDir;

    private final AtomicLong nextId = new AtomicLong(1);
    // By the number of the client.
    private final Map<Integer, Long> reconnectNanos = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<LifecycleEvent> events = new ConcurrentLinkedQueue<>();

    @Test
    void clientsComeBackInTheirSlotsAndMissNothing() throws Exception {
        RunningMarket server = start(0);
        int port = server.port();
        Instrument instrument = server.define("BTC-USDT", 2, 5);
        List<MarketClient> clients = new ArrayList<>();
        List<List<Long>> seqs = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                List<Long> own = new CopyOnWriteArrayList<>();
                MarketClient client = connect(server, i).get(20, TimeUnit.SECONDS);
                clients.add(client);
                seqs.add(own);
                client.subscribeTrade(
                                RoomName.trade(SYMBOL), 0, (room, trades) -> trades.forEach(t -> own.add(t.seq())))
                        .get(20, TimeUnit.SECONDS);
            }
            publish(server, instrument, 10);
            long stopNanos = System.nanoTime();
            server.close();
            long stoppedNanos = System.nanoTime();
            server = start(port);
            publish(server, instrument, 10);
            await().atMost(PATIENCE).until(() -> seqs.stream().allMatch(own -> own.size() >= 20));

            assertThat(seqs)
                    .allSatisfy(own -> assertThat(own).hasSize(20).isSorted().doesNotHaveDuplicates());
            assertThat(Duration.ofNanos(stoppedNanos - stopNanos)).isLessThan(Duration.ofSeconds(10));
            assertThat(events).noneMatch(LifecycleEvent.Gap.class::isInstance);
            assertThat(reconnectNanos).hasSize(CLIENTS);
            // Whose first attempt found the server there: on a busy machine it may start after the first slots, and who
            // found nobody asks
            // again by a backoff of its own.
            List<Long> inSlot = IntStream.range(0, CLIENTS)
                    .filter(i -> clients.get(i).counters().attemptCount() == 2)
                    .mapToObj(reconnectNanos::get)
                    .sorted()
                    .toList();
            System.out.println("stopped in "
                    + Duration.ofNanos(stoppedNanos - stopNanos).toMillis() + " ms; back at the first attempt: "
                    + inSlot.size() + " of " + CLIENTS + ", most in a second: " + mostInASecond(inSlot));
            // Half above the rate: on a busy machine a pause lets some catch up. By their own backoff all came within a
            // second.
            assertThat(inSlot).isNotEmpty();
            assertThat(events)
                    .filteredOn(LifecycleEvent.Disconnected.class::isInstance)
                    .as("ended by the drain, and not as idle")
                    .allMatch(event -> event.toString().contains("the server is stopping"));
            assertThat(mostInASecond(inSlot)).isLessThanOrEqualTo(CONNECTS_PER_SECOND * 3 / 2);
        } finally {
            clients.forEach(MarketClient::close);
            server.close();
        }
    }

    private static int mostInASecond(List<Long> sortedNanos) {
        int most = 0;
        int first = 0;
        for (int i = 0; i < sortedNanos.size(); i++) {
            while (sortedNanos.get(i) - sortedNanos.get(first) >= TimeUnit.SECONDS.toNanos(1)) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }

    private RunningMarket start(int port) throws IOException {
        return RunningMarket.listening(
                dataDir,
                config -> config.withAddress("127.0.0.1", port)
                        .withDelivery(DeliveryConfig.DEFAULTS.withDrain(CONNECTS_PER_SECOND, "")));
    }

    private CompletableFuture<MarketClient> connect(RunningMarket server, int index) {
        return MarketClient.connect(ClientConfig.builder(server.webSocket())
                .reconnect(ReconnectPolicy.standard().withDelays(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .lifecycle(event -> {
                    events.add(event);
                    if (event instanceof LifecycleEvent.Reconnected) {
                        reconnectNanos.put(index, System.nanoTime());
                    }
                })
                .build());
    }

    private void publish(RunningMarket server, Instrument instrument, int count) throws Exception {
        List<NewTrade> trades = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            trades.add(new NewTrade(
                    instrument,
                    "t" + nextId.getAndIncrement(),
                    6_400_000,
                    100,
                    Side.BUY,
                    System.currentTimeMillis(),
                    false));
        }
        server.publish(trades).get(20, TimeUnit.SECONDS);
    }
}
