package io.agx.market.server.drill;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL of one's own to be ill-treated: started, killed, halted amid a step, with the settings that it has in production, above
 * all with {@code fsync} on. It never outlives this process. Not thread-safe.
 */
public final class PostgresCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long STOP_SECONDS = 30;

    private final Path bin;
    private final Path data;
    private final int port;
    private final List<String> settings;
    private Process process;
    private Thread reaper = new Thread(() -> {});

    private PostgresCluster(Path bin, Path data, int port, List<String> settings) throws IOException {
        this.bin = bin;
        this.data = data;
        this.port = port;
        this.settings = settings;
        this.process = launch();
    }

    /**
     * Unpacks the binaries and makes a cluster below a folder, and starts it.
     *
     * @param settings besides the defaults, such as {@code shared_buffers=1MB}
     */
    public static PostgresCluster create(Path folder, String... settings) throws IOException {
        Path unpacked =
                Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "market-postgres-binaries"));
        Path data = folder.resolve("pg-data");
        EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(unpacked.toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start()
                .close();
        try (Stream<Path> files = Files.walk(unpacked)) {
            Path bin = files.filter(file -> file.endsWith("bin/postgres"))
                    .findFirst()
                    .orElseThrow();
            return started(new PostgresCluster(bin, data, freePort(), List.of(settings)));
        }
    }

    /** Starts a cluster with these binaries on another data folder, an image of this one's. */
    public PostgresCluster on(Path image) throws IOException {
        Files.deleteIfExists(image.resolve("postmaster.pid"));
        // It refuses a folder that others can read.
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        return started(new PostgresCluster(bin, image, freePort(), settings));
    }

    public Path data() {
        return data;
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** What a server needs to be told. */
    public String[] options(String database) {
        return new String[] {"--db-url", url(database), "--db-user", "postgres"};
    }

    /** The first column of the first row. */
    public String ask(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** SIGKILL to the postmaster and to all of its processes; returns when they are gone. */
    public void kill() throws IOException {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        waitFor();
        Awaitility.await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** SIGKILL to the postmaster alone, whose processes then see that they are orphans. */
    public void killPostmaster() throws IOException {
        List<ProcessHandle> all = processes();
        process.destroyForcibly();
        waitFor();
        Awaitility.await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Starts it again after a kill; returns when it takes connections. */
    public void restart() throws IOException {
        relaunch();
        started(this);
    }

    /** Starts it again after a kill; returns at once. */
    public void relaunch() throws IOException {
        Runtime.getRuntime().removeShutdownHook(reaper);
        process = launch();
    }

    /** Does something while none of its processes moves: what its files are then is one moment of them. */
    public void whileHalted(HaltedWork work) throws IOException {
        List<ProcessHandle> halted = new ArrayList<>();
        try {
            // The postmaster first, so that it starts no more; then what it had started.
            signal("-STOP", List.of(process.toHandle()));
            halted.add(process.toHandle());
            List<ProcessHandle> others = process.descendants().toList();
            signal("-STOP", others);
            halted.addAll(others);
            work.run();
        } finally {
            signal("-CONT", halted);
        }
    }

    /** What is done to a halted cluster's files. */
    @FunctionalInterface
    public interface HaltedWork {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        kill();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    private static PostgresCluster started(PostgresCluster cluster) {
        Awaitility.await("PostgreSQL takes connections")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .failFast("it ended: " + cluster.data.resolveSibling("pg.log"), () -> !cluster.process.isAlive())
                .ignoreExceptions()
                .until(() -> cluster.ask("SELECT 1").equals("1"));
        return cluster;
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root; in a user namespace of its own it is nobody, with the same files.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                bin.toString(),
                "-D",
                data.toString(),
                "-p",
                "" + port,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "checkpoint_timeout=30min"));
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolveSibling("pg.log").toFile()))
                .start();
        reaper = new Thread(started::destroyForcibly, "reaper");
        Runtime.getRuntime().addShutdownHook(reaper);
        return started;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url("postgres") + "?connectTimeout=5&socketTimeout=30", "postgres", "");
    }

    private List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>();
        all.add(process.toHandle());
        process.descendants().forEach(all::add);
        return all;
    }

    private void waitFor() throws IOException {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("PostgreSQL did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static void signal(String signal, List<ProcessHandle> processes) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes.forEach(each -> command.add("" + each.pid()));
        try {
            // One of them may have ended meanwhile.
            new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
