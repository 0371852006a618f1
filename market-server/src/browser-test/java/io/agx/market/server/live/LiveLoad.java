package io.agx.market.server.live;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.testing.RunningMarket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Trades that come all the time, some hundred a second, until it is closed. What the server does not take is not offered again. */
final class LiveLoad implements AutoCloseable {
    private static final int PERIOD_MILLIS = 20;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RunningMarket server;
    private final List<Instrument> instruments;
    private final Random random;
    private long nextId = 1_000_000;

    LiveLoad(RunningMarket server, List<Instrument> instruments, long seed) {
        this.server = server;
        this.instruments = instruments;
        this.random = new Random(seed);
    }

    void start() {
        timer.scheduleAtFixedRate(this::trade, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void trade() {
        List<NewTrade> trades = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (Instrument instrument : instruments) {
            for (int i = random.nextInt(8); i > 0; i--) {
                trades.add(new NewTrade(
                        instrument,
                        "load-" + nextId++,
                        10_000 + random.nextInt(500),
                        1 + random.nextInt(5_000),
                        Side.SELL,
                        now,
                        false));
            }
        }
        if (!trades.isEmpty() && server.server().ingest().offer(trades) instanceof Offer.Accepted accepted) {
            accepted.durable().join();
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the load does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
