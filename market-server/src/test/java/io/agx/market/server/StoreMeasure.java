package io.agx.market.server;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.TradeValidator;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.JournalConfig;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;

/**
 * Prints how many durable trades a second go from ingest through the log into PostgreSQL: {@code StoreMeasure DIRECTORY [ROUNDS]}; the directory
 * must be empty. A round is the 99,982 real trades of the tests, a week later each, for one instrument; PostgreSQL is the tests' own,
 * {@code fsync=on}. The clock runs until the stored position is the log's end. Then all is verified. {@code h2} as third argument measures
 * the embedded database.
 */
public final class StoreMeasure {
    private static final int SCALE = 8;
    private static final int BATCH = 500;
    private static final int MAX_IN_FLIGHT = 16;
    private static final long WEEK_MILLIS = TimeUnit.DAYS.toMillis(7);

    private record Row(long timeMillis, long price, long quantity) {}

    private StoreMeasure() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 12;
        if (args.length > 2 && args[2].equals("h2")) {
            measure(directory, StoreConfig.EMBEDDED, rounds);
            return;
        }
        try (Postgres postgres = Postgres.start(directory.resolve("postgres"))) {
            measure(directory, postgres.newDatabase(), rounds);
        }
    }

    private static void measure(Path directory, StoreConfig database, int rounds) throws Exception {
        List<Row> rows = rows();
        try (MarketData data = MarketData.open(directory.resolve("data"), database)) {
            StoreWriter writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
            Journal journal = Journal.open(
                    data.log(),
                    List.of(),
                    JournalConfig.DEFAULT,
                    new StoredTrades(data.store(), writer::storedPosition));
            journal.start();
            writer.start();
            InstrumentRegistry registry =
                    new InstrumentRegistry(journal, journal.instruments().values());
            Instrument instrument = registry.define(new Symbol("BTC-USD"), "BTC", "USD", SCALE, SCALE, 1, 1);
            Ingest ingest = new Ingest(new TradeValidator(() -> 0, Long.MAX_VALUE), journal);
            long start = System.nanoTime();
            publish(ingest, instrument, rows, rounds);
            long durable = System.nanoTime();
            long end = data.log().durablePosition();
            while (writer.storedPosition() < end) {
                if (writer.failure() != null) {
                    throw new IllegalStateException(writer.failure());
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            long stored = System.nanoTime();
            long trades = (long) rounds * rows.size();
            print(String.format(
                    Locale.ROOT,
                    "%,d trades: durable in the log after %,d ms (%,d/s), in the database after %,d ms (%,d/s)",
                    trades,
                    TimeUnit.NANOSECONDS.toMillis(durable - start),
                    perSecond(trades, durable - start),
                    TimeUnit.NANOSECONDS.toMillis(stored - start),
                    perSecond(trades, stored - start)));
            journal.close();
            writer.close();
        }
        try (MarketData data = MarketData.open(directory.resolve("data"), database)) {
            StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), StoreMeasure::print);
            long differences = verifier.run();
            print(String.format(
                    Locale.ROOT,
                    "verify: %,d trades, %,d klines, %,d differences",
                    verifier.tradeCount(),
                    verifier.klineCount(),
                    differences));
        }
    }

    private static void publish(Ingest ingest, Instrument instrument, List<Row> rows, int rounds) {
        List<CompletableFuture<List<TradeResult>>> inFlight = new ArrayList<>();
        long id = 0;
        for (int round = 0; round < rounds; round++) {
            for (int from = 0; from < rows.size(); from += BATCH) {
                List<NewTrade> batch = new ArrayList<>(BATCH);
                for (Row row : rows.subList(from, Math.min(rows.size(), from + BATCH))) {
                    batch.add(new NewTrade(
                            instrument,
                            Long.toString(++id),
                            row.price,
                            row.quantity,
                            Side.ofCode((int) (id % 3)),
                            row.timeMillis + round * WEEK_MILLIS,
                            false));
                }
                inFlight.add(offer(ingest, batch));
                if (inFlight.size() == MAX_IN_FLIGHT) {
                    inFlight.remove(0).join();
                }
            }
        }
        inFlight.forEach(CompletableFuture::join);
    }

    private static CompletableFuture<List<TradeResult>> offer(Ingest ingest, List<NewTrade> batch) {
        while (true) {
            if (ingest.offer(batch) instanceof Offer.Accepted accepted) {
                return accepted.durable();
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>(RealTrades.TRADES);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(RealTrades.file())), StandardCharsets.US_ASCII))) {
            lines.readLine();
            String line;
            while ((line = lines.readLine()) != null) {
                String[] cells = line.split(",", -1);
                long quantity = scaled(cells[2]);
                if (quantity > 0) {
                    rows.add(new Row(Long.parseLong(cells[0]) * 1_000, scaled(cells[1]), quantity));
                }
            }
        }
        return rows;
    }

    private static long scaled(String decimal) {
        return new BigDecimal(decimal).movePointRight(SCALE).longValueExact();
    }

    private static long perSecond(long count, long nanos) {
        return count * 1_000_000_000L / nanos;
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
