package io.agx.market.server;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How fast a store moves by {@code market export} and {@code market import}, from H2 to PostgreSQL and back: a program, no test. Arguments: a folder, and
 * how many trades; 20 a second of one instrument. With 0 the real trades.
 */
final class TransferMeasure {
    private static final int GROUP = 5_000;

    private TransferMeasure() {}

    public static void main(String[] arguments) throws IOException {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        Path folder = Path.of(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        Path data = folder.resolve("data");
        if (count == 0) {
            run(
                    out,
                    StoreConfig.EMBEDDED,
                    "import",
                    RealTrades.file().toString(),
                    "--symbol",
                    RealTrades.SYMBOL,
                    "--skip-bad-lines",
                    "--data",
                    data.toString());
        } else {
            generate(data, count);
        }
        StoreConfig postgres = Postgres.shared().newDatabase();
        Path first = folder.resolve("first.market");
        Path second = folder.resolve("second.market");
        run(out, StoreConfig.EMBEDDED, "export", first.toString(), "--data", data.toString());
        out.println(Files.size(first) + " bytes");
        run(out, postgres, "import", first.toString(), "--data", data.toString());
        run(out, postgres, "export", second.toString(), "--data", data.toString());
        DataFolders.delete(data.resolve("db"));
        run(out, StoreConfig.EMBEDDED, "import", second.toString(), "--data", data.toString());
    }

    private static void generate(Path data, long count) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(data.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(RandomTrades.instrument(1)));
            for (long seq = 1; seq <= count; seq++) {
                log.append(new LogEntry.TradeAccepted(
                        1,
                        new Trade(
                                seq,
                                Long.toString(seq),
                                6_000_000 + seq * 7_919 % 10_007,
                                1 + seq * 104_729 % 100_000_007,
                                seq % 2 == 0 ? Side.BUY : Side.SELL,
                                RandomTrades.START + seq * 50,
                                false)));
                if (seq % GROUP == 0) {
                    log.force();
                }
            }
            log.force();
        }
        try (MarketData opened = MarketData.open(data)) {
            new StoreWriter(opened.store(), opened.log(), Map::of, position -> {}).drain();
        }
    }

    private static void run(PrintWriter out, StoreConfig config, String... arguments) {
        Map<String, String> environment = config.isEmbedded()
                ? Map.of()
                : Map.of(
                        "MARKET_DB_URL", config.url(),
                        "MARKET_DB_USER", config.user(),
                        "MARKET_DB_PASSWORD", config.password());
        long startNanos = System.nanoTime();
        int code = MarketCommand.run(new MarketActions(false), environment::get, out, out, arguments);
        out.println(arguments[0] + " -> " + code + " in "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + " ms");
    }
}
