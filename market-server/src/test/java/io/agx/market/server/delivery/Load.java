package io.agx.market.server.delivery;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.testing.RunningMarket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes trades of one instrument at an even rate, on a thread of its own. The schedule is fixed: a trade that is late makes the next
 * no later.
 */
final class Load implements AutoCloseable {
    private final RunningMarket market;
    private final Instrument instrument;
    private final long periodNanos;
    private final Thread thread;
    private final String idPrefix = Long.toString(System.nanoTime(), 36) + "-";
    private volatile boolean closing;
    private volatile long offered;
    private volatile CompletableFuture<List<TradeResult>> last = CompletableFuture.completedFuture(List.of());

    private Load(RunningMarket market, Instrument instrument, int tradesPerSecond) {
        this.market = market;
        this.instrument = instrument;
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / tradesPerSecond;
        this.thread = new Thread(this::run, "load");
        thread.setDaemon(true);
    }

    static Load of(RunningMarket market, Instrument instrument, int tradesPerSecond) {
        Load load = new Load(market, instrument, tradesPerSecond);
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
        TradeResult result = last.get(30, TimeUnit.SECONDS).get(0);
        return ((TradeResult.Accepted) result).seq();
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
            NewTrade trade = new NewTrade(
                    instrument,
                    idPrefix + offered,
                    6_400_000 + offered % 97,
                    1_000,
                    offered % 2 == 0 ? Side.BUY : Side.SELL,
                    System.currentTimeMillis(),
                    false);
            last = market.publish(List.of(trade));
            offered = offered + 1; // One writer.
            dueNanos += periodNanos;
        }
    }
}
