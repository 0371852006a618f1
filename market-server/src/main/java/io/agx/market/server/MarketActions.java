package io.agx.market.server;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.cli.Actions;
import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.cli.ProgressLine;
import io.agx.market.server.cli.TokenOrder;
import io.agx.market.server.config.LoadedConfig;
import io.agx.market.server.config.LogConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.feed.BadLines;
import io.agx.market.server.feed.CsvScales;
import io.agx.market.server.feed.CsvTradeFile;
import io.agx.market.server.feed.ImportSummary;
import io.agx.market.server.feed.TradeImporter;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenIssuer;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.TradeValidator;
import io.agx.market.server.jetty.EmbeddedServer;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.JournalConfig;
import io.agx.market.server.journal.LogPrinter;
import io.agx.market.server.journal.OlderTrades;
import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.logging.ProcessLog;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.transfer.ExportReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the commands do. */
final class MarketActions implements Actions {
    private static final Logger LOG = LoggerFactory.getLogger(MarketActions.class);
    private static final int MAX_DIFFERENCES_SHOWN = 20;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FAILURE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final boolean interactive;

    /** @param interactive whether a person watches: progress is drawn on one line */
    MarketActions(boolean interactive) {
        this.interactive = interactive;
    }

    @Override
    public int serve(LoadedConfig loaded, PrintWriter out) throws IOException {
        MarketConfig config = loaded.config();
        ProcessLog log = processLog(config.log());
        // First: until then a SIGHUP ends the process. Without a file there is nothing to be read again, and a terminal
        // that closes ends what
        // it began.
        HangUps hangUps = new HangUps();
        boolean readAgain = loaded.sources().file().isPresent() && HangUpSignal.handle(hangUps::heard);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        MarketServer market = new MarketServer(config);
        EmbeddedServer http = embedded(config, market);
        http.refuseConnectionsWhile(market::notTakingConnections);
        http.measure(market.metrics().registry());
        market.reloadFrom(loaded, next -> log.setLevels(next.level(), next.levels()));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.countDown();
                            await(stopped);
                        },
                        "market-stop"));
        try {
            market.startWithoutFeed();
            http.start();
            market.startFeed(); // After the port is open, so that a fast replay is not over before anyone can connect.
            String secured = config.ports().tls().isPresent() ? "s" : "";
            out.println("market is serving:    http" + secured + "://localhost:" + http.port() + "/");
            out.println("  live over WebSocket ws" + secured + "://localhost:" + http.port() + "/ws");
            http.adminPort()
                    .ifPresent(port -> out.println("  health, metrics     http"
                            + (config.ports().hasEncryptedAdminPort() ? "s" : "") + "://"
                            + config.ports().adminHost() + ":" + port + "/"));
            out.println(
                    "  data folder         " + config.dataDir().toAbsolutePath().normalize());
            out.println("  recovered           " + market.instruments().all().size() + " instruments, "
                    + market.totalTrades() + " trades");
            loaded.sources()
                    .file()
                    .ifPresent(file -> out.println("  configuration       "
                            + file.toAbsolutePath().normalize() + ", read again "
                            + (readAgain ? "at SIGHUP" : "by POST /api/v1/admin/reload")));
            out.println("  feed                " + market.feedDescription());
            out.println("  transport           " + http.transportDescription());
            out.println("  tokens              " + market.tokenDescription());
            if (market.drewSecret()) {
                out.println("                      the secret is new; a token: bin/market token --data "
                        + config.dataDir() + " --sub alice --scope publish,admin");
            }
            out.println("  stop                Ctrl-C");
            hangUps.takenBy(market);
            await(stop);
            out.println("stopping …");
        } finally {
            try {
                // First: Jetty ends what is idle as soon as it takes no more, and who comes meanwhile is answered 503.
                market.close();
                http.close();
                if (stop.getCount() == 0) {
                    out.println("stopped; everything is durable");
                    out.flush();
                }
            } finally {
                stopped.countDown(); // Last: the process ends with it.
            }
        }
        return ExitCode.OK;
    }

    /** What SIGHUP asks for: at once, or when the server serves. */
    private static final class HangUps {
        private @Nullable MarketServer market;
        private boolean waits;

        /** Called on a thread of the JVM's. */
        synchronized void heard() {
            if (market == null) {
                waits = true;
            } else {
                reload(market);
            }
        }

        synchronized void takenBy(MarketServer server) {
            market = server;
            if (waits) {
                reload(server);
            }
        }
    }

    private static ProcessLog processLog(LogConfig config) {
        ProcessLog log = new ProcessLog(LogConfig.DEFAULTS.level());
        log.useFormat(config.format());
        log.setLevels(config.level(), config.levels());
        return log;
    }

    /** What is wrong is in the log. */
    private static void reload(MarketServer market) {
        try {
            market.reload("SIGHUP");
        } catch (ProtocolException e) {
            LOG.debug("SIGHUP changed nothing", e);
        } catch (RuntimeException e) {
            LOG.error("SIGHUP failed; the fault is the server's own", e);
        }
    }

    /** A certificate that is not good leaves the data folder free. */
    private static EmbeddedServer embedded(MarketConfig config, MarketServer market) {
        try {
            return new EmbeddedServer(config, market.admission(), market::install, market::installAdmin);
        } catch (RuntimeException e) {
            market.close();
            throw e;
        }
    }

    @Override
    public int token(TokenOrder order, PrintWriter out, PrintWriter err) throws IOException {
        byte[] secret;
        if (order.secretFile().isPresent()) {
            secret = SecretFile.read(order.secretFile().get());
        } else if (!order.secret().isEmpty()) {
            secret = order.secret().getBytes(StandardCharsets.UTF_8);
        } else {
            SecretFile.Opened opened = SecretFile.openOrCreate(order.dataDir());
            secret = opened.secret();
            if (opened.created()) {
                err.println("market: drew a secret, " + order.dataDir().resolve(SecretFile.NAME)
                        + "; a server that already runs on this folder does not know it");
            }
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String word : order.scopes()) {
            scopes.add(Scope.ofCode(word)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--scope must be publish, notify or admin, with commas, was " + word)));
        }
        TokenIssuer issuer = new TokenIssuer(secret, order.issuer(), order.audience());
        out.println(issuer.issue(order.userId(), scopes, System.currentTimeMillis(), order.ttlMillis()));
        out.flush();
        return ExitCode.OK;
    }

    @Override
    public int importFile(
            Path dataDir, StoreConfig store, Path file, String symbolText, boolean skipBadLines, PrintWriter out)
            throws IOException {
        Symbol symbol = new Symbol(symbolText);
        CsvTradeFile csv = new CsvTradeFile(file);
        BadLines badLines = skipBadLines ? BadLines.SKIP : BadLines.STOP;
        csv.sizeBytes(); // A missing file is told before a data folder is made.
        if (ExportReader.isExport(file)) {
            throw new IllegalArgumentException(
                    file + " is an export, which has its instruments in it: without --symbol");
        }
        StateLimits limits = StateLimits.DEFAULT;
        try (MarketData data = MarketData.open(dataDir, store)) {
            StoreWriter storeWriter = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
            OlderTrades older = awaited(storeWriter, new StoredTrades(data.store(), storeWriter::storedPosition));
            Journal journal = Journal.open(data.log(), List.of(), JournalConfig.DEFAULT, older);
            journal.start();
            storeWriter.start();
            ImportSummary summary;
            try {
                InstrumentRegistry registry =
                        new InstrumentRegistry(journal, journal.instruments().values());
                Optional<Instrument> known = registry.find(symbol);
                Instrument instrument = known.isPresent() ? known.get() : define(registry, symbol, csv, badLines, out);
                Ingest ingest = new Ingest(new TradeValidator(() -> 0, Long.MAX_VALUE), journal);
                ProgressLine progress = new ProgressLine(out, interactive);
                summary = new TradeImporter(csv, ingest).run(instrument, badLines, progress::show);
                progress.end();
                report(instrument, summary, out);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the import was interrupted");
            } finally {
                journal.close();
                awaitStored(storeWriter, data.log(), out);
            }
            // Tickers as of each instrument's newest trade: there is no other clock here.
            data.store().saveTickers(tickers(data.recover(limits, 0).states()));
            return ExitCode.OK;
        }
    }

    @Override
    public int export(Path dataDir, StoreConfig store, Path file, boolean databaseOnly, PrintWriter out)
            throws IOException {
        return new TransferActions(out).export(dataDir, store, file, databaseOnly);
    }

    @Override
    public int importExport(Path dataDir, StoreConfig store, Path file, PrintWriter out) throws IOException {
        return new TransferActions(out).importExport(dataDir, store, file);
    }

    @Override
    public int migrate(Path dataDir, StoreConfig store, PrintWriter out) {
        out.println(StoreDatabase.migrate(MarketData.locationOf(dataDir, store)));
        return ExitCode.OK;
    }

    @Override
    public int info(Path dataDir, StoreConfig store, PrintWriter out) {
        StoreReport.print(StoreDatabase.info(MarketData.locationOf(dataDir, store)), dataDir.resolve("log"), out);
        return ExitCode.OK;
    }

    @Override
    public int verify(Path dataDir, StoreConfig store, PrintWriter out) throws IOException {
        try (MarketData data = MarketData.open(dataDir, store)) {
            if (data.store().checkpointPosition() == 0 && data.log().durablePosition() > 0) {
                out.println("the database is empty (it was not closed, or is new): it is built from the log first");
                new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
                data.store()
                        .saveTickers(
                                tickers(data.recover(StateLimits.DEFAULT, 0).states()));
            }
            long[] shown = {0};
            StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), difference -> {
                if (shown[0]++ < MAX_DIFFERENCES_SHOWN) {
                    out.println("differs: " + difference);
                }
            });
            long startNanos = System.nanoTime();
            long differences = verifier.run();
            if (verifier.behindBytes() > 0) {
                out.println("not compared: the last " + verifier.behindBytes()
                        + " bytes of the log, which the database does not have yet; the next start copies them");
            }
            if (verifier.droppedCount() > 0) {
                out.printf(
                        Locale.ROOT,
                        "not kept: %,d trades before %s, for their age; their candles are%n",
                        verifier.droppedCount(),
                        Instant.ofEpochMilli(data.store().keptTimeMillis()));
            }
            out.printf(
                    Locale.ROOT,
                    "%s: %,d trades, %,d klines and %,d tickers compared, and %,d messages, in %,d ms, %,d differences%n",
                    differences == 0 ? "equal" : "DIFFERENT",
                    verifier.tradeCount(),
                    verifier.klineCount(),
                    verifier.tickerCount(),
                    verifier.messageCount(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                    differences);
            return differences == 0 ? ExitCode.OK : ExitCode.DIFFERENT;
        }
    }

    @Override
    public int printLog(Path file, boolean checkOnly, PrintWriter out) throws IOException {
        boolean whole = new LogPrinter(out, !checkOnly).print(file);
        return whole ? ExitCode.OK : ExitCode.DIFFERENT;
    }

    /** An import outruns the database, and nobody else waits for the journal: so this waits until the database can tell. */
    private static OlderTrades awaited(StoreWriter storeWriter, OlderTrades stored) {
        return (instrumentId, tradeId, toPosition) -> {
            long failedNanos = 0;
            while (storeWriter.storedPosition() < toPosition) {
                String failure = storeWriter.failure();
                long now = System.nanoTime();
                failedNanos = failure == null ? 0 : failedNanos == 0 ? now : failedNanos;
                if (failure != null && now - failedNanos > FAILURE_PATIENCE_NANOS) { // Until then it is tried again.
                    throw new IOException("the database cannot be written (" + failure + ")");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            return stored.contains(instrumentId, tradeId, toPosition);
        };
    }

    /** Waits until the database has the whole log, however long that takes, and says how far it is every five seconds. */
    private static void awaitStored(StoreWriter storeWriter, TradeLog log, PrintWriter out) {
        long startNanos = System.nanoTime();
        long nextLineNanos = startNanos + PROGRESS_NANOS;
        long from = storeWriter.storedPosition();
        long to = log.durablePosition();
        while (storeWriter.storedPosition() < to && storeWriter.failure() == null) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            if (System.nanoTime() - nextLineNanos >= 0) {
                nextLineNanos += PROGRESS_NANOS;
                out.println(
                        "database: " + (storeWriter.storedPosition() - from) * 100 / (to - from) + " % of the rest");
            }
        }
        storeWriter.close();
        if (storeWriter.failure() != null) {
            out.println("the database could not be written (" + storeWriter.failure()
                    + "); the trades are durable in the log, the next start copies them");
            return;
        }
        out.println("database up to date after another " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos)
                + " ms");
    }

    private static Instrument define(
            InstrumentRegistry registry, Symbol symbol, CsvTradeFile csv, BadLines badLines, PrintWriter out)
            throws IOException {
        CsvScales scales = csv.scales(badLines);
        AssetPair assets = AssetPair.of(symbol);
        Instrument instrument = registry.define(
                symbol, assets.base(), assets.quote(), scales.priceScale(), scales.quantityScale(), 1, 1);
        out.println("created " + symbol + ": base " + assets.base() + ", quote " + assets.quote() + ", price scale "
                + scales.priceScale() + ", quantity scale " + scales.quantityScale());
        return instrument;
    }

    private static void report(Instrument instrument, ImportSummary summary, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: %,d imported, %,d duplicates, %,d rejected, %,d bad lines; %,d trades/s, durable%n",
                instrument.symbol(),
                summary.progress().counts().accepted(),
                summary.progress().counts().duplicates(),
                summary.progress().counts().rejected(),
                summary.skippedCount(),
                summary.progress().tradesPerSecond());
        if (summary.firstTimeMillis() > 0) {
            out.println("  from " + Instant.ofEpochMilli(summary.firstTimeMillis()) + " to "
                    + Instant.ofEpochMilli(summary.lastTimeMillis()));
        }
        summary.firstSkipped().ifPresent(e -> out.println("  first bad line: " + e.getMessage()));
        summary.firstRejected()
                .ifPresent(rejection -> out.println("  first rejected: trade "
                        + rejection.trade().id() + ": " + rejection.reason().message()));
    }

    static Map<Instrument, Ticker> tickers(Map<Integer, InstrumentState> states) {
        Map<Instrument, Ticker> tickers = new HashMap<>();
        for (InstrumentState state : states.values()) {
            InstrumentSnapshot snapshot = state.snapshot();
            snapshot.ticker().ifPresent(ticker -> tickers.put(snapshot.instrument(), ticker));
        }
        return tickers;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
