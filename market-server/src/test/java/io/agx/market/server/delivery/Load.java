package io.agx.market.server.delivery;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes trades of one instrument at an even rate, on a thread of its own. The schedule is fixed: a trade that is late makes the next
 * no later.
 */
final class Load implements AutoCloseable {
    private static final int MOST_AT_ONCE = 500;

    private final Publisher publisher;
    private final int mostAtOnce;
    private final long periodNanos;
    private final Thread thread;
    private volatile boolean closing;
    private volatile long offered;
    private volatile CompletableFuture<Long> last = CompletableFuture.completedFuture(0L);

    /** How trades get to the server. */
    @FunctionalInterface
    private interface Publisher {
        /** Publishes so many; the {@code seq} of the last, once it is durable. */
        CompletableFuture<Long> publish(long first, int count);
    }

    private Load(Publisher publisher, int mostAtOnce, int tradesPerSecond) {
        this.publisher = publisher;
        this.mostAtOnce = mostAtOnce;
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / tradesPerSecond;
        this.thread = new Thread(this::run, "load");
        thread.setDaemon(true);
    }

    /** Each by itself, as soon as it is due. */
    static Load of(RunningMarket market, Instrument instrument, int tradesPerSecond) {
        String idPrefix = Long.toString(System.nanoTime(), 36) + "-";
        return started(new Load(
                (first, count) -> market.publish(List.of(new NewTrade(
                                instrument,
                                idPrefix + first,
                                6_400_000 + first % 97,
                                1_000,
                                first % 2 == 0 ? Side.BUY : Side.SELL,
                                System.currentTimeMillis(),
                                false)))
                        .thenApply(results -> ((TradeResult.Accepted) results.get(0)).seq()),
                1,
                tradesPerSecond));
    }

    /** Over REST, one request at a time: what became due meanwhile goes with the next. */
    static Load of(RestClient rest, String symbol, int tradesPerSecond) {
        return started(new Load(
                (first, count) -> {
                    List<SentTrade> trades = new ArrayList<>(count);
                    for (long i = first; i < first + count; i++) {
                        trades.add(new SentTrade(
                                symbol,
                                0,
                                String.valueOf(i + 1),
                                BigDecimal.valueOf(6_400_000 + i % 97, 2),
                                BigDecimal.ONE,
                                i % 2 == 0 ? "buy" : "sell",
                                System.currentTimeMillis()));
                    }
                    try {
                        RestClient.Answer answer = rest.publish(trades);
                        if (answer.status() != 200) {
                            throw new IOException("not taken: " + answer);
                        }
                        return CompletableFuture.completedFuture(answer.body()
                                .at("/results/" + (count - 1) + "/seq")
                                .asLong());
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                },
                MOST_AT_ONCE,
                tradesPerSecond));
    }

    private static Load started(Load load) {
        load.thread.start();
        return load;
    }

    /** Trades so far. */
    long offered() {
        return offered;
    }

    long threadId() {
        return thread.getId();
    }

    /** Ends, and returns the {@code seq} of the last trade, which is durable then. */
    long finish() throws Exception {
        close();
        return last.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long dueNanos = System.nanoTime();
        while (!closing) {
            long waitNanos = dueNanos - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(waitNanos);
                continue;
            }
            int count = (int) Math.min(mostAtOnce, 1 - waitNanos / periodNanos);
            last = publisher.publish(offered, count);
            if (last.isCompletedExceptionally()) {
                return; // The test waits for trades in vain, and finish() tells why.
            }
            offered = offered + count; // One writer.
            dueNanos += count * periodNanos;
        }
    }
}
