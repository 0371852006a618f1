package io.agx.market.server.store;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: one connection that writes, and a pool of others that read.
 *
 * <p>It is atomic and durable, so nothing is noted before a batch. But more than one server can reach it: see {@link PostgresWriter} for the
 * lock, and {@link #move} for what is compared in each transaction.
 */
final class PostgresBackend implements StoreBackend {
    private final PostgresWriter writer;
    private final HikariDataSource pool;
    private final Jdbi readers;
    private final PartitionedTradeTable trades;
    private final KlineMerge klines = new KlineUpsert();

    private static final Logger LOG = LoggerFactory.getLogger(PostgresBackend.class);

    /** After a connection failed, one reader in so long tries again, and the others are refused at once: they would only wait as long. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int retainDays;
    /** Whether there may be partitions whose trades are not kept; the committing thread's. */
    private boolean leftovers = true;

    /** Where the next batch must begin. Written by whoever opens or commits. */
    private volatile long position;

    /** Why the last connection of a reader failed, until one succeeds. */
    private volatile @Nullable String outage;
    /** When a reader may try again. */
    private final AtomicLong probeNanos = new AtomicLong();

    PostgresBackend(PostgresWriter writer, HikariDataSource pool, PartitionedTradeTable trades, int retainDays) {
        this.retainDays = retainDays;
        this.writer = writer;
        this.pool = pool;
        this.readers = Jdbi.create(pool);
        this.trades = trades;
    }

    @Override
    public TradeRows trades() {
        return trades;
    }

    @Override
    public KlineMerge klines() {
        return klines;
    }

    @Override
    public <T> T read(HandleCallback<T, RuntimeException> query) {
        String reason = outage;
        if (reason != null) {
            long probe = probeNanos.get();
            long now = System.nanoTime();
            if (now - probe < 0 || !probeNanos.compareAndSet(probe, now + PROBE_NANOS)) {
                throw new StoreException(new SQLException("the database did not answer just now: " + reason));
            }
        }
        try {
            T answer = readers.withHandle(query);
            outage = null;
            return answer;
        } catch (JdbiException e) {
            if (PostgresSource.isOutage(e)) {
                probeNanos.set(System.nanoTime() + PROBE_NANOS);
                outage = String.valueOf(e.getMessage());
            }
            throw new StoreException(e);
        }
    }

    @Override
    public <T> T readAtLeisure(HandleCallback<T, RuntimeException> query) {
        try {
            return Jdbi.create(writer.source().leisurely()).withHandle(query);
        } catch (JdbiException e) {
            throw new StoreException(e);
        }
    }

    @Override
    public String checksumOf(String text) {
        return "SUM(CAST(CAST('x' || substr(md5(convert_to(" + text + ", 'UTF8')), 1, 16) AS BIT(64)) AS BIGINT))";
    }

    @Override
    public void write(HandleConsumer<SQLException> transaction) {
        writer.transact(transaction);
    }

    @Override
    public void begin(StoreBatch batch) {
        trades.ensurePartitions(writer, batch.trades());
    }

    /**
     * Compares before anything is written: a database that went back (a standby that took over without the last transactions) or forward
     * (another server wrote) is not written to, and the writer begins again at what is stored. The row stays locked to the transaction's end.
     */
    @Override
    public void requireOurs(Handle handle) throws SQLException {
        boolean same = handle.createQuery(
                        "SELECT log_position = ? AND writer = ? FROM checkpoint WHERE id = 1 FOR UPDATE")
                .bind(0, position)
                .bind(1, writer.generation())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
        if (!same) {
            throw new SQLException(writer.explainRefusal(handle, position));
        }
    }

    @Override
    public void move(Handle handle, long end) {
        handle.execute(
                "UPDATE checkpoint SET log_position = ?, written_time = ? WHERE id = 1",
                end,
                System.currentTimeMillis());
    }

    @Override
    public void end(long end) {
        position = end;
    }

    @Override
    public void failed() {
        trades.forget();
    }

    @Override
    public void continueFrom(long from) {
        position = from;
    }

    @Override
    public void bound(Handle handle) {
        handle.execute("UPDATE checkpoint SET writer = ?", writer.generation());
        position = 0;
    }

    /** Every transaction is durable when it is committed; so this finds out whether the database still is the one that they were in. */
    @Override
    public void flush() {
        check();
    }

    @Override
    public void check() {
        writer.transact(this::requireOurs);
    }

    /** What fails is tried again the next time: the trades are invisible already, or still all there. */
    @Override
    public void dropOldTrades(long clockMillis) {
        if (retainDays == 0) {
            return;
        }
        long kept = trades.keptFor(retainDays, clockMillis);
        if (kept > trades.keptMillis()) {
            writer.transact(handle -> {
                requireOurs(handle);
                trades.forgetBefore(handle, kept);
            });
            trades.forgotBefore(kept);
            leftovers = true;
        }
        if (!leftovers) {
            return;
        }
        try {
            for (TradePartition partition : read(handle -> PartitionedTradeTable.before(handle, kept))) {
                writer.transact(handle -> {
                    requireOurs(handle);
                    PartitionedTradeTable.drop(handle, partition);
                });
                LOG.info("trades dropped for their age: partition={} retainDays={}", partition.tableName(), retainDays);
            }
            leftovers = false;
        } catch (StoreException e) {
            LOG.warn("old trades cannot be dropped now: cause={}", e.getMessage());
        }
    }

    @Override
    public long keptTimeMillis() {
        return trades.keptMillis();
    }

    @Override
    public int readers() {
        return pool.getMaximumPoolSize();
    }

    @Override
    public void measure(MeterRegistry registry) {
        PoolMeters.bind(pool, registry);
    }

    @Override
    public void close() {
        pool.close();
        writer.close();
    }
}
