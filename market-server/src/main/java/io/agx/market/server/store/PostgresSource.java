package io.agx.market.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections to a PostgreSQL database come from, and their time-outs. Immutable.
 *
 * <p>Nothing may hang for more than 10 s. What the server can end itself, it ends first, with a message that says what it was (a statement, a
 * lock that is waited for); the socket's time-out comes after that, for a server or a network that does not answer. All of them can be set otherwise
 * in the URL, whose parameters win.
 */
final class PostgresSource {
    /** Nobody else runs the database's older versions any more; PostgreSQL supports each for five years. */
    private static final int LEAST_VERSION = 14;

    private static final int CONNECT_SECONDS = 3;
    /** Questions about history: 503 after that. */
    private static final Timeouts READ = new Timeouts(4_000, 2_000, 10_000, 6);
    /** A batch takes well under a second; a database that is that slow is given smaller ones. */
    private static final Timeouts WRITE = new Timeouts(8_000, 4_000, 10_000, 9);
    /** A migration may copy all rows, while the connection that holds Flyway's lock waits in its transaction. */
    private static final Timeouts MIGRATE = new Timeouts(0, 60_000, 0, 0);
    /** What a start reads, and an export: as long as it takes, but not for ever where the server is gone without a word. */
    private static final Timeouts LEISURE = new Timeouts(0, 60_000, 0, 600);

    /** How long a start waits for a database that does not answer: longer than one takes to start and to recover from a crash. */
    static final long START_PATIENCE_MILLIS = 30_000;

    private static final long POOL_WAIT_MILLIS = 2_000;
    private static final long VALIDATION_MILLIS = 1_500;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long NOTICE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * What waiting mends: the server cannot be reached, starts, stops, or has too many connections.
     * https://www.postgresql.org/docs/current/errcodes-appendix.html
     */
    private static final Set<String> PASSING =
            Set.of("08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03");

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);

    /** Milliseconds of a statement, of waiting for a lock and of silence in a transaction, as the server counts them; seconds of the socket. */
    private record Timeouts(int statementMillis, int lockMillis, int idleMillis, int socketSeconds) {}

    private final String url;
    private final String user;
    private final String password;
    private final Driver driver = new Driver();

    /**
     * @param user empty for the driver's default
     * @param password empty where the server asks for none
     */
    PostgresSource(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** The connection of the writer. */
    Connection connectWriter() throws SQLException {
        return connect(properties(WRITE));
    }

    /** As {@link #connectWriter}, and waits for a server that does not answer yet. */
    Connection connectPatiently() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_PATIENCE_MILLIS);
        long nextNotice = System.nanoTime();
        while (true) {
            try {
                return connectWriter();
            } catch (SQLException e) {
                if (!PASSING.contains(String.valueOf(e.getSQLState()))) {
                    throw new IllegalStateException("the " + this + " cannot be used: " + e.getMessage(), e);
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw new IllegalStateException(
                            "the " + this + " cannot be reached within " + START_PATIENCE_MILLIS / 1_000 + " s: "
                                    + e.getMessage(),
                            e);
                }
                if (System.nanoTime() - nextNotice >= 0) {
                    nextNotice += NOTICE_NANOS;
                    LOG.warn(
                            "database cannot be reached, tried again for {} s: database={} cause={}",
                            START_PATIENCE_MILLIS / 1_000,
                            url,
                            e.getMessage());
                }
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    /** Whether the database could not be reached: not that it refused a statement. */
    static boolean isOutage(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLException sql && PASSING.contains(String.valueOf(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    /** @throws IllegalStateException if the server is too old */
    void requireVersion(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < LEAST_VERSION) {
            throw new IllegalStateException(
                    "the " + this + " is PostgreSQL " + version + "; " + LEAST_VERSION + " or newer is needed");
        }
    }

    /** Connections for whoever asks for history. */
    HikariDataSource pool(int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("market-db");
        // By name: the DriverManager looks for drivers once per JVM, and a web application may come later than that.
        config.setDriverClassName(Driver.class.getName());
        config.setJdbcUrl(url);
        config.setDataSourceProperties(properties(READ));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(POOL_WAIT_MILLIS);
        config.setValidationTimeout(VALIDATION_MILLIS);
        config.setReadOnly(true);
        return new HikariDataSource(config);
    }

    /** For Flyway, which brings its own pace. */
    DataSource migrations() {
        return unpooled(MIGRATE);
    }

    /** For what may take long. */
    DataSource leisurely() {
        return unpooled(LEISURE);
    }

    private DataSource unpooled(Timeouts timeouts) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
            for (String name : properties(timeouts).stringPropertyNames()) {
                source.setProperty(name, properties(timeouts).getProperty(name));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the " + this + " cannot be used: " + e.getMessage(), e);
        }
        return source;
    }

    private Connection connect(Properties properties) throws SQLException {
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new SQLException("PostgreSQL's driver does not take this URL");
        }
        return connection;
    }

    private Properties properties(Timeouts timeouts) {
        Properties properties = new Properties();
        if (!user.isEmpty()) {
            properties.setProperty("user", user);
        }
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        properties.setProperty(
                "ApplicationName", "market " + ProcessHandle.current().pid());
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS + 1));
        properties.setProperty("socketTimeout", String.valueOf(timeouts.socketSeconds));
        properties.setProperty("cancelSignalTimeout", "2");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        // A statement is planned for its values: only so the planner leaves out the partitions that they exclude.
        properties.setProperty("prepareThreshold", "0");
        // The server must notice as soon as we do that a connection is dead: the old session holds the writer's lock.
        properties.setProperty(
                "options",
                "-c statement_timeout=" + timeouts.statementMillis
                        + " -c lock_timeout=" + timeouts.lockMillis
                        + " -c idle_in_transaction_session_timeout=" + timeouts.idleMillis
                        + " -c tcp_user_timeout=9000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
                        // Not left to the server's setting: what is stored is forgotten by the log.
                        + " -c synchronous_commit=on");
        return properties;
    }

    /** For messages: without the password. */
    @Override
    public String toString() {
        return "database " + url;
    }
}
