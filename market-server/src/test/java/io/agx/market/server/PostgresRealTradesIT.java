package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.testing.Postgres;
import io.agx.market.server.testing.RunningMarket;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A week of real trades in PostgreSQL, read back over REST, is what another database's SQL says of the same file. */
final class PostgresRealTradesIT {
    @TempDir
    static Path dataDir;

    private static final StoreConfig DATABASE = Postgres.shared().newDatabase();
    private static RealTrades sql;

    @BeforeAll
    static void importFile() throws Exception {
        sql = RealTrades.load();
        assertThat(run(
                        "import",
                        "--symbol",
                        RealTrades.SYMBOL,
                        RealTrades.file().toString()))
                .contains("99,982 imported, 0 duplicates, 18 rejected, 0 bad lines");
    }

    @AfterAll
    static void close() throws Exception {
        sql.close();
    }

    @Test
    void restGivesEveryTradeAndCandleOfSql() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir, config -> config.withStore(DATABASE))) {
            MarketRest rest = new MarketRest(server);
            List<RealTrades.SqlTrade> trades = new ArrayList<>(RealTrades.TRADES);
            List<RealTrades.SqlTrade> page;
            do {
                page = rest.trades(trades.size() + 1, 1_500);
                trades.addAll(page);
            } while (!page.isEmpty());
            assertThat(trades).isEqualTo(sql.trades());
            for (String interval : RealTrades.INTERVALS) {
                assertThat(rest.allCandles(interval, "fill=false", 1_500))
                        .as(interval)
                        .isEqualTo(sql.candles(interval, 0));
            }
        }
    }

    @Test
    void verifyFindsNoDifferenceAndThenTheOneThatIsMade() throws Exception {
        assertThat(run(
                        "import",
                        "--symbol",
                        RealTrades.SYMBOL,
                        RealTrades.file().toString()))
                .contains("0 imported, 99,982 duplicates");
        assertThat(run("verify")).contains("equal: 99,982 trades, 74,522 klines and 1 tickers compared");
        Candle hour = sql.candles("1h", 0).get(100);
        String where = " WHERE kline_interval = '1h' AND open_time = " + hour.openTime();
        Postgres.shared().execute(DATABASE, "UPDATE kline SET quote_volume = quote_volume + 1" + where);

        assertThat(run("verify")).contains("differs: kline BTC-USD 1h " + hour.openTime(), ", 1 differences");

        Postgres.shared().execute(DATABASE, "UPDATE kline SET quote_volume = quote_volume - 1" + where);
    }

    private static String run(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                command, "--data", dataDir.toString(), "--db-url", DATABASE.url(), "--db-user", DATABASE.user()));
        line.addAll(List.of(arguments));
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        MarketCommand.run(
                new MarketActions(false),
                name -> "MARKET_DB_PASSWORD".equals(name) ? DATABASE.password() : null,
                out,
                out,
                line.toArray(new String[0]));
        return text.toString();
    }
}
