package io.agx.market.server.drill;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes trades of five instruments over REST at a fixed schedule, whatever the acks do, and keeps each acked trade with its seq.
 * Latency is from the moment a batch was due, so a server that is late cannot hide it.
 */
public final class OpenLoop implements AutoCloseable {
    public static final List<String> SYMBOLS = List.of("LDA-USDT", "LDB-USDT", "LDC-USDT", "LDD-USDT", "LDE-USDT");

    private static final int PRICE_SCALE = 2;
    private static final int QUANTITY_SCALE = 4;

    private final RestClient rest;
    private final int batch;
    private final long periodNanos;
    private final boolean keeps;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong nextId;
    private final AtomicLong nextBatch = new AtomicLong();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final long startNanos = System.nanoTime();
    private final List<Tape> tapes = new ArrayList<>();
    private long[] latencies = new long[1_024];
    private int latencyCount;
    private volatile String refusal = "";
    private volatile boolean closing;

    /**
     * @param batch trades of one request, a multiple of the number of instruments
     * @param keeps whether acked trades are kept for {@link #acked(int)}
     */
    public OpenLoop(int port, int tradesPerSecond, int batch, int threadCount, long firstId, boolean keeps) {
        this.rest = new RestClient(port);
        this.batch = batch;
        this.keeps = keeps;
        this.nextId = new AtomicLong(firstId);
        periodNanos = TimeUnit.SECONDS.toNanos(1) * batch / tradesPerSecond;
        SYMBOLS.forEach(symbol -> tapes.add(new Tape(symbol)));
        for (int i = 0; i < threadCount; i++) {
            Thread thread = new Thread(this::run, "publish-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    public static void define(RestClient rest) throws IOException {
        for (String symbol : SYMBOLS) {
            rest.define(symbol, PRICE_SCALE, QUANTITY_SCALE);
        }
    }

    public long ackedCount() {
        return acked.get();
    }

    /** Trades that are not acked for any reason. */
    public long refusedCount() {
        return refused.get();
    }

    /** What the last of them was answered. */
    public String refusal() {
        return refusal;
    }

    /** The id that the next trade gets. */
    public long nextId() {
        return nextId.get();
    }

    /** Batches that are due and not begun: this side, or the server, is too slow. */
    public long lateBatches() {
        return Math.max(0, (System.nanoTime() - startNanos) / periodNanos - nextBatch.get());
    }

    /** Nanoseconds from due to ack since the last call, sorted. */
    public synchronized long[] takeLatencies() {
        long[] taken = Arrays.copyOf(latencies, latencyCount);
        latencyCount = 0;
        Arrays.sort(taken);
        return taken;
    }

    /** All acked trades of an instrument, by its place in {@link #SYMBOLS}; once closed. */
    public List<SentTrade> acked(int instrument) {
        return tapes.get(instrument).trades();
    }

    /** Milliseconds within which a part of these was; 0 if there are none. */
    public static double millis(long[] sortedNanos, double part) {
        return sortedNanos.length == 0
                ? 0
                : sortedNanos[(int) Math.max(0, Math.ceil(sortedNanos.length * part) - 1)] / 1e6;
    }

    /** Ends after the batch that is under way. */
    @Override
    public void close() {
        closing = true;
        Drills.join(threads);
    }

    private void run() {
        while (!closing) {
            long dueNanos = startNanos + nextBatch.getAndIncrement() * periodNanos;
            for (long wait = dueNanos - System.nanoTime(); wait > 0; wait = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            try {
                publish(dueNanos);
            } catch (IOException e) {
                refused.addAndGet(batch);
                refusal = "" + e;
            }
        }
    }

    private void publish(long dueNanos) throws IOException {
        long firstId = nextId.getAndAdd(batch);
        long now = System.currentTimeMillis();
        StringBuilder body = new StringBuilder(batch * 110).append('[');
        for (int i = 0; i < batch; i++) {
            long id = firstId + i;
            body.append(i == 0 ? "" : ",")
                    .append("{\"symbol\":\"")
                    .append(SYMBOLS.get(i % SYMBOLS.size()))
                    .append("\",\"id\":")
                    .append(id)
                    .append(",\"price\":\"")
                    .append(BigDecimal.valueOf(price(id), PRICE_SCALE).toPlainString())
                    .append("\",\"qty\":\"")
                    .append(BigDecimal.valueOf(quantity(id), QUANTITY_SCALE).toPlainString())
                    .append("\",\"takerSide\":\"")
                    .append(side(id))
                    .append("\",\"time\":")
                    .append(now)
                    .append('}');
        }
        RestClient.Answer answer = rest.post("/api/v1/trades", body.append(']').toString());
        long nanos = System.nanoTime() - dueNanos;
        if (answer.status() != 200 || answer.body().get("accepted").intValue() != batch) {
            refused.addAndGet(batch);
            refusal = answer.status() + " " + answer.body();
            return;
        }
        keep(firstId, now, keeps ? answer.body().get("results") : null, nanos);
    }

    private synchronized void keep(long firstId, long timeMillis, @Nullable JsonNode results, long nanos) {
        if (latencyCount == latencies.length) {
            latencies = Arrays.copyOf(latencies, latencyCount * 2);
        }
        latencies[latencyCount++] = nanos;
        acked.addAndGet(batch);
        if (results == null) {
            return;
        }
        for (int i = 0; i < batch; i++) {
            tapes.get(i % SYMBOLS.size())
                    .add(firstId + i, timeMillis, results.get(i).get("seq").longValue());
        }
    }

    // What a trade says follows from its id, so that millions of them can be kept.
    private static long price(long id) {
        return 6_400_000 + (id * 7_919) % 20_011;
    }

    private static long quantity(long id) {
        return 1 + (id * 104_729) % 99_991;
    }

    private static String side(long id) {
        return id % 3 == 0 ? "buy" : "sell";
    }

    /** The acked trades of an instrument in 24 bytes each. */
    private static final class Tape {
        private final String symbol;
        private long[] rows = new long[3 * 1_024];
        private int length;

        Tape(String symbol) {
            this.symbol = symbol;
        }

        void add(long id, long timeMillis, long seq) {
            if (length == rows.length) {
                rows = Arrays.copyOf(rows, length * 2);
            }
            rows[length++] = id;
            rows[length++] = timeMillis;
            rows[length++] = seq;
        }

        List<SentTrade> trades() {
            return new AbstractList<>() {
                @Override
                public SentTrade get(int index) {
                    long id = rows[3 * index];
                    return new SentTrade(
                            symbol,
                            rows[3 * index + 2],
                            Long.toString(id),
                            BigDecimal.valueOf(price(id), PRICE_SCALE),
                            BigDecimal.valueOf(quantity(id), QUANTITY_SCALE),
                            side(id),
                            rows[3 * index + 1]);
                }

                @Override
                public int size() {
                    return length / 3;
                }
            };
        }
    }
}
