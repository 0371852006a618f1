package io.agx.market.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * The real trades in a database of their own, and what SQL makes of them: an independent computation of candles and ticker,
 * which shares no code with the product. {@code seq} is the number of the row among those with an amount above 0.
 */
final class RealTrades implements AutoCloseable {
    static final String SYMBOL = "BTC-USD";
    static final int ROWS = 100_000;
    static final int ZERO_AMOUNTS = 18;
    static final int TRADES = ROWS - ZERO_AMOUNTS;

    static final List<String> INTERVALS =
            List.of("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M");

    private static final long SECOND = 1_000;
    private static final long DAY = 86_400_000;

    private final Connection database;

    private RealTrades(Connection database) {
        this.database = database;
    }

    static Path file() {
        try {
            return Path.of(Objects.requireNonNull(
                            RealTrades.class.getResource("/data/bitstamp-btcusd-trades-2013-11-25.csv.gz"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static RealTrades load() throws SQLException {
        Connection database = DriverManager.getConnection("jdbc:h2:mem:");
        try (Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE line (row_number BIGINT PRIMARY KEY, trade_time BIGINT NOT NULL,"
                    + " price DECIMAL(24, 12) NOT NULL, amount DECIMAL(24, 12) NOT NULL)");
            insertLines(database);
            statement.execute("CREATE TABLE trade AS SELECT ROW_NUMBER() OVER (ORDER BY row_number) AS seq, trade_time,"
                    + " price, amount FROM line WHERE amount > 0");
        }
        return new RealTrades(database);
    }

    private static void insertLines(Connection database) throws SQLException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file())), StandardCharsets.US_ASCII));
                PreparedStatement insert = database.prepareStatement("INSERT INTO line VALUES (?, ?, ?, ?)")) {
            lines.readLine();
            long row = 0;
            String line;
            while ((line = lines.readLine()) != null) {
                String[] cells = line.split(",", -1);
                insert.setLong(1, ++row);
                insert.setLong(2, Long.parseLong(cells[0]) * SECOND);
                insert.setBigDecimal(3, new BigDecimal(cells[1]));
                insert.setBigDecimal(4, new BigDecimal(cells[2]));
                insert.addBatch();
                if (row % 1_000 == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A trade: what the feed says of it, and its seq. */
    record SqlTrade(long seq, long time, String price, String qty) {
        static SqlTrade of(Map<String, Object> json) {
            return new SqlTrade((Long) json.get("seq"), (Long) json.get("time"), (String) json.get("price"), (String)
                    json.get("qty"));
        }
    }

    List<SqlTrade> trades() throws SQLException {
        List<SqlTrade> trades = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM trade ORDER BY seq")) {
            while (row.next()) {
                trades.add(new SqlTrade(row.getLong(1), row.getLong(2), decimal(row, 3), decimal(row, 4)));
            }
        }
        return trades;
    }

    /** Candles with trades, ascending; their buckets begin at midnight, Monday and the first of that offset from UTC. */
    List<Candle> candles(String interval, int utcOffsetMinutes) throws SQLException {
        long offset = utcOffsetMinutes * 60_000L;
        String local = "(trade_time + " + offset + ")";
        String open = switch (interval) {
            case "1M" ->
                "DATEDIFF('MILLISECOND', TIMESTAMP '1970-01-01 00:00:00', DATE_TRUNC('MONTH',"
                        + " DATEADD('MILLISECOND', " + local + ", TIMESTAMP '1970-01-01 00:00:00')))";
            // 1970-01-05 was a Monday.
            case "1w" -> local + " - MOD(" + local + " - " + 4 * DAY + ", " + 7 * DAY + ")";
            default -> local + " - MOD(" + local + ", " + millis(interval) + ")";
        };
        String next = interval.equals("1M")
                ? "DATEDIFF('MILLISECOND', TIMESTAMP '1970-01-01 00:00:00', DATEADD('MONTH', 1, DATEADD('MILLISECOND',"
                        + " local_open, TIMESTAMP '1970-01-01 00:00:00')))"
                : "local_open + " + millis(interval);
        String sql = "WITH bucketed AS (SELECT " + open + " AS local_open, seq, trade_time, price, amount FROM trade),"
                + " ranked AS (SELECT bucketed.*,"
                + " ROW_NUMBER() OVER (PARTITION BY local_open ORDER BY trade_time, seq) AS from_first,"
                + " ROW_NUMBER() OVER (PARTITION BY local_open ORDER BY trade_time DESC, seq DESC) AS from_last"
                + " FROM bucketed)"
                + " SELECT local_open - " + offset + ", " + next + " - " + offset + ","
                + " MAX(CASE WHEN from_first = 1 THEN price END), MAX(price), MIN(price),"
                + " MAX(CASE WHEN from_last = 1 THEN price END), SUM(amount), SUM(price * amount), COUNT(*), MIN(seq),"
                + " MAX(seq) FROM ranked GROUP BY local_open ORDER BY local_open";
        List<Candle> candles = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                candles.add(new Candle(
                        interval,
                        row.getLong(1),
                        row.getLong(2) - 1,
                        decimal(row, 3),
                        decimal(row, 4),
                        decimal(row, 5),
                        decimal(row, 6),
                        decimal(row, 7),
                        decimal(row, 8),
                        row.getLong(9),
                        row.getLong(10),
                        row.getLong(11)));
            }
        }
        return candles;
    }

    /** Takes out the trades from a moment on: what is computed from then on is as of that moment. */
    void forgetFrom(long timeMillis) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("DELETE FROM trade WHERE trade_time >= " + timeMillis);
        }
    }

    /** Time of the last trade. */
    long lastTime() throws SQLException {
        return number("SELECT MAX(trade_time) FROM trade");
    }

    long number(String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The ticker at a moment after all trades: the 86,400 seconds that end with the second of that moment. */
    TickerNumbers ticker(long timeMillis) throws SQLException {
        long openTime = (timeMillis / SECOND - 86_399) * SECOND;
        String inWindow = " FROM trade WHERE trade_time >= " + openTime + " AND trade_time <= " + timeMillis;
        String last = " FROM trade ORDER BY trade_time DESC, seq DESC LIMIT 1";
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT (SELECT MAX(seq) FROM trade), (SELECT price" + last
                        + "), (SELECT amount" + last + "), (SELECT price" + inWindow
                        + " ORDER BY trade_time, seq LIMIT 1), MAX(price), MIN(price), SUM(amount), SUM(price * amount),"
                        + " COUNT(*)" + inWindow)) {
            row.next();
            return new TickerNumbers(
                    row.getLong(1),
                    decimal(row, 2),
                    decimal(row, 3),
                    decimal(row, 4),
                    decimal(row, 5),
                    decimal(row, 6),
                    decimal(row, 7),
                    decimal(row, 8),
                    row.getLong(9),
                    openTime);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }

    /** Length of an interval of fixed length. */
    static long millis(String interval) {
        long count = Long.parseLong(interval.substring(0, interval.length() - 1));
        return switch (interval.charAt(interval.length() - 1)) {
            case 's' -> count * SECOND;
            case 'm' -> count * 60 * SECOND;
            case 'h' -> count * 3_600 * SECOND;
            case 'd' -> count * DAY;
            case 'w' -> count * 7 * DAY;
            default -> throw new IllegalArgumentException(interval + " has no fixed length");
        };
    }

    private static String decimal(ResultSet row, int column) throws SQLException {
        return row.getBigDecimal(column).stripTrailingZeros().toPlainString();
    }
}
