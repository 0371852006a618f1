package io.agx.market.server.testing;

import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.MarketServer;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A whole server without feed and network, on its own threads and a data folder of its own. */
public final class RunningMarket implements AutoCloseable {
    private final MarketServer server;
    private long nextId = 1;

    public RunningMarket(Path dataDir) throws IOException {
        this(dataDir, config -> config);
    }

    public RunningMarket(Path dataDir, UnaryOperator<MarketConfig> change) throws IOException {
        server = new MarketServer(change.apply(
                MarketConfig.defaults(dataDir).withFeed(FeedConfig.NONE).withAddress("127.0.0.1", 0)));
        server.start();
    }

    public MarketServer server() {
        return server;
    }

    /** A new instrument, prices in cents, quantities in thousandths; visible everywhere when this returns. */
    public Instrument define(String symbol) {
        Instrument instrument =
                server.instruments().define(new Symbol(symbol), symbol.substring(0, 3), "USDT", 2, 3, 1, 1);
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> server.history().instruments().contains(instrument));
        return instrument;
    }

    /** Publishes trades as of now, and waits until all are durable and in the cache. */
    public void trade(Instrument instrument, int count) {
        long target = server.history().snapshot(instrument.symbol()).seq() + count;
        offer(instrument, count);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> server.history().snapshot(instrument.symbol()).seq() >= target);
    }

    /** Publishes trades as of now, and waits until they are durable. */
    public void offer(Instrument instrument, int count) {
        List<NewTrade> trades = new ArrayList<>(count);
        long now = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            long id = nextId++;
            trades.add(new NewTrade(instrument, "t" + id, 10_000 + id % 97, 1_000, Side.BUY, now, false));
        }
        while (true) {
            if (server.ingest().offer(trades) instanceof Offer.Accepted accepted) {
                accepted.durable().join();
                return;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
