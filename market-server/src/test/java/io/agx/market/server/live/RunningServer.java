package io.agx.market.server.live;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.MarketServer;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.jetty.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A real server on a data folder, without a feed: a test publishes. */
final class RunningServer implements AutoCloseable {
    private final MarketServer market;
    private final EmbeddedServer http;

    private RunningServer(MarketServer market, EmbeddedServer http) {
        this.market = market;
        this.http = http;
    }

    /** @param port 0 for any free one */
    static RunningServer start(Path dataDir, int port) throws IOException {
        return start(dataDir, port, DeliveryConfig.DEFAULT_DRAIN_CONNECTS_PER_SECOND);
    }

    /** @param drainConnectsPerSecond how many of its clients are to come back per second after its stop */
    static RunningServer start(Path dataDir, int port, int drainConnectsPerSecond) throws IOException {
        MarketConfig config = MarketConfig.defaults(dataDir)
                .withAddress("127.0.0.1", port)
                .withFeed(FeedConfig.NONE)
                .withDelivery(DeliveryConfig.DEFAULTS.withDrain(drainConnectsPerSecond, ""));
        MarketServer market = new MarketServer(config);
        EmbeddedServer http = new EmbeddedServer(
                config.host(), config.port(), context -> market.install(context, EmbeddedServer.ABORTER));
        try {
            market.start();
            http.start();
        } catch (RuntimeException | IOException e) {
            market.close();
            throw e;
        }
        return new RunningServer(market, http);
    }

    int port() {
        return http.port();
    }

    URI webSocket() {
        return URI.create("ws://127.0.0.1:" + port() + "/ws");
    }

    URI rest(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + "/api/v1" + pathAndQuery);
    }

    MarketServer market() {
        return market;
    }

    Instrument define(String symbol, int priceScale, int quantityScale) {
        return market.instruments().define(new Symbol(symbol), "BASE", "QUOTE", priceScale, quantityScale, 1, 1);
    }

    /** Offers until it is taken on. */
    CompletableFuture<List<TradeResult>> publish(List<NewTrade> trades) {
        while (true) {
            if (market.ingest().offer(trades) instanceof Offer.Accepted accepted) {
                return accepted.durable();
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        market.close();
        http.close();
    }
}
