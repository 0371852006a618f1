package io.agx.market.server.store;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * H2. It can bring back a part of a transaction that was under way when its process was killed: so what a batch will write is noted before, in a
 * transaction of its own.
 *
 * <p>When it cannot write its file it closes itself, and stays closed until its last connection is; the pool would keep those, for they look
 * well. So all connections are let go of when one says that the database is gone, and the next opens the file anew.
 */
final class EmbeddedBackend implements StoreBackend {
    /** DATABASE_IS_CLOSED, CONNECTION_BROKEN_1, OBJECT_CLOSED, IO_EXCEPTION_1 and _2, GENERAL_ERROR_1, which a store has that closed itself. */
    private static final Set<Integer> CLOSED = Set.of(90_098, 90_067, 90_007, 90_028, 90_031, 50_000);

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Runnable flush;
    private final Runnable close;
    private final TradeRows trades = new WholeTradeTable();
    private final KlineMerge klines = new KlineRows();

    /**
     * @param pool where connections come from
     * @param flush makes what is committed durable
     * @param close closes the database
     */
    EmbeddedBackend(HikariDataSource pool, Runnable flush, Runnable close) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        this.flush = flush;
        this.close = close;
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
        try {
            return jdbi.withHandle(query);
        } catch (JdbiException e) {
            letGoIfClosed(e);
            throw new StoreException(e);
        }
    }

    @Override
    public <T> T readAtLeisure(HandleCallback<T, RuntimeException> query) {
        return read(query);
    }

    @Override
    public String checksumOf(String text) {
        return "SUM(CAST(SUBSTRING(HASH('MD5', STRINGTOUTF8(" + text + ")) FROM 1 FOR 8) AS BIGINT))";
    }

    @Override
    public void write(HandleConsumer<SQLException> transaction) {
        try {
            jdbi.useTransaction(transaction);
        } catch (JdbiException | SQLException e) {
            letGoIfClosed(e);
            throw new StoreException(e);
        }
    }

    /** https://h2database.com/javadoc/org/h2/api/ErrorCode.html */
    private void letGoIfClosed(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && CLOSED.contains(sql.getErrorCode())) {
                pool.getHikariPoolMXBean().softEvictConnections();
                return;
            }
        }
    }

    @Override
    public void begin(StoreBatch batch) {
        write(handle -> handle.execute(
                "UPDATE checkpoint SET pending_from = log_position, pending_to = ?", batch.endPosition()));
    }

    @Override
    public void requireOurs(Handle handle) {
        // Nobody else can have it open.
    }

    @Override
    public void move(Handle handle, long position) {
        int rows = handle.execute(
                "UPDATE checkpoint SET log_position = ?, written_time = ? WHERE id = 1",
                position,
                System.currentTimeMillis());
        if (rows != 1) {
            throw new IllegalStateException("the store is not bound to a log: it has no checkpoint row");
        }
    }

    @Override
    public void end(long position) {
        write(handle -> handle.execute("UPDATE checkpoint SET pending_from = NULL, pending_to = NULL"));
    }

    @Override
    public void failed() {
        klines.forget();
    }

    @Override
    public void continueFrom(long position) {
        // Nobody else can have it open.
    }

    @Override
    public void bound(Handle handle) {
        // Nobody else can have it open.
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
    public void flush() {
        flush.run();
    }

    @Override
    public void check() {
        // It is in this process.
    }

    @Override
    public void dropOldTrades(long clockMillis) {
        // All are kept.
    }

    @Override
    public long keptTimeMillis() {
        return 0;
    }

    @Override
    public void close() {
        close.run();
    }
}
