package io.agx.market.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a store on PostgreSQL, and brings its schema up to date. */
final class PostgresDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

    private PostgresDatabase() {}

    /** @throws IllegalStateException if it cannot be reached within 30 s, cannot be used, or another server has it open */
    static MarketStore open(StoreLocation location) {
        PostgresSource source = source(location);
        PostgresWriter writer = PostgresWriter.open(source);
        try {
            LOG.info("database is open: database={} {}", source, schema(source).migrate());
            writer.claim();
            PartitionedTradeTable trades = new PartitionedTradeTable();
            writer.transact(trades::load);
            MarketStore store = new JdbiMarketStore(new PostgresBackend(
                    writer, source.pool(location.connections() - 1), trades, location.retainDays()));
            store.checkpointPosition(); // The first batch is compared with it.
            return store;
        } catch (RuntimeException e) {
            writer.close();
            throw e instanceof IllegalStateException
                    ? e
                    : new IllegalStateException("the " + source + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Brings the schema up to date and returns one line on what was done. No server may have it open. */
    static String migrate(StoreLocation location) {
        PostgresSource source = source(location);
        PostgresWriter writer = PostgresWriter.open(source);
        try {
            return schema(source).migrate();
        } finally {
            writer.close();
        }
    }

    static StoreInfo info(StoreLocation location) {
        PostgresSource source = source(location);
        try (Connection connection = source.connectWriter();
                Handle handle = Jdbi.create(connection).open()) {
            Schema schema = schema(source);
            Optional<String> version = schema.version();
            return new StoreInfo(
                    location.toString(),
                    "PostgreSQL " + one(handle, String.class, "SHOW server_version"),
                    version,
                    schema.newestVersion(),
                    schema.pendingCount(),
                    one(handle, Long.class, "SELECT pg_database_size(current_database())"),
                    version.filter(schema.newestVersion()::equals).map(current -> content(handle)));
        } catch (SQLException e) {
            throw new IllegalStateException("the " + source + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static StoreInfo.Content content(Handle handle) {
        Map<Long, Long> counts = new HashMap<>();
        handle.createQuery("SELECT partition_start, SUM(trade_count) FROM trade_span GROUP BY partition_start")
                .map((row, context) -> counts.put(row.getLong(1), row.getLong(2)))
                .list();
        List<StoreInfo.Partition> partitions = new ArrayList<>();
        for (TradePartition each : PartitionedTradeTable.partitions(handle)) {
            partitions.add(new StoreInfo.Partition(
                    each.tableName(),
                    each.startMillis(),
                    each.endMillis(),
                    counts.getOrDefault(each.startMillis(), 0L),
                    handle.createQuery("SELECT pg_total_relation_size(CAST(? AS REGCLASS))")
                            .bind(0, each.tableName())
                            .mapTo(Long.class)
                            .one()));
        }
        return StoreInfo.Content.read(
                handle,
                counts.values().stream().mapToLong(count -> count).sum(),
                one(handle, Long.class, "SELECT COALESCE(MAX(kept_time), 0) FROM checkpoint"),
                one(handle, Long.class, "SELECT pg_total_relation_size('kline')"),
                partitions);
    }

    private static <T> T one(Handle handle, Class<T> type, String sql) {
        return handle.createQuery(sql).mapTo(type).one();
    }

    private static PostgresSource source(StoreLocation location) {
        return new PostgresSource(location.url(), location.user(), location.password());
    }

    private static Schema schema(PostgresSource source) {
        return new Schema(source.migrations(), "postgresql", source.toString());
    }
}
