package io.agx.market.server.durability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code market} as a child process, on this process's class path. It never outlives this process. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("https?://localhost:(\\d+)/");
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final Path errors;
    private final Thread reaper;

    private ServerProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.reaper = new Thread(process::destroyForcibly, "reaper");
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /**
     * How a process is started, besides its arguments. Immutable.
     *
     * @param environment added to this process's own
     * @param prefix what starts the command of {@code java}, such as {@code nohup}; mostly nothing
     */
    public record Launch(Map<String, String> environment, List<String> jvmOptions, List<String> prefix) {
        /** Quick to start, for tests that start many. */
        public static final Launch SMALL =
                new Launch(Map.of(), List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));

        public Launch {
            environment = Map.copyOf(environment);
            jvmOptions = List.copyOf(jvmOptions);
            prefix = List.copyOf(prefix);
        }

        public Launch(Map<String, String> environment, List<String> jvmOptions) {
            this(environment, jvmOptions, List.of());
        }

        public Launch withEnvironment(Map<String, String> more) {
            return new Launch(more, jvmOptions, prefix);
        }

        public Launch startedBy(String... command) {
            return new Launch(environment, jvmOptions, List.of(command));
        }
    }

    /** Starts a server on a free port; its log is appended to {@code server.log} beside the data folder. */
    public static ServerProcess serve(Path dataDir, String... moreOptions) throws IOException {
        return serve(Launch.SMALL, dataDir, moreOptions);
    }

    /** The same, started in a way of one's own. */
    public static ServerProcess serve(Launch launch, Path dataDir, String... moreOptions) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--port", "0", "--host", "127.0.0.1", "--feed", "none", "--data", "" + dataDir));
        arguments.addAll(List.of(moreOptions));
        return startClass(launch, dataDir, "io.agx.market.server.Main", arguments);
    }

    /** As {@link #serve}, with the log of a server that is no test's: all of it in {@code server.log}. */
    public static ServerProcess serveLogging(Path dataDir, String... moreOptions) throws IOException {
        List<String> jvmOptions = new ArrayList<>(Launch.SMALL.jvmOptions());
        jvmOptions.add("-Dlogback.configurationFile=logback.xml");
        return serve(new Launch(Map.of(), jvmOptions), dataDir, moreOptions);
    }

    /** The same without a command line, taking the tokens of {@link io.agx.market.server.testing.TestTokens}. */
    public static ServerProcess serveWithTokens(Path dataDir) throws IOException {
        return startClass(Launch.SMALL, dataDir, "io.agx.market.server.testing.TokenServer", List.of("" + dataDir));
    }

    /**
     * The WAR that the build made, in a Tomcat of its own process with the configuration of {@code deploy/tomcat}.
     *
     * @param parameters such as {@code market.rate=40}
     */
    public static ServerProcess serveInTomcat(Path dataDir, String... parameters) throws IOException {
        String war = System.getProperty("market.test.war");
        if (war == null) {
            throw new IllegalStateException("no market.test.war; run these tests with mvn verify");
        }
        List<String> arguments = new ArrayList<>(List.of(
                war,
                Path.of("..", "deploy", "tomcat", "server.xml").toAbsolutePath().toString(),
                "" + dataDir));
        arguments.addAll(List.of(parameters));
        return startClass(Launch.SMALL, dataDir, "io.agx.market.server.container.TomcatProcess", arguments);
    }

    /** Runs {@code market verify} and returns what it says, the last line first. */
    public static List<String> verify(Path dataDir, String... moreOptions) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("verify", "--data", "" + dataDir));
        arguments.addAll(List.of(moreOptions));
        try (ServerProcess verify = startClass(Launch.SMALL, dataDir, "io.agx.market.server.Main", arguments);
                BufferedReader out = verify.process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>();
            out.lines().forEach(line -> lines.add(0, line));
            lines.add("exit code " + verify.waitFor());
            return lines;
        }
    }

    private static ServerProcess startClass(Launch launch, Path dataDir, String mainClass, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(launch.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(launch.jvmOptions());
        command.addAll(List.of("-Dfile.encoding=UTF-8", "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        Path errors = dataDir.resolveSibling("server.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        builder.environment().putAll(launch.environment());
        Process process = builder.start();
        return new ServerProcess(process, errors);
    }

    /** Waits until it serves, and returns its port. */
    public int awaitPort() throws IOException {
        Matcher address = ADDRESS.matcher(awaitLine(ADDRESS));
        return address.find() ? Integer.parseInt(address.group(1)) : 0;
    }

    /** Waits until its standard output has a line with that, behind the lines that were waited for before, and returns it. */
    public String awaitLine(Pattern part) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line;
        while ((line = out.readLine()) != null) {
            if (part.matcher(line).find()) {
                return line;
            }
        }
        throw new IOException("the server ended with exit code " + waitFor() + ":\n" + log());
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() throws IOException {
        process.destroyForcibly();
        waitFor();
    }

    /** SIGTERM; returns the exit code. */
    public int stop() throws IOException {
        process.destroy();
        return waitFor();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM; returns at once. */
    public void beginStop() {
        process.toHandle().destroy(); // Process.destroy() would close what it says meanwhile.
    }

    /** Waits until it has ended, and returns the exit code. */
    public int awaitEnd() throws IOException {
        return waitFor();
    }

    /** All of its log. */
    public String wholeLog() throws IOException {
        return Files.readString(errors, StandardCharsets.UTF_8);
    }

    /** The end of its log. */
    public String log() {
        try {
            String all = Files.readString(errors, StandardCharsets.UTF_8);
            return all.substring(Math.max(0, all.length() - 10_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }

    private int waitFor() throws IOException {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the server did not end within " + STOP_SECONDS + " s:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
