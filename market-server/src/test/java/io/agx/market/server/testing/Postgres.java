package io.agx.market.server.testing;

import io.agx.market.server.config.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL on a free port of this machine, durable ({@code fsync=on}), with a user that is no superuser. It can be stopped, killed and
 * started again in place. One for all tests of a JVM is {@link #shared()}; who stops it takes one of its own, {@link #start(Path)}.
 */
public final class Postgres implements AutoCloseable {
    public static final String USER = "market";
    public static final String PASSWORD = "market's own: \\ \" %41";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger NEXT_DATABASE = new AtomicInteger(1);

    private final Path binaries;
    private final Path data;
    private final int port;
    private final List<String> options;

    private Postgres(Path binaries, Path data, int port, List<String> options) {
        this.binaries = binaries;
        this.data = data;
        this.port = port;
        this.options = options;
    }

    private static final class Shared {
        private static final Postgres INSTANCE = startShared();

        private static Postgres startShared() {
            try {
                Path folder = Files.createTempDirectory("market-postgres");
                Postgres postgres = start(folder);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    postgres.close();
                    delete(folder);
                }));
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The one of this JVM; started when it is first asked for, gone with the JVM. Not to be stopped. */
    public static Postgres shared() {
        return Shared.INSTANCE;
    }

    /**
     * A new one with its data in a folder, started.
     *
     * @param folder becomes {@code data} and a log file
     * @param options of {@code postgres}, such as {@code -c max_connections=20}
     */
    public static Postgres start(Path folder, String... options) throws IOException {
        Path data = folder.resolve("data").toAbsolutePath();
        Path unpacked = Path.of(System.getProperty("java.io.tmpdir"), "market-postgres-binaries");
        Files.createDirectories(unpacked);
        // Unpacks the binaries and makes the cluster. What it starts has fsync off, so it is stopped at once.
        EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(unpacked.toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(PATIENCE)
                .start()
                .close();
        Postgres postgres = new Postgres(binariesIn(unpacked), data, freePort(), List.of(options));
        postgres.start();
        postgres.execute("postgres", "CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD.replace("'", "''") + "'");
        // Without it the cluster trusts everyone on this machine, and no test would see a password.
        Files.writeString(data.resolve("pg_hba.conf"), "host all postgres all trust\nhost all all all scram-sha-256\n");
        postgres.execute("postgres", "SELECT pg_reload_conf()");
        return postgres;
    }

    /** A new, empty database, owned by {@link #USER}, and how to reach it. */
    public StoreConfig newDatabase() {
        String name = "market_" + NEXT_DATABASE.getAndIncrement();
        execute("postgres", "CREATE DATABASE " + name + " OWNER " + USER);
        return configOf(name, port);
    }

    /** How to reach a database through another port, such as a proxy's. */
    public static StoreConfig through(int proxyPort, StoreConfig config) {
        return configOf(nameOf(config), proxyPort).withRetainDays(config.retainDays());
    }

    private static StoreConfig configOf(String name, int port) {
        return new StoreConfig(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + name, USER, PASSWORD, StoreConfig.DEFAULT_CONNECTIONS, 0);
    }

    /** The name of a configuration's database. */
    public static String nameOf(StoreConfig config) {
        return config.url().substring(config.url().lastIndexOf('/') + 1);
    }

    /** A connection to a database of this server, as superuser. */
    public Connection connect(StoreConfig config) throws SQLException {
        return connect(nameOf(config));
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "postgres");
    }

    /** Runs SQL in a database, as superuser. */
    public void execute(StoreConfig config, String sql) {
        execute(nameOf(config), sql);
    }

    private void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public int port() {
        return port;
    }

    /** Its data directory. */
    public Path data() {
        return data;
    }

    /** Starts it, in place, and waits until it takes connections. */
    public void start() {
        // Killed ones may leave processes that hold the shared memory for a moment.
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            List<String> arguments = new ArrayList<>(List.of(
                    "-w",
                    "-t",
                    "60",
                    "-D",
                    data.toString(),
                    "-l",
                    data.resolveSibling("postgres.log").toString(),
                    "-o",
                    "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on"
                            + " -c shared_buffers=128MB " + String.join(" ", options),
                    "start"));
            return control(arguments) == 0;
        });
    }

    /** Stops it: {@code fast} ends all sessions and writes a checkpoint, {@code immediate} is a crash that is recovered from at the next start. */
    public void stop(String mode) {
        control(List.of("-w", "-t", "60", "-D", data.toString(), "-m", mode, "stop"));
    }

    /** Kills it and all of its processes with SIGKILL. */
    public void kill() {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.add(0, postmaster);
        all.forEach(ProcessHandle::destroyForcibly);
        Awaitility.await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Stops and starts it. */
    public void restart(String mode) {
        stop(mode);
        start();
    }

    private long pid() {
        try {
            return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.UTF_8)
                    .get(0)
                    .trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int control(List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (Path.of("/proc/self").toFile().exists() && "root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U")); // It refuses to run as root.
        }
        command.add(binaries.resolve("bin/pg_ctl").toString());
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " did not end");
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops it as by a crash, which is quickest. Idempotent. */
    @Override
    public void close() {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            stop("immediate");
        }
    }

    private static Path binariesIn(Path folder) throws IOException {
        try (Stream<Path> versions = Files.list(folder)) {
            return versions.filter(version -> Files.exists(version.resolve("bin/pg_ctl")))
                    .max(Comparator.comparing(Path::toFile, Comparator.comparingLong(File::lastModified)))
                    .orElseThrow();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            // It is the system's folder of temporary files.
        }
    }
}
