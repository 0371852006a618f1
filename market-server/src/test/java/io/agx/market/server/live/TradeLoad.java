package io.agx.market.server.live;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.testing.RunningMarket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Publishes a few hundred trades a second of each instrument, until it is closed. */
final class TradeLoad implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RunningMarket market;
    private final List<Instrument> instruments;
    private final AtomicLong offered = new AtomicLong();
    private final Thread thread = new Thread(this::run, "trade-load");
    private volatile boolean stopping;

    TradeLoad(RunningMarket market, List<Instrument> instruments) {
        this.market = market;
        this.instruments = instruments;
    }

    void start() {
        thread.start();
    }

    /** Trades that are durable. */
    long offeredCount() {
        return offered.get();
    }

    /** Ends behind the last durable trade. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long number = 0;
        while (!stopping) {
            List<NewTrade> trades = new ArrayList<>();
            long now = System.currentTimeMillis();
            for (Instrument instrument : instruments) {
                long id = number++;
                Side side = id % 2 == 0 ? Side.BUY : Side.SELL;
                trades.add(new NewTrade(instrument, "load-" + id, 10_000 + id % 97, 1_000 + id % 13, side, now, false));
            }
            market.publish(trades).join();
            offered.addAndGet(trades.size());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
