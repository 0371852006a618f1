package io.agx.market.server.testing;

import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.MarketServer;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.jetty.EmbeddedServer;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.websocket.ContainerSessions;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A whole server on its own threads and a data folder of its own, without a feed: a test publishes. Made by a constructor it has no
 * network; {@link #listening} puts it behind the embedded server, on loopback. Where the change of the configuration sets a feed, it is ready
 * and not started: {@code server().startFeed()}.
 */
public final class RunningMarket implements AutoCloseable {
    private final MarketServer server;
    private final @Nullable EmbeddedServer http;
    private final Set<String> mappings = new TreeSet<>();
    private long nextId = 1;

    public RunningMarket(Path dataDir) throws IOException {
        this(dataDir, config -> config);
    }

    public RunningMarket(Path dataDir, UnaryOperator<MarketConfig> change) throws IOException {
        this(configOf(dataDir, change), false, FillListener.NOBODY);
    }

    /** Without network, with one who hears of fills. */
    public RunningMarket(Path dataDir, UnaryOperator<MarketConfig> change, FillListener fills) throws IOException {
        this(configOf(dataDir, change), false, fills);
    }

    private RunningMarket(MarketConfig config, boolean listens, FillListener fills) throws IOException {
        Tokens.prepare(config.dataDir());
        server = new MarketServer(config, fills);
        try {
            http = listens ? new EmbeddedServer(config, server.admission(), this::install, server::installAdmin) : null;
            server.startWithoutFeed();
            if (http != null) {
                http.refuseConnectionsWhile(server::notTakingConnections);
                http.measure(server.metrics().registry());
                http.start();
            }
        } catch (RuntimeException | IOException e) {
            server.close();
            throw e;
        }
    }

    private void install(ServletContext context, ContainerSessions sessions) {
        server.install(context, sessions);
        context.getServletRegistrations().values().forEach(servlet -> mappings.addAll(servlet.getMappings()));
    }

    /** Where its servlets are. */
    public Set<String> mappings() {
        return mappings;
    }

    /** On a free port. */
    public static RunningMarket listening(Path dataDir) throws IOException {
        return listening(dataDir, config -> config);
    }

    /** On the port of the changed configuration, which is any free one without a change. */
    public static RunningMarket listening(Path dataDir, UnaryOperator<MarketConfig> change) throws IOException {
        return new RunningMarket(configOf(dataDir, change), true, FillListener.NOBODY);
    }

    /** On any free port, with one who hears of fills. */
    public static RunningMarket listeningWithFills(Path dataDir, FillListener fills) throws IOException {
        return new RunningMarket(configOf(dataDir, config -> config), true, fills);
    }

    /** The change of a configuration that lets the server's heart beat each so many milliseconds. */
    public static UnaryOperator<MarketConfig> beating(long heartbeatMillis) {
        GatewayLimits limits = GatewayLimits.DEFAULTS;
        SubscriberLimits subscriber = limits.subscriber();
        return config -> config.withGateway(new GatewayLimits(
                limits.messageBytes(),
                limits.commandsPerSecond(),
                limits.commandBurst(),
                limits.maxBadCommands(),
                limits.maxRefusedCommands(),
                new SubscriberLimits(
                        subscriber.maxRooms(),
                        subscriber.outboundBytes(),
                        heartbeatMillis,
                        subscriber.pingMillis(),
                        subscriber.silenceMillis(),
                        subscriber.slowMillis())));
    }

    private static MarketConfig configOf(Path dataDir, UnaryOperator<MarketConfig> change) {
        return change.apply(
                MarketConfig.defaults(dataDir).withFeed(FeedConfig.NONE).withAddress("127.0.0.1", 0));
    }

    public MarketServer server() {
        return server;
    }

    /** Where it listens. */
    public int port() {
        return Objects.requireNonNull(http, "this market has no network").port();
    }

    /** The second port. */
    public int adminPort() {
        return Objects.requireNonNull(http, "this market has no network")
                .adminPort()
                .orElseThrow();
    }

    public URI webSocket() {
        return URI.create("ws://127.0.0.1:" + port() + "/ws");
    }

    /** Where the bearer of a token connects. */
    public URI webSocket(String token) {
        return URI.create(webSocket() + "?token=" + token);
    }

    /** @param pathAndQuery what follows {@code /api/v1}, from its slash on */
    public URI rest(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + "/api/v1" + pathAndQuery);
    }

    /** A new instrument, prices in cents, quantities in thousandths; visible everywhere when this returns. */
    public Instrument define(String symbol) {
        return define(symbol, 2, 3);
    }

    /** A new instrument of these scales, tick and step one unit; visible everywhere when this returns. */
    public Instrument define(String symbol, int priceScale, int quantityScale) {
        Instrument instrument = server.instruments()
                .define(new Symbol(symbol), symbol.substring(0, 3), "USDT", priceScale, quantityScale, 1, 1);
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
        publish(trades).join();
    }

    /** Offers trades until they are taken on. */
    public CompletableFuture<List<TradeResult>> publish(List<NewTrade> trades) {
        while (true) {
            if (server.ingest().offer(trades) instanceof Offer.Accepted accepted) {
                return accepted.durable();
            }
            Thread.onSpinWait();
        }
    }

    /** Stops as the command does: drains, closes the data folder, and takes no more connections. */
    @Override
    public void close() {
        server.close();
        if (http != null) {
            http.close();
        }
    }
}
