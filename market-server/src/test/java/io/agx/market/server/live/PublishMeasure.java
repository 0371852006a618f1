package io.agx.market.server.live;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What publishing costs, over WebSocket and over REST in one run by the same client: open loop at a rate, the time from the due moment of a batch
 * to its ack; then as fast as acks come. Server and client share this process. Arguments: a folder for the data, trades a second, batch, seconds.
 */
final class PublishMeasure {
    private static final int WARM_SECONDS = 5;
    private static final int FAST_IN_FLIGHT = 32;

    private final AtomicLong nextId = new AtomicLong();
    private final int batch;

    private PublishMeasure(int batch) {
        this.batch = batch;
    }

    public static void main(String[] args) throws Exception {
        int rate = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[3]);
        PublishMeasure measure = new PublishMeasure(Integer.parseInt(args[2]));
        try (RunningMarket market = RunningMarket.listening(Path.of(args[0]))) {
            market.define("BTC-USDT");
            // A client without a token may publish over REST only, and does.
            for (int round = 1; round <= 2; round++) {
                for (String way : List.of("WebSocket", "REST")) {
                    String address =
                            way.equals("REST") ? "" + market.webSocket() : "" + market.webSocket(Tokens.PUBLISHER);
                    try (MarketClient client =
                            MarketClient.connect(ClientConfig.of(address)).get(20, TimeUnit.SECONDS)) {
                        measure.run(client, rate, WARM_SECONDS);
                        System.out.printf(
                                Locale.ROOT, "round %d, %-9s %s%n", round, way, measure.run(client, rate, seconds));
                        System.out.printf(
                                Locale.ROOT, "round %d, %-9s %s%n", round, way, measure.run(client, 0, seconds));
                    }
                }
            }
        }
        System.exit(0);
    }

    /** @param rate trades a second, or 0 for as fast as acks come */
    private String run(MarketClient client, int rate, int seconds) throws InterruptedException {
        long[] latencies = new long[4_000_000];
        AtomicInteger count = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        Semaphore inFlight = new Semaphore(rate == 0 ? FAST_IN_FLIGHT : Integer.MAX_VALUE / 2);
        int permits = inFlight.availablePermits();
        long intervalNanos = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * batch / rate;
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        for (long i = 0; ; i++) {
            inFlight.acquire();
            long due = rate == 0 ? System.nanoTime() : start + i * intervalNanos;
            if (due - end >= 0) {
                inFlight.release();
                break;
            }
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            client.publish(trades()).whenComplete((results, failure) -> {
                if (failure == null && results.stream().allMatch(result -> result.ok() && !result.duplicate())) {
                    latencies[count.getAndIncrement()] = System.nanoTime() - due;
                } else {
                    refused.incrementAndGet();
                }
                inFlight.release();
            });
        }
        inFlight.acquire(permits);
        double took = (System.nanoTime() - start) / 1e9;
        long[] sorted = Arrays.copyOf(latencies, count.get());
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "%s: %,.0f trades/s durable, ack ms p50 %.2f p99 %.2f max %.2f, refused %d",
                rate == 0 ? "as fast as acks come" : "at " + rate + "/s",
                sorted.length * (double) batch / took,
                millis(sorted, 0.5),
                millis(sorted, 0.99),
                millis(sorted, 1),
                refused.get());
    }

    private List<OfferedTrade> trades() {
        List<OfferedTrade> trades = new ArrayList<>(batch);
        long now = System.currentTimeMillis();
        for (int i = 0; i < batch; i++) {
            long id = nextId.incrementAndGet();
            trades.add(new OfferedTrade(
                    "BTC-USDT",
                    "m" + id,
                    BigDecimal.valueOf(6_400_000 + id % 997, 2),
                    BigDecimal.valueOf(1 + id % 13, 3),
                    Side.BUY,
                    now));
        }
        return trades;
    }

    private static double millis(long[] sorted, double part) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, sorted.length * part)] / 1e6;
    }
}
