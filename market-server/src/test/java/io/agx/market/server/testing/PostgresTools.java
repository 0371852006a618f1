package io.agx.market.server.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An installed PostgreSQL with all of its tools: the embedded one of {@link Postgres} has neither {@code pg_dump} nor {@code pg_basebackup}. */
public final class PostgresTools {
    private static final List<String> NEEDED =
            List.of("initdb", "pg_ctl", "postgres", "psql", "createdb", "pg_dump", "pg_restore", "pg_basebackup");
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path binaries;

    private PostgresTools(Path binaries) {
        this.binaries = binaries;
    }

    /** The newest that is complete; nothing if there is none. */
    public static Optional<PostgresTools> find() {
        List<Path> candidates = new ArrayList<>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.sorted(Comparator.comparing(Path::toString).reversed())
                        .forEach(version -> candidates.add(version.resolve("bin")));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            candidates.add(Path.of(folder));
        }
        return candidates.stream()
                .filter(folder -> NEEDED.stream().allMatch(tool -> Files.isExecutable(folder.resolve(tool))))
                .findFirst()
                .map(PostgresTools::new);
    }

    public Path binaries() {
        return binaries;
    }

    /** A new cluster's folder, with the superuser {@code postgres}, who everyone on this machine may be. */
    public void init(Path data) throws IOException, InterruptedException {
        run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
    }

    /** Starts a cluster, on loopback. */
    public void start(Path data, int port) throws IOException, InterruptedException {
        run(
                "pg_ctl",
                "-w",
                "-t",
                "60",
                "-D",
                data.toString(),
                "-l",
                data.resolveSibling(data.getFileName() + ".log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
                "start");
    }

    /** Stops it as a crash would. */
    public void stop(Path data) throws IOException, InterruptedException {
        run("pg_ctl", "-w", "-t", "60", "-D", data.toString(), "-m", "immediate", "stop");
    }

    private void run(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U")); // It refuses to run as root.
        }
        command.add(binaries.resolve(tool).toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("market-postgres-tool", ".out");
        try {
            int code = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(command + " ended with " + code + ": " + Files.readString(output));
            }
        } finally {
            Files.delete(output);
        }
    }
}
