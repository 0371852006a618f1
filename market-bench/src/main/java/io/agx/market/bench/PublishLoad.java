package io.agx.market.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes trades over {@code POST /api/v1/trades} in batches, open loop at a rate or as fast as acks come, and reports durable
 * trades per second and the time from the due moment of a batch to its ack.
 *
 * <p>Arguments: base URL, trades per second (0 for as fast as possible), batch size, threads, warm-up seconds, measured seconds.
 */
public final class PublishLoad {
    private static final String[] SYMBOLS = {"LOAD-A", "LOAD-B", "LOAD-C", "LOAD-D", "LOAD-E"};

    private final URI trades;
    private final URI instruments;
    private final int batch;
    private final int threads;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong nextId = new AtomicLong(System.currentTimeMillis() * 1_000);
    private final AtomicLong nextBatch = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final long intervalNanos;

    private PublishLoad(String base, int rate, int batch, int threads) {
        trades = URI.create(base + "/api/v1/trades");
        instruments = URI.create(base + "/api/v1/instruments");
        this.batch = batch;
        this.threads = threads;
        intervalNanos = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * batch / rate;
    }

    /** Runs once and prints one line. */
    public static void main(String[] args) throws Exception {
        if (args.length != 6) {
            System.err.println("usage: PublishLoad URL RATE BATCH THREADS WARM_SECONDS SECONDS");
            System.exit(2);
        }
        PublishLoad load = new PublishLoad(
                args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        load.define();
        load.run(Integer.parseInt(args[4]));
        long start = System.nanoTime();
        long[] latencies = load.run(Integer.parseInt(args[5]));
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(latencies);
        System.out.printf(
                Locale.ROOT,
                "%,d trades acked durable in %.1f s: %,.0f trades/s; ack ms p50 %.2f p99 %.2f max %.2f; refused %d%n",
                (long) latencies.length * load.batch,
                seconds,
                latencies.length * load.batch / seconds,
                percentile(latencies, 0.50),
                percentile(latencies, 0.99),
                percentile(latencies, 1),
                load.refused.get());
        System.exit(0);
    }

    private void define() throws IOException, InterruptedException {
        for (String symbol : SYMBOLS) {
            String body = "{\"symbol\":\"" + symbol
                    + "\",\"baseAsset\":\"LOAD\",\"quoteAsset\":\"USD\",\"priceScale\":2," + "\"quantityScale\":4}";
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(instruments)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 201 && response.statusCode() != 409) {
                throw new IOException("instrument refused: " + response.statusCode() + " " + response.body());
            }
        }
    }

    private long[] run(int seconds) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        nextBatch.set(0);
        long[][] latencies = new long[threads][];
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int index = i;
            workers[i] = new Thread(() -> latencies[index] = publishUntil(start, end), "publish-" + i);
            workers[i].start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return Arrays.stream(latencies).flatMapToLong(Arrays::stream).toArray();
    }

    private long[] publishUntil(long start, long end) {
        long[] latencies = new long[1_024];
        int count = 0;
        while (true) {
            long due = intervalNanos == 0 ? System.nanoTime() : start + nextBatch.getAndIncrement() * intervalNanos;
            if (due - end >= 0) {
                return Arrays.copyOf(latencies, count);
            }
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            if (post()) {
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = System.nanoTime() - due;
            }
        }
    }

    private boolean post() {
        StringBuilder body = new StringBuilder(batch * 110).append('[');
        long now = System.currentTimeMillis();
        for (int i = 0; i < batch; i++) {
            long id = nextId.getAndIncrement();
            body.append(i == 0 ? "" : ",")
                    .append("{\"symbol\":\"")
                    .append(SYMBOLS[(int) (id % SYMBOLS.length)])
                    .append("\",\"id\":")
                    .append(id)
                    .append(",\"price\":\"")
                    .append(64_000 + id % 100)
                    .append(".25\",\"qty\":\"0.01")
                    .append(id % 10)
                    .append("\",\"takerSide\":\"buy\",\"time\":")
                    .append(now)
                    .append('}');
        }
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(trades)
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    body.append(']').toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200 && response.body().contains("\"accepted\":" + batch + ",")) {
                return true;
            }
        } catch (IOException e) {
            System.err.println("failed: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refused.incrementAndGet();
        return false;
    }

    private static double percentile(long[] sorted, double part) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))] / 1e6;
    }
}
