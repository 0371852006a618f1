package io.agx.market.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection through which a PostgreSQL database is written. Thread-safe: one transaction at a time.
 *
 * <p>Its session holds an advisory lock for as long as it lives, so a second server on the same schema is refused. Who writes holds the
 * lock: a session that was lost has neither. Against one that only seems lost, each opening counts {@code checkpoint.writer} up, and
 * every transaction compares it ({@link PostgresBackend#move}).
 */
final class PostgresWriter implements AutoCloseable {
    /** "mkt"; the second half of the lock's key is the schema's. */
    private static final int LOCK_CLASS = 0x6d6b74;

    /**
     * How long a lock is waited for that a session holds which may be about to end: the server notices within 9 s that its
     * peer is gone ({@link PostgresSource}).
     */
    private static final long LOCK_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When it is lost amid running: whoever writes tries again anyway. */
    private static final long RELOCK_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A transaction that takes longer is cut off: the socket has no time-out for writing, and a network may swallow everything. */
    private static final long TRANSACTION_SECONDS = 20;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int VALIDATION_SECONDS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresWriter.class);

    /** Whose lock it is. */
    private record Holder(int pid, String startTime, String description) {}

    private final PostgresSource source;
    private final ScheduledExecutorService deadlines;
    private @Nullable Connection connection;
    /** Our last session, which the server may not have noticed to be gone. */
    private @Nullable Holder lastSession;

    private volatile long generation;
    private boolean closed;

    private PostgresWriter(PostgresSource source) {
        this.source = source;
        deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "market-store-deadline");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Connects, waiting for a database that does not answer yet, and takes the lock.
     *
     * @throws IllegalStateException if it cannot be reached or used, or another server has it
     */
    static PostgresWriter open(PostgresSource source) {
        PostgresWriter writer = new PostgresWriter(source);
        try {
            writer.begin(source.connectPatiently(), LOCK_PATIENCE_NANOS);
            return writer;
        } catch (SQLException | RuntimeException e) {
            writer.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private synchronized void begin(Connection fresh, long patienceNanos) throws SQLException {
        try {
            source.requireVersion(fresh);
            lock(fresh, patienceNanos);
            connection = fresh;
        } catch (SQLException | RuntimeException e) {
            abort(fresh);
            throw e;
        }
    }

    /** Counts this opening; before the first transaction that is compared. */
    void claim() {
        transact(handle -> generation = handle.createQuery("UPDATE checkpoint SET writer = writer + 1 RETURNING writer")
                .mapTo(Long.class)
                .findOne()
                .orElse(1L));
    }

    /** Where its connections come from. */
    PostgresSource source() {
        return source;
    }

    /** Which opening of the database this is. */
    long generation() {
        return generation;
    }

    /** Runs a transaction. @throws StoreException if it fails; whether a failed commit was done is not known */
    synchronized void transact(HandleConsumer<SQLException> work) {
        Connection current = null;
        try {
            current = connected();
            Connection watched = current;
            Future<?> deadline = deadlines.schedule(() -> cutOff(watched), TRANSACTION_SECONDS, TimeUnit.SECONDS);
            try {
                Jdbi.create(current).useTransaction(work);
            } finally {
                deadline.cancel(false);
            }
        } catch (SQLException | JdbiException e) {
            if (current != null && !isUsable(current)) {
                abort(current);
                connection = null;
            }
            throw new StoreException(e);
        }
    }

    private Connection connected() throws SQLException {
        if (closed) {
            throw new SQLException("the store is closed");
        }
        Connection current = connection;
        if (current != null && !current.isClosed()) {
            return current;
        }
        connection = null;
        Connection fresh = source.connectWriter();
        begin(fresh, RELOCK_PATIENCE_NANOS);
        LOG.info("database is connected again: database={}", source);
        return fresh;
    }

    private void cutOff(Connection watched) {
        LOG.warn("database transaction cut off after {} s: database={}", TRANSACTION_SECONDS, source);
        abort(watched);
    }

    private static boolean isUsable(Connection connection) {
        try {
            return !connection.isClosed() && connection.isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("connection cannot be aborted: cause={}", e.toString());
        }
    }

    private void lock(Connection fresh, long patienceNanos) throws SQLException {
        Handle handle = Jdbi.create(fresh).open();
        long deadline = System.nanoTime() + patienceNanos;
        boolean told = false;
        while (!tryLock(handle)) {
            Optional<Holder> holder = holder(handle);
            if (holder.isPresent() && isLastSession(holder.get())) {
                LOG.info("our last session still holds the database's lock and is ended: pid={}", holder.get().pid);
                handle.createQuery("SELECT pg_terminate_backend(?)")
                        .bind(0, holder.get().pid)
                        .mapTo(Boolean.class)
                        .one();
            } else if (!told) {
                told = true;
                LOG.warn(
                        "another session holds the database's lock; waited for, for {} s: database={} holder={}",
                        TimeUnit.NANOSECONDS.toSeconds(patienceNanos),
                        source,
                        holder.map(Holder::description).orElse("gone"));
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new SQLException("the " + source + " is in use by another server: "
                        + holder.map(Holder::description).orElse("its session has just ended"));
            }
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
        lastSession = handle.createQuery("SELECT pid, CAST(backend_start AS VARCHAR) FROM pg_stat_activity"
                        + " WHERE pid = pg_backend_pid()")
                .map((row, context) -> new Holder(row.getInt(1), row.getString(2), "our own"))
                .one();
    }

    private boolean isLastSession(Holder holder) {
        return lastSession != null && lastSession.pid == holder.pid && lastSession.startTime.equals(holder.startTime);
    }

    private static boolean tryLock(Handle handle) {
        return handle.createQuery("SELECT pg_try_advisory_lock(?, hashtext(current_schema()))")
                .bind(0, LOCK_CLASS)
                .mapTo(Boolean.class)
                .one();
    }

    private static Optional<Holder> holder(Handle handle) {
        return handle.createQuery("SELECT a.pid, CAST(a.backend_start AS VARCHAR), a.application_name,"
                        + " COALESCE(host(a.client_addr), 'this machine'), a.usename"
                        + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                        + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND CAST(l.classid AS BIGINT) = ?"
                        + " AND CAST(l.objid AS BIGINT) = CAST(hashtext(current_schema()) AS BIGINT) & 4294967295"
                        + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                .bind(0, (long) LOCK_CLASS)
                .map((row, context) -> new Holder(
                        row.getInt(1),
                        String.valueOf(row.getString(2)),
                        "session " + row.getInt(1) + " of \"" + row.getString(3) + "\" from " + row.getString(4)
                                + ", since " + row.getString(2)))
                .findFirst();
    }

    /** Why a comparison failed. */
    String explainRefusal(Handle handle, long expected) {
        return handle.createQuery("SELECT log_position, writer FROM checkpoint")
                .map((row, context) -> row.getLong(2) == generation
                        ? "the " + source + " is at position " + row.getLong(1) + " and not at " + expected
                                + ", where this server left it"
                        : "the " + source + " was opened by another server since (opening " + row.getLong(2)
                                + ", this server's was " + generation + "); this one must not write to it any more")
                .findOne()
                .orElse("the " + source + " is not bound to a log: it has no checkpoint row");
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            Connection current = connection;
            connection = null;
            if (current != null) {
                try {
                    current.close();
                } catch (SQLException e) {
                    LOG.debug("connection cannot be closed: cause={}", e.toString());
                }
            }
        }
        deadlines.shutdownNow();
    }
}
