package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A publisher of 50 trades a second and a subscriber to them, who keep to every rule while others do not. */
final class Neighbour implements AutoCloseable {
    private static final String SYMBOL = "NBR-USDT";
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RestClient rest;
    private final MarketClient client;
    private final Thread publisher = new Thread(this::publish, "neighbour");
    private final ConcurrentLinkedQueue<Long> seqs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> latencyMillis = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<LifecycleEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean stopped;
    private volatile boolean paused;

    Neighbour(int port) throws Exception {
        rest = new RestClient(port);
        rest.define(SYMBOL, 2, 3);
        client = MarketClient.connect(ClientConfig.builder(URI.create("ws://127.0.0.1:" + port + "/ws"))
                        .lifecycle(events::add)
                        .build())
                .get(20, TimeUnit.SECONDS);
        await().atMost(PATIENCE)
                .until(() -> rest.get("/api/v1/instruments").body().toString().contains(SYMBOL));
        client.subscribeTrade(RoomName.trade(new Symbol(SYMBOL)), 0, (room, trades) -> {
                    long now = System.currentTimeMillis();
                    trades.forEach(trade -> {
                        seqs.add(trade.seq());
                        latencyMillis.add(now - trade.timeMillis());
                    });
                })
                .get(20, TimeUnit.SECONDS);
        publisher.setDaemon(true);
        publisher.start();
    }

    private void publish() {
        long next = System.nanoTime();
        long id = 1;
        while (!stopped) {
            if (!paused) {
                id = publishOne(id);
            }
            next += PERIOD_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private long publishOne(long id) {
        try {
            SentTrade trade = new SentTrade(
                    SYMBOL, 0, String.valueOf(id), BigDecimal.TEN, BigDecimal.ONE, "buy", System.currentTimeMillis());
            if (rest.publish(List.of(trade)).status() == 200) {
                acknowledged.incrementAndGet();
                return id + 1;
            }
            refused.incrementAndGet();
        } catch (Exception e) {
            refused.incrementAndGet();
        }
        return id;
    }

    /** Everything acknowledged has come, once and in order, on one connection. Goes on afterwards. */
    String assertServed(boolean inTime) {
        paused = true;
        await().atMost(PATIENCE).until(() -> seqs.size() >= acknowledged.get());
        List<Long> got = List.copyOf(seqs);
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i)).as("trade %d of the neighbour", i + 1).isEqualTo(i + 1L);
        }
        assertThat(events).as("the neighbour's connection").noneMatch(LifecycleEvent.Disconnected.class::isInstance);
        assertThat(refused).as("trades of the neighbour that were not taken").hasValue(0);
        long[] sorted =
                latencyMillis.stream().mapToLong(Long::longValue).sorted().toArray();
        String figures = "neighbour: " + sorted.length + " trades";
        if (sorted.length > 0) {
            long p99 = sorted[sorted.length * 99 / 100];
            long max = sorted[sorted.length - 1];
            figures += ", p99 " + p99 + " ms, max " + max + " ms";
            if (inTime) {
                assertThat(p99).as("p99, ms").isLessThanOrEqualTo(250);
                assertThat(max).as("longest, ms").isLessThanOrEqualTo(2_000);
            }
        }
        paused = false;
        return figures;
    }

    @Override
    public void close() {
        stopped = true;
        Uninterruptibly.join(publisher);
        client.close();
    }
}
