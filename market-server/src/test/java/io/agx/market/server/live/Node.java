package io.agx.market.server.live;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Node.js that can run the browser client: 20 or newer, for it must have a {@code WebSocket}. */
record Node(Path executable, int majorVersion) {
    private static final int OLDEST = 20;

    /** The first version in which {@code WebSocket} needs no flag. */
    private static final int WITHOUT_FLAG = 22;

    /** Where the client's sources and tests are; the tests run in their module's folder. */
    static final Path CLIENT_DIR =
            Path.of("..", "market-client", "js").toAbsolutePath().normalize();

    static Optional<Node> onPath() {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "node"))
                .filter(Files::isExecutable)
                .findFirst()
                .flatMap(Node::at);
    }

    /** The Node.js of a file, or nothing if it is too old. */
    static Optional<Node> at(Path executable) {
        try {
            Process process = new ProcessBuilder(executable.toString(), "-p", "process.versions.node")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int major = process.waitFor() == 0 ? Integer.parseInt(version.split("\\.", 2)[0]) : 0;
            return major < OLDEST ? Optional.empty() : Optional.of(new Node(executable, major));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Begins to run a script of the client's folder. */
    Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        if (majorVersion < WITHOUT_FLAG) {
            command.addAll(List.of("--no-warnings", "--experimental-websocket"));
        }
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(CLIENT_DIR.toFile())
                .redirectErrorStream(true)
                .start();
    }

    /** Runs a script to its end, a minute at most; returns its output, with its exit code as the last line. */
    List<String> run(List<String> arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            List<String> lines = new ArrayList<>(
                    process.inputReader(StandardCharsets.UTF_8).lines().toList());
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("not at its end within a minute: " + arguments);
            }
            lines.add("exit " + process.exitValue());
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
