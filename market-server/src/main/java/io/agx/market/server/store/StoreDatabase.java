package io.agx.market.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.h2.Driver;
import org.h2.api.ErrorCode;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the database of a data folder, and brings its schema up to date. */
public final class StoreDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDatabase.class);

    /** H2's database file has this name, with {@code .mv.db} added. */
    private static final String FILE_NAME = "market";

    private static final int CONNECTIONS = 6;
    private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** There while a process has the database open; what it leaves behind tells that it was not closed. */
    private static final String OPEN_MARK = "open";

    /** There while an export is imported into the database; what an import that was cut leaves behind. */
    private static final String IMPORT_MARK = "importing";

    /**
     * What H2 says where its file is bad: GENERAL_ERROR_1 (a bug, or what it stumbles over), OBJECT_CLOSED and DATABASE_IS_CLOSED (it closes itself when it
     * finds damage), CONNECTION_BROKEN_1, IO_EXCEPTION_1 and _2, FILE_CORRUPTED_1, FILE_VERSION_ERROR_1, ROW_NOT_FOUND_WHEN_DELETING_1,
     * ROW_NOT_FOUND_IN_PRIMARY_INDEX. https://h2database.com/javadoc/org/h2/api/ErrorCode.html
     */
    private static final Set<Integer> DAMAGE = Set.of(
            ErrorCode.GENERAL_ERROR_1,
            ErrorCode.OBJECT_CLOSED,
            ErrorCode.DATABASE_IS_CLOSED,
            ErrorCode.CONNECTION_BROKEN_1,
            ErrorCode.IO_EXCEPTION_1,
            ErrorCode.IO_EXCEPTION_2,
            ErrorCode.FILE_CORRUPTED_1,
            ErrorCode.FILE_VERSION_ERROR_1,
            ErrorCode.ROW_NOT_FOUND_WHEN_DELETING_1,
            ErrorCode.ROW_NOT_FOUND_IN_PRIMARY_INDEX);

    private StoreDatabase() {}

    /**
     * Whether an import into the embedded database of a folder was begun and did not end. Of another database its rows tell:
     * {@link StoreTransfer#mark()}.
     */
    public static boolean importWasCut(Path folder) {
        return Files.exists(folder.resolve(IMPORT_MARK));
    }

    /** Opens a database to import into it. What an import that was cut left in an embedded one is deleted first. */
    public static MarketStore openForImport(StoreLocation location) {
        if (location.isEmbedded() && importWasCut(location.folder())) {
            discard(location.folder());
        }
        return open(location);
    }

    /** Before the first row is imported: no server is to open the embedded database from now on. */
    public static void beginImport(StoreLocation location) {
        if (location.isEmbedded()) {
            mark(location.folder(), IMPORT_MARK);
        }
    }

    /** After the last. */
    public static void endImport(StoreLocation location) throws IOException {
        if (location.isEmbedded()) {
            Files.deleteIfExists(location.folder().resolve(IMPORT_MARK));
        }
    }

    /** Whether the process that had the database of a folder open last did not close it: it was killed, or the power was cut. */
    public static boolean wasLeftOpen(Path folder) {
        return Files.exists(folder.resolve(OPEN_MARK));
    }

    /**
     * Deletes the database of a folder, for the caller to build a new one from the log.
     *
     * <p>H2 is not atomic when its process is killed: parts of a transaction can come back, and rows locked for ever by one that is no
     * more (seen with 2.3.232 and 2.5.252, docs/adr/0006). So a file that was not closed is not trusted where the log is whole.
     */
    public static void discard(Path folder) {
        try {
            if (Files.deleteIfExists(folder.resolve(FILE_NAME + ".mv.db"))) {
                LOG.warn("database was not closed by the last process; built anew from the log: folder={}", folder);
            }
            Files.deleteIfExists(folder.resolve(OPEN_MARK));
        } catch (IOException e) {
            throw new IllegalStateException("the database in " + folder + " cannot be deleted", e);
        }
    }

    private static void mark(Path folder, String name) {
        try (FileChannel file =
                FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.force(true);
        } catch (IOException e) {
            throw new IllegalStateException("the folder " + folder + " cannot be written", e);
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true); // The name must be durable before the first page of the database is.
        } catch (IOException e) {
            LOG.debug("folder cannot be forced: folder={} cause={}", folder, e.toString());
        }
    }

    private static void close(HikariDataSource source, Path folder) {
        source.close();
        unmark(folder);
    }

    private static void unmark(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(OPEN_MARK));
        } catch (IOException e) {
            LOG.warn(
                    "the database will be built anew at the next start: its mark cannot be deleted: cause={}",
                    e.toString());
        }
    }

    /**
     * Opens a database, creating and migrating it as needed.
     *
     * @throws IllegalStateException if it cannot be used, is of a newer version than this program, or is open in another process
     */
    public static MarketStore open(StoreLocation location) {
        return location.isEmbedded() ? openEmbedded(location.folder()) : PostgresDatabase.open(location);
    }

    /**
     * Opens the embedded database of a folder, creating and migrating it as needed.
     *
     * <p>H2 does not promise that its file survives a power cut. The log does, so a file that cannot be opened is put aside, with
     * a warning, and the caller builds a new one from the log.
     *
     * @throws IllegalStateException if it cannot be opened and cannot be put aside, or another process has it open
     */
    public static MarketStore openEmbedded(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IllegalStateException("the folder " + folder + " cannot be created", e);
        }
        try {
            return open(folder);
        } catch (RuntimeException e) {
            if (e instanceof UnusableSchemaException) {
                throw e;
            }
            if (isLocked(e)) {
                throw new IllegalStateException("the database in " + folder + " is open in another process", e);
            }
            putAside(folder, e);
            return open(folder);
        }
    }

    /**
     * Brings the schema of a database up to date and returns one line on what was done. No server may have it open.
     *
     * @throws IllegalStateException as {@link #open}
     */
    public static String migrate(StoreLocation location) {
        if (!location.isEmbedded()) {
            return PostgresDatabase.migrate(location);
        }
        try (HikariDataSource source = dataSource(location.folder())) {
            return schema(source, location.folder()).migrate();
        }
    }

    /**
     * Tells what a database is and has. On PostgreSQL a server may have it open meanwhile.
     *
     * @throws IllegalStateException if it cannot be reached, or the embedded one is open in another process or not there
     */
    public static StoreInfo info(StoreLocation location) {
        if (!location.isEmbedded()) {
            return PostgresDatabase.info(location);
        }
        Path file = location.folder().resolve(FILE_NAME + ".mv.db");
        if (!Files.exists(file)) {
            throw new IllegalStateException("there is no database in " + location.folder() + " yet");
        }
        try (HikariDataSource source = dataSource(location.folder())) {
            Schema schema = schema(source, location.folder());
            Optional<String> version = schema.version();
            return Jdbi.create(source)
                    .withHandle(handle -> new StoreInfo(
                            location.toString(),
                            "H2 "
                                    + handle.createQuery("SELECT H2VERSION()")
                                            .mapTo(String.class)
                                            .one(),
                            version,
                            schema.newestVersion(),
                            schema.pendingCount(),
                            file.toFile().length(),
                            version.filter(schema.newestVersion()::equals)
                                    .map(current -> StoreInfo.Content.read(
                                            handle,
                                            StoreInfo.Content.number(handle, "SELECT COUNT(*) FROM trade"),
                                            0,
                                            0,
                                            List.of()))));
        } catch (RuntimeException e) {
            if (isLocked(e)) {
                throw new IllegalStateException("the " + location + " is open in another process", e);
            }
            throw e;
        }
    }

    /**
     * Takes the driver of this class's loader out of the JVM's list, where it put itself. For a web application that ends: the
     * list would keep its class loader for ever.
     */
    public static void unloadDrivers() {
        Driver.unload();
        try {
            if (org.postgresql.Driver.isRegistered()) {
                org.postgresql.Driver.deregister();
            }
        } catch (SQLException e) {
            LOG.warn("PostgreSQL's driver stays in the list of drivers: cause={}", e.toString());
        }
    }

    private static MarketStore open(Path folder) {
        boolean wasLeftOpen = wasLeftOpen(folder);
        HikariDataSource source = dataSource(folder);
        try {
            mark(folder, OPEN_MARK);
            schema(source, folder).migrate();
            JdbiMarketStore store = new JdbiMarketStore(
                    new EmbeddedBackend(source, () -> execute(source, "CHECKPOINT SYNC"), () -> close(source, folder)));
            store.checkpointPosition();
            return store;
        } catch (RuntimeException e) {
            source.close();
            if (!wasLeftOpen) {
                unmark(folder);
            }
            throw e;
        }
    }

    private static Schema schema(HikariDataSource source, Path folder) {
        return new Schema(source, "h2", "database in " + folder);
    }

    private static HikariDataSource dataSource(Path folder) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("market-db");
        // By name: the DriverManager looks for drivers once per JVM, and a web application may come later than that.
        config.setDriverClassName(Driver.class.getName());
        config.setJdbcUrl("jdbc:h2:file:" + folder.toAbsolutePath().resolve(FILE_NAME)
                + ";DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=0;CACHE_SIZE=65536;WRITE_DELAY=0");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        return new HikariDataSource(config);
    }

    private static void execute(HikariDataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + " failed", e);
        }
    }

    private static boolean isLocked(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            // H2 error code 90020, DATABASE_ALREADY_OPEN_1: https://h2database.com/javadoc/org/h2/api/ErrorCode.html
            if (cause instanceof SQLException sql && sql.getErrorCode() == 90020) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether an error says that the embedded database's file is bad, and not that it was waited for too long, that memory ran out, or
     * that a statement is wrong: then it is as good as before.
     */
    public static boolean isDamage(StoreException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && DAMAGE.contains(sql.getErrorCode())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Renames the database file of a folder, so that a new one is built from the log, and warns of it. The database must be closed.
     *
     * @param cause why it cannot be used; thrown if there is no file
     * @throws IllegalStateException if the file cannot be renamed
     */
    public static void putAside(Path folder, RuntimeException cause) {
        Path file = folder.resolve(FILE_NAME + ".mv.db");
        if (!Files.exists(file)) {
            throw cause;
        }
        Path aside = folder.resolve(FILE_NAME + ".mv.db.damaged-" + STAMP.format(Instant.now()));
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            e.addSuppressed(cause);
            throw new IllegalStateException("the damaged database " + file + " cannot be put aside", e);
        }
        LOG.warn(
                "database damaged, put aside, building a new one from the log: file={} cause={}",
                aside,
                cause.toString());
    }
}
