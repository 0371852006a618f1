package io.agx.market.server;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.jetty.EmbeddedServer;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Prints how long a restart takes: {@code RestartMeasure DIRECTORY [TRADES]}; the directory must be empty. Logs the trades, of 20
 * instruments over 20 hours up to now, and then opens the folder in a fresh JVM until it is ready: first with nothing of it in the
 * database, so that all is replayed, then with all of it.
 */
public final class RestartMeasure {
    private static final int INSTRUMENTS = 20;
    private static final int GROUP = 5_000;
    private static final long SPAN_MILLIS = TimeUnit.HOURS.toMillis(20);
    private static final int REPEATS = 3;

    private RestartMeasure() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        if (args.length > 1 && args[1].equals("open")) {
            open(directory);
            return;
        }
        int trades = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        fill(directory, trades);
        for (int i = 0; i < REPEATS; i++) {
            deleteDatabase(directory);
            openInFreshJvm("not stored", directory);
        }
        long start = System.nanoTime();
        store(directory);
        print(String.format(
                Locale.ROOT,
                "stored in %,d ms, database of %,d bytes",
                millisSince(start),
                Files.size(directory.resolve("db/market.mv.db"))));
        for (int i = 0; i < REPEATS; i++) {
            openInFreshJvm("stored", directory);
        }
    }

    private static void fill(Path directory, int trades) throws IOException {
        Random random = new Random(1);
        long from = System.currentTimeMillis() - SPAN_MILLIS;
        long[] seqs = new long[INSTRUMENTS + 1];
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory.resolve("log"))) {
            for (int id = 1; id <= INSTRUMENTS; id++) {
                log.append(new LogEntry.InstrumentDefined(RandomTrades.instrument(id)));
            }
            for (int i = 0; i < trades; i++) {
                Instrument instrument = RandomTrades.instrument(1 + random.nextInt(INSTRUMENTS));
                long seq = ++seqs[instrument.id()];
                log.append(new LogEntry.TradeAccepted(
                        instrument.id(),
                        new Trade(
                                seq,
                                Long.toString(i + 1L),
                                100_000 + random.nextInt(10_000),
                                1 + random.nextInt(100_000_000),
                                Side.ofCode(random.nextInt(3)),
                                from + i * SPAN_MILLIS / trades,
                                false)));
                if (i % GROUP == GROUP - 1) {
                    log.force();
                }
            }
            log.force();
        }
    }

    private static void store(Path directory) throws IOException {
        try (MarketData data = MarketData.open(directory)) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
        }
    }

    private static void deleteDatabase(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("db/market.mv.db"));
    }

    private static void openInFreshJvm(String what, Path directory) throws IOException, InterruptedException {
        print(what + ":");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RestartMeasure.class.getName(),
                        directory.toString(),
                        "open")
                .inheritIO()
                .start();
        process.waitFor();
    }

    private static void open(Path directory) throws IOException {
        long jvmStartMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        long start = System.nanoTime();
        MarketConfig config = MarketConfig.defaults(directory).withFeed(FeedConfig.NONE);
        MarketServer market = new MarketServer(config);
        EmbeddedServer http = new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS, market::install);
        market.start();
        http.start();
        if (market.notReady().isPresent()) {
            throw new IllegalStateException(market.notReady().get());
        }
        print(String.format(
                Locale.ROOT,
                "  open to ready %,d ms, JVM start to ready %,d ms, %,d trades",
                millisSince(start),
                System.currentTimeMillis() - jvmStartMillis,
                market.totalTrades()));
        // As after a crash: what is stored meanwhile must not change the next measurement.
        System.exit(0);
    }

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
