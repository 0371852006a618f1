package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.SeqRange;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreInfo;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.Postgres;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the first released schema, with data, to this one: the database of that time is written here by plain SQL. */
final class UpgradeTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final int STORED = 3_000;
    private static final int LOGGED = 3_500;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final List<Trade> trades = new RandomTrades(seed).next(BTC, 1, LOGGED);

    @Test
    void anEmbeddedDatabaseOfTheFirstSchemaIsBroughtUpToDate() throws Exception {
        upgrade(StoreConfig.EMBEDDED, "jdbc:h2:file:" + folder.resolve("db/market"), "", "", "h2");
    }

    @Test
    void aPostgresqlDatabaseOfTheFirstSchemaIsBroughtUpToDateAndPartitioned() throws Exception {
        StoreConfig database = Postgres.shared().newDatabase();
        upgrade(database, database.url(), database.user(), database.password(), "postgresql");

        StoreInfo.Content content = StoreDatabase.info(MarketData.locationOf(folder, database))
                .content()
                .orElseThrow();
        assertThat(content.partitions()).hasSizeGreaterThan(1);
        assertThat(content.tradeCount()).isEqualTo(LOGGED);
    }

    private void upgrade(StoreConfig database, String url, String user, String password, String vendor)
            throws Exception {
        Flyway.configure()
                .dataSource(url, user, password)
                .locations("classpath:db/migration/common", "classpath:db/migration/" + vendor)
                .target("1")
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(url, user, password);
                SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            trades.subList(0, STORED).forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
            fill(connection, log);
            trades.subList(STORED, LOGGED).forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }

        try (MarketData data = MarketData.open(folder, database)) {
            assertThat(data.store().tradesBySeq(1, 1, Long.MAX_VALUE, Integer.MAX_VALUE))
                    .as("seed %s", seed)
                    .isEqualTo(trades.subList(0, STORED));
            assertThat(data.store().lastSeq(1)).isEqualTo(STORED);
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
            assertThat(data.store().tradesByTime(1, SeqRange.ALL, 0, Long.MAX_VALUE, LOGGED + 1, true))
                    .as("seed %s", seed)
                    .isEqualTo(trades);
            assertEqual(data);
        }
        try (RunningMarket market = new RunningMarket(folder, config -> config.withStore(database))) {
            assertThat(market.server().totalTrades()).isEqualTo(LOGGED);
            assertThat(market.server().notReady()).isEmpty();
        }
    }

    private void assertEqual(MarketData data) throws IOException {
        List<String> differences = new ArrayList<>();
        StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), differences::add);
        verifier.run();
        assertThat(differences).as("seed %s", seed).isEmpty();
        assertThat(verifier.tradeCount()).isEqualTo(LOGGED);
    }

    /** The rows that the first version wrote. */
    private void fill(Connection connection, SegmentedTradeLog log) throws SQLException {
        execute(
                connection,
                "INSERT INTO log_identity VALUES (1, ?)",
                log.epoch().toString());
        execute(connection, "INSERT INTO checkpoint VALUES (1, ?, 1)", log.durablePosition());
        execute(connection, "INSERT INTO asset VALUES (?)", BTC.baseAsset());
        execute(connection, "INSERT INTO asset VALUES (?)", BTC.quoteAsset());
        execute(
                connection,
                "INSERT INTO instrument VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                BTC.id(),
                BTC.symbol().value(),
                BTC.baseAsset(),
                BTC.quoteAsset(),
                BTC.priceScale(),
                BTC.quantityScale(),
                BTC.tickSize(),
                BTC.stepSize(),
                BTC.status().name());
        KlineAggregator aggregator = new KlineAggregator();
        connection.setAutoCommit(false);
        for (Trade trade : trades.subList(0, STORED)) {
            aggregator.add(trade);
            execute(
                    connection,
                    "INSERT INTO trade (instrument_id, seq, trade_id, price, quantity, taker_side, trade_time, backfill)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    1,
                    trade.seq(),
                    trade.id(),
                    trade.price(),
                    trade.quantity(),
                    trade.takerSide().code(),
                    trade.timeMillis(),
                    trade.backfill());
        }
        for (Kline kline : aggregator.drain()) {
            execute(
                    connection,
                    "INSERT INTO kline VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    1,
                    kline.interval().code(),
                    kline.openTimeMillis(),
                    kline.nextOpenTimeMillis(),
                    kline.open(),
                    kline.high(),
                    kline.low(),
                    kline.close(),
                    decimal(kline.volume()),
                    decimal(kline.quoteVolume()),
                    decimal(kline.takerBuyVolume()),
                    decimal(kline.takerBuyQuoteVolume()),
                    kline.count(),
                    kline.firstSeq(),
                    kline.seq(),
                    kline.firstTradeTimeMillis(),
                    kline.lastTradeTimeMillis());
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static BigDecimal decimal(Sum128 sum) {
        return new BigDecimal(sum.toBigInteger());
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }
}
