package io.agx.market.server;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.server.admin.Admin;
import io.agx.market.server.admin.ReloadReport;
import io.agx.market.server.admin.Stats;
import io.agx.market.server.admin.Traces;
import io.agx.market.server.config.ConfigChange;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.LogConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.engine.MarketClock;
import io.agx.market.server.feed.BadLines;
import io.agx.market.server.feed.CsvScales;
import io.agx.market.server.feed.CsvTradeFile;
import io.agx.market.server.feed.Feed;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.feed.InstrumentSpec;
import io.agx.market.server.feed.QuoteSink;
import io.agx.market.server.feed.ReplayFeed;
import io.agx.market.server.feed.ReplaySpeed;
import io.agx.market.server.feed.SimulatedFeed;
import io.agx.market.server.feed.SimulatedMarket;
import io.agx.market.server.gateway.Gateway;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.Admission;
import io.agx.market.server.handshake.ClientAddresses;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.handshake.OriginPolicy;
import io.agx.market.server.health.Health;
import io.agx.market.server.health.Probe;
import io.agx.market.server.history.LiveOffsets;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.history.WindowKlines;
import io.agx.market.server.http.BodyPlaces;
import io.agx.market.server.http.HandshakeFilter;
import io.agx.market.server.http.HttpRoutes;
import io.agx.market.server.http.RequestFigures;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxRecovery;
import io.agx.market.server.inbox.TradeNotices;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.QuoteIngest;
import io.agx.market.server.ingest.TradeValidator;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.JournalConfig;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.publish.PublishAcks;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.QuotePublishing;
import io.agx.market.server.replay.ReplayLimits;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.Publisher;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.room.RoomRegistry;
import io.agx.market.server.store.InboxStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.subscriber.SubscriberRegistry;
import io.agx.market.server.websocket.BlockingCalls;
import io.agx.market.server.websocket.ContainerSessions;
import io.agx.market.server.websocket.MarketEndpoints;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds every part, in the order of the way of the data, starts them from the end to the beginning, and
 * stops them from the beginning to the end. Used by the embedded server and by the WAR.
 */
public final class MarketServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MarketServer.class);

    /** How long a stop waits for subscribers to take what is due to them. */
    private static final long DRAIN_MILLIS = 2_000;

    // Written by who reconfigures, read by anyone: the owners of limits ask for them whenever one applies.
    private volatile MarketConfig config;
    private final MarketData data;
    private final SnapshotCache cache;
    private final Engine engine;
    private final Journal journal;
    private final StoreWriter storeWriter;
    private final InstrumentRegistry registry;
    private final Ingest ingest;
    private final QuoteIngest quoteIngest;
    private final Publishing publishing;
    private final QuotePublishing quotes;
    private final PublishAcks acks;
    private final MarketHistory history;
    private final TradeHistory trades;
    private final RoomLoop loop;
    private final Replays replays;
    private final RoomEncoder encoder;
    private final SubscriberRegistry subscribers;
    private final Admission admission;
    private final TokenSetup tokens;
    private final Traces traces;
    private final Inbox inbox;
    private final FillListener tradeNotices;
    private final Gateway gateway;
    private final Stats stats;
    private final Admin admin;
    private final Metrics metrics = new Metrics();
    private final BlockingCalls blockingCalls = new BlockingCalls();
    private final RequestFigures requests = new RequestFigures();
    private final BodyPlaces bodyPlaces = new BodyPlaces();
    private final Health health = new Health(System::currentTimeMillis);
    private final Probe storeProbe;
    private final long replayedTrades;
    private volatile @Nullable Feed feed;
    private volatile MarketClock clock;
    private volatile boolean started;
    private volatile boolean closed;

    /**
     * Opens the data folder and rebuilds the state.
     *
     * @throws IOException if the log cannot be read
     * @throws IllegalStateException if the folder is in use, or its parts do not belong together
     */
    public MarketServer(MarketConfig config) throws IOException {
        this(config, FillListener.NOBODY);
    }

    /**
     * As {@link #MarketServer(MarketConfig)}, with one who is told of fills.
     *
     * @param fills told of published trades whose sides are known
     */
    public MarketServer(MarketConfig config, FillListener fills) throws IOException {
        this.config = config;
        subscribers = new SubscriberRegistry(() -> limits().connectionsPerUser());
        traces = new Traces(subscribers, System::nanoTime);
        admission = new Admission(
                clientsOf(config), originsOf(config), config.edge().addresses(), System::nanoTime);
        long startNanos = System.nanoTime();
        boolean replaying = config.feed().kind() == FeedConfig.Kind.REPLAY;
        // A replay's clock is the feed's, once there is one. The wall clock must not be seen before: candles of the
        // past would be
        // closed before their trades come.
        clock = replaying ? () -> 0 : MarketClock.WALL;
        data = MarketData.open(config.dataDir(), config.store());
        try {
            tokens = TokenSetup.of(config.identity(), config.dataDir());
            MarketData.Recovered recovered = data.recover(config.state(), replaying ? 0 : System.currentTimeMillis());
            InboxRecovery inboxes = data.recoverInboxes(config.inbox());
            replayedTrades = recovered.replayedTrades();
            cache = new SnapshotCache();
            recovered.states().values().forEach(cache::register);
            Publisher publisher = new Publisher();
            engine = new Engine(
                    recovered.states().values(),
                    config.state(),
                    cache,
                    publisher::of,
                    () -> clock.millis(),
                    replaying,
                    config.engineShards());
            storeWriter = new StoreWriter(data.store(), data.log(), this::latestTickers, this::onStored);
            journal = Journal.open(
                    data.log(),
                    List.of(engine),
                    JournalConfig.DEFAULT,
                    new StoredTrades(data.store(), storeWriter::storedPosition),
                    inboxes);
            registry = new InstrumentRegistry(journal, instrumentsOf(recovered.states()));
            InstrumentChanges.of(registry, config.instruments()); // Before anything is written.
            TradeValidator ingestRules = new TradeValidator(
                    System::currentTimeMillis,
                    () -> replaying ? Long.MAX_VALUE : this.config.maxAheadMillis(),
                    registry::current);
            ingest = new Ingest(ingestRules, journal);
            quoteIngest = new QuoteIngest(
                    ingestRules,
                    quote -> engine.quote(
                            quote.instrument(),
                            quote.timeMillis(),
                            quote.bid(),
                            quote.bidQuantity(),
                            quote.ask(),
                            quote.askQuantity()));
            history = new MarketHistory(cache, data.store(), config.state());
            trades = new TradeHistory(history, data.store(), data.log(), storeWriter::storedPosition);
            LiveOffsets offsets = new LiveOffsets(history, engine, config.state());
            encoder = new RoomEncoder(System::currentTimeMillis);
            loop = new RoomLoop(
                    new RoomRegistry(cache, publisher, new WindowKlines(), offsets),
                    encoder,
                    this::tick,
                    () -> this.config.delivery().flushWindowMillis(),
                    System::nanoTime);
            replays = new Replays(
                    loop,
                    history,
                    trades,
                    config.state(),
                    ReplayLimits.DEFAULTS,
                    System::currentTimeMillis,
                    System::nanoTime);
            inbox = new Inbox(
                    journal,
                    inboxes,
                    data.store().inbox(),
                    loop,
                    encoder,
                    subscribers,
                    () -> this.config.inbox(),
                    System::currentTimeMillis);
            tradeNotices = new TradeNotices(inbox);
            publishing = new Publishing(ingest, registry, toldTo(fills), () -> clock.millis());
            quotes = new QuotePublishing(quoteIngest, registry, () -> clock.millis());
            acks = new PublishAcks(publishing);
            gateway = new Gateway(
                    data.log().epoch().toString(),
                    config.node(),
                    loop,
                    subscribers,
                    history,
                    trades,
                    offsets,
                    replays,
                    publishing,
                    quotes,
                    acks,
                    inbox,
                    this::limits,
                    tokens.authenticator(),
                    tokens::accessRules,
                    System::currentTimeMillis,
                    System::nanoTime);
        } catch (RuntimeException | IOException e) {
            data.close();
            throw e;
        }
        stats = new Stats(
                new FigureReader(data.log(), journal, ingest, engine, storeWriter, loop, subscribers), loop.latency());
        admin = new Admin(
                loop,
                subscribers,
                traces,
                gateway,
                stats,
                () -> this.config.delivery().drainConnectsPerSecond(),
                () -> this.config.delivery().drainUrl());
        storeProbe = new Probe(() -> data.store().probe(), System::nanoTime);
        health.part("server", Health.Status.NOT_READY, this::notTakingConnections);
        health.part("log", Health.Status.DEGRADED, this::logFault);
        health.part("engine", Health.Status.DEGRADED, this::engineFault);
        health.part("store", Health.Status.DEGRADED, this::storeFault);
        DeliveryMeters.register(metrics, subscribers, loop, encoder);
        if (!replaying) {
            DeliveryMeters.registerTradeAges(metrics, loop);
        }
        JournalMeters.registerIngest(metrics, journal, ingest, publishing, quoteIngest, quotes);
        JournalMeters.registerJournal(metrics, journal, data.log());
        EngineMeters.register(metrics, engine, cache);
        StoreMeters.register(
                metrics, storeWriter, data.log(), () -> storeProbe.fault().isEmpty());
        data.store().measure(metrics.registry());
        GatewayMeters.register(metrics, gateway.figures(), subscribers.counters(), requests);
        QueueMeters queues = new QueueMeters(metrics);
        queues.register(journal, acks, inbox, replays, bodyPlaces);
        queues.register(engine, loop.registry(), blockingCalls, admin);
        HealthMeters.register(metrics, health, List.of("server", "log", "engine", "store"));
        ProcessMeters.register(metrics, config.dataDir());
        TokenMeters.register(metrics, tokens.authenticator());
        DeliveryMeters.registerAdmin(metrics, admin);
        InboxMeters.register(metrics, inbox);
        EdgeMeters.register(metrics, admission);
        gateway.alsoTell(this::edgeLimits);
        LOG.info(
                "recovered: instruments={} trades={} replayed={} millis={}",
                registry.all().size(),
                totalTrades(),
                replayedTrades,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }

    /**
     * Starts every thread, then the feed.
     *
     * @throws IOException if a replay's file cannot be read
     */
    public void start() throws IOException {
        startWithoutFeed();
        startFeed();
    }

    /**
     * Starts every thread, and makes the feed ready with its instruments defined, but lets no trade of it in: who connects now can
     * subscribe before the first one.
     *
     * @throws IOException if a replay's file cannot be read
     */
    public void startWithoutFeed() throws IOException {
        loop.start();
        engine.start();
        storeWriter.start();
        acks.start();
        journal.start();
        stats.start();
        inbox.start();
        InstrumentChanges.of(registry, config.instruments()).apply();
        feed = createFeed();
        started = true;
        storeProbe.start();
        health.start();
    }

    /** Starts the feed, if there is one; once, after {@link #startWithoutFeed()}. */
    public void startFeed() {
        Feed ready = feed;
        if (ready != null) {
            ready.start();
        }
    }

    /** Puts servlets and the WebSocket endpoint into a servlet context, while it starts. */
    public void install(ServletContext context, ContainerSessions sessions) {
        HttpRoutes.installEdge(context, admission, config.edge().hstsSeconds(), requests);
        HttpRoutes.install(
                context,
                history,
                trades,
                publishing,
                quotes,
                registry,
                tokens.httpAccess(),
                inbox,
                gateway::broadcast,
                bodyPlaces);
        HttpRoutes.installAdmin(context, admin, tokens.httpAccess());
        if (!config.ports().hasAdminPort()) {
            HttpRoutes.installHealth(context, health::report, metrics::scrape);
        }
        Object container = context.getAttribute(ServerContainer.class.getName());
        if (!(container instanceof ServerContainer serverContainer)) {
            throw new IllegalStateException("this container has no jakarta.websocket.server.ServerContainer");
        }
        DeliveryMeters.registerCompression(metrics, sessions::compressionCount);
        MarketEndpoints.install(serverContainer, gateway, sessions, blockingCalls);
    }

    /** Puts health and metrics into the context of a second port, while it starts. */
    public void installAdmin(ServletContext context) {
        HttpRoutes.installEdge(context, admission, config.edge().hstsSeconds(), requests);
        HttpRoutes.installHealth(context, health::report, metrics::scrape);
    }

    /** Who may open a connection: the same for all ways in. */
    public Admission admission() {
        return admission;
    }

    /**
     * Puts the guard before a container's own upgrade, while the context starts. For containers that are not ours: the embedded server
     * has it further in front.
     */
    public void guardHandshakes(ServletContext context) {
        HandshakeFilter.install(
                context, new HandshakeGuard(admission, this::notTakingConnections), MarketEndpoints.PATH);
    }

    /** Why no new connection is taken now, or nothing if they are. A failed log or engine is none of the reasons: reading goes on. */
    public Optional<String> notTakingConnections() {
        if (!started || closed) {
            return Optional.of(closed ? "stopping" : "starting");
        }
        return gateway.isDraining() ? Optional.of("draining") : Optional.empty();
    }

    public Gateway gateway() {
        return gateway;
    }

    public Inbox inbox() {
        return inbox;
    }

    /** The inboxes as far as the database has them. */
    public InboxStore inboxStore() {
        return data.store().inbox();
    }

    /** Who is to be told of published trades whose sides are known. */
    public FillListener tradeNotices() {
        return tradeNotices;
    }

    public MarketHistory history() {
        return history;
    }

    public InstrumentRegistry instruments() {
        return registry;
    }

    public Ingest ingest() {
        return ingest;
    }

    /** Where quotes are offered. */
    public QuoteSink quotes() {
        return quoteIngest;
    }

    /** What is feeding trades in, in one line. */
    public String feedDescription() {
        Feed running = feed;
        return running == null ? "none; publish with POST /api/v1/trades" : running.description();
    }

    /** Whose tokens are taken and what is to be had without one, in one line. */
    public String tokenDescription() {
        return tokens.description();
    }

    /** Whether the development secret was drawn at this start: to be told once. */
    public boolean drewSecret() {
        return tokens.created();
    }

    /** Trades in the log. */
    public long totalTrades() {
        return cache.all().stream().mapToLong(InstrumentSnapshot::seq).sum();
    }

    /** Why it does not take trades or serve now, or nothing if it does. Without the database it does both. */
    public Optional<String> notReady() {
        return notTakingConnections().or(this::logFault).or(this::engineFault);
    }

    /** What its parts say, as {@code /health/ready} tells it. */
    public Health.Report health() {
        return health.report();
    }

    /** What {@code /metrics} tells, for a container to add what it knows. */
    public Metrics metrics() {
        return metrics;
    }

    private Optional<String> logFault() {
        return journal.hasFailed() ? Optional.of("the trade log failed; restart the server") : Optional.empty();
    }

    private Optional<String> engineFault() {
        return engine.hasFailed() ? Optional.of("the engine failed; restart the server") : Optional.empty();
    }

    private Optional<String> storeFault() {
        return storeProbe.fault().map(reason -> "the database: " + reason).or(() -> {
            if (storeWriter.failure() == null) {
                return Optional.empty();
            }
            long stored = storeWriter.storedPosition(); // Before the log's, which it follows.
            return Optional.of("the database takes no writes; bytes of the log that wait: "
                    + (data.log().durablePosition() - stored));
        });
    }

    /** Stops taking connections and trades, makes everything durable, and closes the data folder. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Feed running = feed;
        if (running != null) {
            running.close();
        }
        inbox.close();
        journal.close();
        acks.close();
        engine.close();
        gateway.drain(
                config.delivery().drainConnectsPerSecond(), config.delivery().drainUrl());
        gateway.awaitDrained(DRAIN_MILLIS);
        loop.close();
        stats.close();
        blockingCalls.close();
        storeWriter.close();
        storeProbe.close();
        health.close();
        data.close();
        metrics.close();
    }

    /** Undoes what the database's drivers left in the JVM: for containers that unload this class. */
    public static void unloadDrivers() {
        StoreDatabase.unloadDrivers();
    }

    /**
     * Has the configuration read again by {@link #reload} and by operators over REST.
     *
     * @param loaded what this server runs with
     * @param log sets the levels of the log
     */
    public void reloadFrom(LoadedConfig loaded, Consumer<LogConfig> log) {
        admin.reloadBy(new Reloader(loaded, this::reconfigure, log)::reload);
    }

    /**
     * Reads the configuration again, and takes what a running server can of it.
     *
     * @param by who wants it, for the log
     * @throws ProtocolException if it is not good, and nothing has changed; or if there is nothing to be read again
     */
    public ReloadReport reload(String by) {
        return admin.reload(by);
    }

    /** All or nothing, but for instruments that the log does not take: see {@link Reloader.Server}. */
    private List<ConfigChange> reconfigure(MarketConfig next) throws IOException {
        TokenSetup.Prepared nextTokens = tokens.prepare(next.identity());
        ClientAddresses clients = clientsOf(next);
        OriginPolicy origins = originsOf(next);
        List<ConfigChange> changes = new ArrayList<>(
                InstrumentChanges.of(registry, next.instruments()).apply());
        config = next;
        changes.addAll(tokens.use(nextTokens));
        admission.change(clients, origins, next.edge().addresses());
        return changes;
    }

    private GatewayLimits limits() {
        return config.gateway();
    }

    private Map<String, Long> edgeLimits() {
        AddressLimits limits = config.edge().addresses();
        return Map.of(
                "connectionsPerAddress", (long) limits.connections(),
                "handshakesPerSecond", (long) limits.handshakesPerSecond());
    }

    /** Once a second, on the flush thread. */
    private void tick() {
        subscribers.tick();
        traces.tick();
    }

    private static ClientAddresses clientsOf(MarketConfig config) {
        return new ClientAddresses(config.edge().trustedProxies());
    }

    private static OriginPolicy originsOf(MarketConfig config) {
        return new OriginPolicy(config.edge().origins(), clientsOf(config));
    }

    private @Nullable Feed createFeed() throws IOException {
        return switch (config.feed().kind()) {
            case NONE -> null;
            case SIMULATED -> simulatedFeed();
            case REPLAY -> replayFeed();
        };
    }

    private Feed simulatedFeed() {
        List<Instrument> instruments = new ArrayList<>();
        for (InstrumentSpec spec : SimulatedMarket.INSTRUMENTS) {
            Instrument wanted = spec.instrument(1);
            instruments.add(registry.find(wanted.symbol())
                    .orElseGet(() -> registry.define(
                            wanted.symbol(),
                            wanted.baseAsset(),
                            wanted.quoteAsset(),
                            wanted.priceScale(),
                            wanted.quantityScale(),
                            wanted.tickSize(),
                            wanted.stepSize())));
        }
        return new SimulatedFeed(
                instruments,
                config.feed().tradesPerSecond(),
                System.nanoTime(),
                this::lastPrice,
                ingest,
                quoteIngest,
                System::currentTimeMillis);
    }

    private Feed replayFeed() throws IOException {
        CsvTradeFile file = new CsvTradeFile(config.feed().file().orElseThrow());
        Instrument instrument = instrumentFor(file, new Symbol(config.feed().symbol()));
        ReplayFeed replay =
                ReplayFeed.of(file, instrument, ReplaySpeed.parse(config.feed().speed()), BadLines.STOP, ingest);
        clock = replay::clockMillis;
        return replay;
    }

    /** The instrument of a file: the one there is, or a new one with the file's scales. */
    private Instrument instrumentFor(CsvTradeFile file, Symbol symbol) throws IOException {
        Optional<Instrument> known = registry.find(symbol);
        if (known.isPresent()) {
            return known.get();
        }
        CsvScales scales = file.scales(BadLines.STOP);
        AssetPair assets = AssetPair.of(symbol);
        return registry.define(
                symbol, assets.base(), assets.quote(), scales.priceScale(), scales.quantityScale(), 1, 1);
    }

    private OptionalLong lastPrice(Symbol symbol) {
        Optional<Ticker> ticker = cache.snapshot(symbol).flatMap(InstrumentSnapshot::ticker);
        return ticker.isPresent() ? OptionalLong.of(ticker.get().last()) : OptionalLong.empty();
    }

    private Map<Instrument, Ticker> latestTickers() {
        Map<Instrument, Ticker> tickers = new HashMap<>();
        for (InstrumentSnapshot snapshot : cache.all()) {
            snapshot.ticker().ifPresent(ticker -> tickers.put(snapshot.instrument(), ticker));
        }
        return tickers;
    }

    /** The users of a trade's sides, and then who else wants to know. */
    private FillListener toldTo(FillListener others) {
        return fills -> {
            tradeNotices.onFills(fills);
            others.onFills(fills);
        };
    }

    private void onStored(long storedPosition) {
        dropOldSegments(storedPosition);
        inbox.sweep();
    }

    private void dropOldSegments(long storedPosition) {
        long retainBytes = config.logRetainBytes();
        if (retainBytes > 0 && data.log().durablePosition() - data.log().startPosition() > retainBytes) {
            data.store().flush();
            journal.dropBefore(storedPosition, retainBytes);
        }
    }

    private static List<Instrument> instrumentsOf(Map<Integer, InstrumentState> states) {
        return states.values().stream().map(InstrumentState::instrument).toList();
    }
}
