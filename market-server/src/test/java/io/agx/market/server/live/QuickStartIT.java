package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The programs in docs/quickstart, as they stand there, against a real server in which others trade meanwhile. */
@Timeout(120)
class QuickStartIT {
    private static final Path FOLDER =
            Path.of("..", "docs", "quickstart").toAbsolutePath().normalize();
    private static final String TOKEN = Tokens.token("me", Set.of(Scope.PUBLISH));

    @TempDir
    private Path dataDir;

    private final ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
    private RunningMarket market;
    private FaultProxy network;

    @BeforeEach
    void start() throws IOException {
        market = RunningMarket.listening(dataDir);
        network = new FaultProxy(market::port);
        Instrument instrument = market.define("BTC-USDT");
        tradeMinutesAgo(instrument, 3);
        tradeMinutesAgo(instrument, 2);
        market.trade(instrument, 20);
        others.scheduleAtFixedRate(() -> market.offer(instrument, 1), 20, 20, TimeUnit.MILLISECONDS);
    }

    /** So that there are candles to read. */
    private void tradeMinutesAgo(Instrument instrument, int minutes) {
        long timeMillis = System.currentTimeMillis() - minutes * 60_000L;
        market.publish(List.of(new NewTrade(instrument, "ago-" + minutes, 10_000, 1_000, Side.SELL, timeMillis, false)))
                .join();
    }

    @AfterEach
    void stop() throws InterruptedException {
        others.shutdown();
        assertThat(others.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        network.close();
        market.close();
    }

    /** Runs a program to its end; returns its output without its exit code, which must be 0. */
    private List<String> run(Consumer<String> onLine, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(FOLDER.getParent().getParent().toFile())
                .redirectErrorStream(true);
        builder.environment().put("MARKET_URL", "http://127.0.0.1:" + network.port());
        builder.environment().put("MARKET_TOKEN", TOKEN);
        Process process = builder.start();
        // Reading from a process cannot be interrupted: one that does not end is ended.
        ScheduledFuture<?> overdue = others.schedule(process::destroyForcibly, 60, TimeUnit.SECONDS);
        try {
            process.getOutputStream().close();
            List<String> lines = new ArrayList<>();
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (!line.startsWith("SLF4J")) { // Says that nobody configured a log.
                        lines.add(line);
                        onLine.accept(line);
                    }
                }
            }
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
            return lines;
        } finally {
            overdue.cancel(false);
            process.destroyForcibly();
        }
    }

    private static boolean isOnPath(String tool) {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static String file(String name) {
        return FOLDER.resolve(name).toString();
    }

    @Test
    void curlReadsPublishesAndReadsOn() throws Exception {
        assumeTrue(isOnPath("curl"), "there is no curl on the PATH: curl.sh is not run here");
        ObjectMapper json = new ObjectMapper();
        List<String> lines = run(line -> {}, "sh", file("curl.sh"));

        assertThat(json.readTree(lines.get(0)).get("symbol").asText()).isEqualTo("BTC-USDT");
        assertThat(json.readTree(lines.get(1))).hasSize(3);
        JsonNode published = json.readTree(lines.get(2));
        assertThat(published.get("accepted").asInt()).isEqualTo(1);
        JsonNode since = json.readTree(lines.get(3));
        List<Long> seqs = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        since.forEach(trade -> {
            seqs.add(trade.get("seq").asLong());
            ids.add(trade.get("id").asText());
        });
        assertThat(ids).filteredOn(id -> id.startsWith("curl-")).hasSize(1);
        assertThat(seqs)
                .contains(published.get("results").get(0).get("seq").asLong())
                .isEqualTo(LongStream.range(seqs.get(0), seqs.get(0) + seqs.size())
                        .boxed()
                        .toList());
    }

    @Test
    void websocatSubscribesAndComesBack() throws Exception {
        assumeTrue(isOnPath("websocat"), "there is no websocat on the PATH: websocat.sh is not run here");
        String output = String.join("\n", run(line -> {}, "sh", file("websocat.sh")));

        assertThat(output).contains("\"event\":\"published\"", "\"recovered\":true", "\"id\":\"websocat-");
    }

    @Test
    void pythonSubscribesPublishesAndComesBack() throws Exception {
        String python = null;
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path candidate = Path.of(folder, "python3");
            if (python == null
                    && Files.isExecutable(candidate)
                    && new ProcessBuilder(candidate.toString(), "-c", "import websockets")
                                    .start()
                                    .waitFor()
                            == 0) {
                python = candidate.toString();
            }
        }
        assumeTrue(python != null, "no python3 on the PATH has the package websockets: market.py is not run here");
        assertComplete(run(line -> {}, python, file("market.py")), "python-");
    }

    @Test
    void javaScriptSubscribesPublishesAndComesBack() throws Exception {
        assertComplete(node("websocket.mjs", line -> {}), "js-");
    }

    @Test
    void theBrowserClientSubscribesPublishesAndComesBack() throws Exception {
        assertComplete(node("client.mjs", new CutAfter("js-")), "js-");
    }

    private List<String> node(String program, Consumer<String> onLine) throws Exception {
        Node node = Node.onPath().orElse(null);
        assumeTrue(node != null, "there is no Node.js 20 or newer on the PATH: " + program + " is not run here");
        List<String> command = new ArrayList<>(List.of(node.executable().toString()));
        if (node.majorVersion() < 22) {
            command.addAll(List.of("--no-warnings", "--experimental-websocket"));
        }
        command.add(file(program));
        return run(onLine, command.toArray(String[]::new));
    }

    @Test
    void javaSubscribesPublishesAndComesBack() throws Exception {
        String classPath = Stream.of(
                        MarketClient.class,
                        Symbol.class,
                        JsonFactory.class,
                        ObjectMapper.class,
                        JsonProperty.class,
                        Logger.class)
                .map(type -> Path.of(URI.create(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(File.pathSeparator));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        assumeTrue(
                Files.isExecutable(java.resolveSibling("javac")),
                "this Java cannot compile: QuickStart.java is not run here");

        assertComplete(run(new CutAfter("java-"), java.toString(), "-cp", classPath, file("QuickStart.java")), "java-");
    }

    /** Cuts all connections once, when five trades have come after the program's own. */
    private final class CutAfter implements Consumer<String> {
        private final String ownId;
        private int trades = -1;

        CutAfter(String ownId) {
            this.ownId = " " + ownId;
        }

        @Override
        public void accept(String line) {
            if (line.startsWith("trade ") && (trades >= 0 || line.contains(ownId)) && ++trades == 5) {
                assertThat(network.strike(FaultProxy.Fault.CUT)).isPositive();
            }
        }
    }

    /** It has read, it has every trade once from the first on, its own among them, and it came back. */
    private static void assertComplete(List<String> lines, String ownId) {
        String output = String.join("\n", lines);
        assertThat(lines.get(0)).as(output).startsWith("ticker ");
        assertThat(lines)
                .as(output)
                .filteredOn(line -> line.startsWith("candle "))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(output)
                .contains("published")
                .containsIgnoringCase("recovered true"); // Python's truth has a capital.
        List<String> trades =
                lines.stream().filter(line -> line.startsWith("trade ")).toList();
        List<Long> seqs =
                trades.stream().map(line -> Long.parseLong(line.split(" ")[1])).toList();
        assertThat(seqs)
                .as(output)
                .hasSizeGreaterThan(5)
                .isEqualTo(LongStream.range(seqs.get(0), seqs.get(0) + seqs.size())
                        .boxed()
                        .toList());
        assertThat(trades)
                .as(output)
                .filteredOn(line -> line.contains(" " + ownId))
                .hasSize(1);
        assertThat(output).doesNotContain(TOKEN);
    }
}
