package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Ticker;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A week of real trades, imported by the command, is what SQL over the same file says, digit for digit. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealTradesIT {
    private static final int PAGE = 1_500;

    @TempDir
    static Path dataDir;

    private static RealTrades sql;
    private static String imported;
    private static TickerNumbers storedTicker;
    private static RunningMarket server;
    private static MarketRest rest;

    @BeforeAll
    static void importFile() throws Exception {
        sql = RealTrades.load();
        imported = run(0, "import", "--data", dataDir.toString(), "--symbol", RealTrades.SYMBOL, file());
        storedTicker = storedTicker(dataDir);
        server = RunningMarket.listening(dataDir);
        rest = new MarketRest(server);
    }

    @AfterAll
    static void stop() throws SQLException {
        if (server != null) {
            server.close();
        }
        sql.close();
    }

    @Test
    void importTellsEveryRow() {
        assertThat(imported).contains("99,982 imported, 0 duplicates, 18 rejected, 0 bad lines");
        assertThat(imported).contains("qty must be above 0, was 0");
        assertThat(imported).contains("from 2013-11-25T00:00:00Z to 2013-12-01T16:02:05Z");
    }

    @Test
    void sqlSeesTheSameRows() throws SQLException {
        assertThat(sql.number("SELECT COUNT(*) FROM line")).isEqualTo(RealTrades.ROWS);
        assertThat(sql.number("SELECT COUNT(*) FROM line WHERE amount = 0")).isEqualTo(RealTrades.ZERO_AMOUNTS);
        assertThat(sql.number("SELECT COUNT(*) FROM trade")).isEqualTo(RealTrades.TRADES);
    }

    @Test
    void importingAgainFindsOnlyDuplicatesAndVerifyNoDifference(@TempDir Path other) throws Exception {
        run(0, "import", "--data", other.toString(), "--symbol", RealTrades.SYMBOL, file());

        String again = run(0, "import", "--data", other.toString(), "--symbol", RealTrades.SYMBOL, file());
        assertThat(again).contains("0 imported, 99,982 duplicates, 18 rejected, 0 bad lines");
        assertThat(run(0, "verify", "--data", other.toString()))
                .contains("equal: 99,982 trades, 74,522 klines and 1 tickers compared");
        assertThat(storedTicker(other)).isEqualTo(sql.ticker(sql.lastTime()));
    }

    @Test
    void verifyFindsOneChangedDigit(@TempDir Path other) throws Exception {
        run(0, "import", "--data", other.toString(), "--symbol", RealTrades.SYMBOL, file());
        Candle hour = sql.candles("1h", 0).get(100);
        try (Connection database = database(other);
                Statement statement = database.createStatement()) {
            int changed = statement.executeUpdate("UPDATE kline SET quote_volume = quote_volume + 1"
                    + " WHERE kline_interval = '1h' AND open_time = " + hour.openTime());
            assertThat(changed).isEqualTo(1);
        }

        String told = run(1, "verify", "--data", other.toString());

        assertThat(told.lines().filter(line -> line.startsWith("differs: ")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("differs: kline BTC-USD 1h " + hour.openTime() + ": stored ")
                        .contains("should be"));
        assertThat(told).contains("DIFFERENT: ").contains(", 1 differences");
    }

    @Test
    void verifyFindsOneMissingAndOneInventedCandle(@TempDir Path other) throws Exception {
        run(0, "import", "--data", other.toString(), "--symbol", RealTrades.SYMBOL, file());
        Candle minute = sql.candles("1m", 0).get(77);
        long nowhere = sql.lastTime() + 86_400_000;
        try (Connection database = database(other);
                Statement statement = database.createStatement()) {
            statement.executeUpdate("UPDATE kline SET open_time = " + nowhere
                    + " WHERE kline_interval = '1m' AND open_time = " + minute.openTime());
        }

        assertThat(run(1, "verify", "--data", other.toString()))
                .contains("differs: kline BTC-USD 1m " + minute.openTime() + ": not stored")
                .contains("differs: kline BTC-USD 1m " + nowhere + ": stored, but no trade of the log is in it")
                .contains(", 2 differences");
    }

    @Test
    void storedTickerIsThatOfTheLastTradesTime() throws SQLException {
        assertThat(storedTicker).isEqualTo(sql.ticker(sql.lastTime()));
    }

    @Test
    void restGivesEveryTradePagedBySeq() throws Exception {
        List<RealTrades.SqlTrade> trades = new ArrayList<>(RealTrades.TRADES);
        List<RealTrades.SqlTrade> page;
        do {
            page = rest.trades(trades.size() + 1, PAGE);
            trades.addAll(page);
        } while (!page.isEmpty());

        assertThat(trades).isEqualTo(sql.trades());
    }

    @ParameterizedTest
    @CsvSource({"1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"})
    void restGivesTheCandlesOfSql(String interval) throws Exception {
        assertThat(rest.allCandles(interval, "fill=false", PAGE)).isEqualTo(sql.candles(interval, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "480,%2B08:00,1d", "480,%2B08:00,1w", "480,%2B08:00,1M", "480,%2B08:00,4h", "480,%2B08:00,3d",
        "-330,-05:30,1d", "-330,-05:30,1w", "-330,-05:30,1M", "-330,-05:30,4h", "-330,-05:30,1h",
        "345,%2B05:45,1d", "345,%2B05:45,1w", "345,%2B05:45,1M", "345,%2B05:45,4h", "345,%2B05:45,30m"
    })
    void restGivesTheCandlesOfOtherDays(int offsetMinutes, String offset, String interval) throws Exception {
        List<Candle> expected = sql.candles(interval, offsetMinutes);

        assertThat(rest.allCandles(interval, "fill=false&utcOffset=" + offset, PAGE))
                .isEqualTo(expected);
        // Pages that cut through days.
        assertThat(rest.allCandles(interval, "fill=false&utcOffset=" + offset, 7))
                .isEqualTo(expected);
    }

    @Test
    void limitAloneGivesTheNewest() throws Exception {
        List<Candle> minutes = sql.candles("1m", 0);

        for (int limit : new int[] {1, 2, 500, 1_500}) {
            assertThat(rest.candles("1m", "fill=false&limit=" + limit))
                    .isEqualTo(minutes.subList(minutes.size() - limit, minutes.size()));
        }
    }

    @ParameterizedTest
    @CsvSource({"1s", "1m", "15m", "1h", "1d", "1w", "1M"})
    void anyRangeIsThatOfAStraightLoop(String interval) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Candle> traded = sql.candles(interval, 0);
        List<Candle> filled = Candle.filled(traded, sql.lastTime());
        long first = traded.get(0).openTime();
        long last = traded.get(traded.size() - 1).openTime();
        for (int i = 0; i < 30; i++) {
            boolean fill = random.nextBoolean();
            @Nullable Long start = random.nextInt(4) == 0 ? null : moment(random, first, last);
            @Nullable
            Long end =
                    start == null || random.nextBoolean() ? moment(random, start == null ? first : start, last) : null;
            if (end == null && fill) {
                end = last; // Flat candles go on up to now, thirteen years later.
            }
            if (start != null && end != null && start > end) {
                continue;
            }
            int limit = 1 + random.nextInt(random.nextBoolean() ? 5 : PAGE);
            String query = "fill=" + fill + "&limit=" + limit + (start == null ? "" : "&startTime=" + start)
                    + (end == null ? "" : "&endTime=" + end);

            assertThat(rest.candles(interval, query))
                    .as("seed " + seed + ", " + interval + " " + query)
                    .isEqualTo(range(fill ? filled : traded, start, end, limit));
        }
    }

    @Test
    void nothingIsBeforeTheFirstTrade() throws Exception {
        long first = sql.candles("1m", 0).get(0).openTime();

        for (String fill : new String[] {"fill=true", "fill=false"}) {
            assertThat(rest.candles("1m", fill + "&endTime=" + (first - 1))).isEmpty();
            assertThat(rest.candles("1m", fill + "&startTime=0&endTime=" + (first - 1)))
                    .isEmpty();
            assertThat(rest.candles("1m", fill + "&startTime=0&limit=3&endTime=" + (first + 86_400_000)))
                    .isEqualTo(sql.candles("1m", 0).subList(0, 3));
        }
    }

    @Test
    void afterTheLastTradeAreFlatCandlesOrNone() throws Exception {
        List<Candle> minutes = sql.candles("1m", 0);
        Candle last = minutes.get(minutes.size() - 1);
        long end = last.closeTime() + 1 + 9 * 60_000;

        assertThat(rest.candles("1m", "fill=false&startTime=" + (last.closeTime() + 1)))
                .isEmpty();
        assertThat(rest.candles("1m", "fill=true&startTime=" + (last.closeTime() + 1) + "&endTime=" + end))
                .hasSize(10)
                .isEqualTo(Candle.filled(List.of(last), end).subList(1, 11));
        assertThat(rest.candles("1m", "limit=5")).hasSize(5).allSatisfy(flat -> {
            assertThat(flat.count()).isZero();
            assertThat(flat.close()).isEqualTo(last.close());
            assertThat(flat.seq()).isEqualTo(last.seq());
        });
    }

    @ParameterizedTest
    @CsvSource({"1m,fill=false,1000", "1m,fill=true,1000", "1h,fill=true,7", "1d,fill=false,2", "1s,fill=true,1500"})
    void pagesBackwardsMeetWithoutHoleOrOverlap(String interval, String fill, int limit) throws Exception {
        List<Candle> traded = sql.candles(interval, 0);
        if (interval.equals("1s")) {
            traded = traded.subList(0, 2_000);
        }
        long lastOpen = traded.get(traded.size() - 1).openTime();
        List<Candle> expected = fill.equals("fill=true") ? Candle.filled(traded, lastOpen) : traded;

        List<Candle> all = new ArrayList<>();
        long end = lastOpen;
        List<Candle> page;
        do {
            page = rest.candles(interval, fill + "&limit=" + limit + "&endTime=" + end);
            all.addAll(0, page);
            end = page.isEmpty() ? end : page.get(0).openTime() - 1;
        } while (!page.isEmpty());

        assertThat(all).isEqualTo(expected);
    }

    private static long moment(Random random, long from, long to) {
        long span = Math.max(1_000, to - from);
        return from - span / 10 + (long) (random.nextDouble() * span * 1.1);
    }

    private static List<Candle> range(List<Candle> candles, @Nullable Long start, @Nullable Long end, int limit) {
        List<Candle> in = candles.stream()
                .filter(candle ->
                        (start == null || candle.openTime() >= start) && (end == null || candle.openTime() <= end))
                .toList();
        int size = Math.min(limit, in.size());
        return start == null ? in.subList(in.size() - size, in.size()) : in.subList(0, size);
    }

    static String run(int exitCode, String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        int code = MarketCommand.run(new MarketActions(false), name -> null, out, out, arguments);
        out.flush();
        assertThat(code).as(text.toString()).isEqualTo(exitCode);
        return text.toString();
    }

    static String file() {
        return RealTrades.file().toString();
    }

    private static Connection database(Path dataDir) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:h2:file:" + dataDir.toAbsolutePath().resolve("db").resolve("market"));
    }

    private static TickerNumbers storedTicker(Path dataDir) throws IOException {
        try (MarketStore store = StoreDatabase.openEmbedded(dataDir.resolve("db"))) {
            Instrument instrument = store.instruments().get(0);
            Ticker ticker = store.tickers().get(instrument.id());
            int price = instrument.priceScale();
            int quantity = instrument.quantityScale();
            return new TickerNumbers(
                    ticker.seq(),
                    FixedPoint.format(ticker.last(), price),
                    FixedPoint.format(ticker.lastQuantity(), quantity),
                    FixedPoint.format(ticker.open(), price),
                    FixedPoint.format(ticker.high(), price),
                    FixedPoint.format(ticker.low(), price),
                    ticker.volume().format(quantity),
                    ticker.quoteVolume().format(price + quantity),
                    ticker.count(),
                    ticker.openTimeMillis());
        }
    }
}
