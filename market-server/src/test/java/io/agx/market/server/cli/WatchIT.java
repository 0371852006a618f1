package io.agx.market.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.testing.RunningMarket;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code market watch} against a real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path dataDir;

    @Test
    void printsLiveTickersCandlesAndTradesAsLines() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 3);
            try (CommandRun watch = CommandRun.of(
                    "watch", "ticker:*", "kline:BTC-USDT:1m", "trade:BTC-USDT", "--rate", "raw", url(market))) {
                // The snapshots are there once all three rooms, which go in one message, are joined.
                awaitThat(() -> hasLine(watch, " kline:BTC-USDT:1m@raw "));
                market.trade(instrument, 2);

                awaitThat(() -> hasLine(watch, " trade:BTC-USDT .* seq=5")
                        && hasLine(watch, " ticker:\\*@raw symbol=BTC-USDT .* seq=5")
                        && hasLine(watch, " kline:BTC-USDT:1m@raw .* seq=5"));
                assertThat(watch.lines())
                        .filteredOn(line -> line.contains(" trade:"))
                        .hasSize(2);
                assertThat(watch.out()).doesNotContain("\u001b");
            }
        }
    }

    @Test
    void jsonLinesEqualWhatRestAnswers() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 3);
            try (CommandRun watch = CommandRun.of(
                    "watch", "ticker:BTC-USDT", "kline:BTC-USDT:1d", "trade:BTC-USDT", "--json", url(market))) {
                awaitThat(() -> watch.out().contains("kline:BTC-USDT:1d"));
                market.trade(instrument, 20);

                awaitThat(() -> last(watch, "trade:BTC-USDT").path("seq").asLong() == 23
                        && last(watch, "ticker:BTC-USDT").path("seq").asLong() == 23
                        && last(watch, "kline:BTC-USDT:1d").path("seq").asLong() == 23);
                assertThat(all(watch, "trade:BTC-USDT"))
                        .containsExactlyElementsOf(rest(market, "/trades?symbol=BTC-USDT&fromSeq=4"));
                assertThat(all(watch, "kline:BTC-USDT:1d"))
                        .endsWith(rest(market, "/klines?symbol=BTC-USDT&interval=1d&limit=1")
                                .get(0));
                assertThat(all(watch, "ticker:BTC-USDT")).endsWith(rest(market, "/tickers/BTC-USDT"));
            }
        }
    }

    @Test
    void endsAfterTheCountToTheLine() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            try (CommandRun watch =
                    CommandRun.of("watch", "trade:BTC-USDT", "kline:BTC-USDT:1m", "--count", "7", url(market))) {
                while (watch.isRunning()) {
                    market.trade(instrument, 5);
                }

                assertThat(watch.exitCode(PATIENCE)).isEqualTo(ExitCode.OK);
                assertThat(watch.lines()).hasSize(7);
            }
        }
    }

    @Test
    void survivesARestartOfTheServerWithoutALostTrade() throws Exception {
        int port = freePort();
        CommandRun watch = CommandRun.of(
                "watch", "trade:BTC-USDT", "ticker:*", "--json", "--url", "ws://127.0.0.1:" + port + "/ws");
        try (watch) {
            try (RunningMarket market = listening(port)) {
                Instrument instrument = market.define("BTC-USDT");
                market.trade(instrument, 1);
                awaitThat(() -> watch.out().contains("ticker:*"));
                market.trade(instrument, 5);
                awaitThat(() -> last(watch, "trade:BTC-USDT").path("seq").asLong() == 6);
            }
            awaitThat(() -> watch.err().contains("disconnected: "));
            try (RunningMarket market = listening(port)) {
                Instrument instrument = market.server()
                        .instruments()
                        .find(new Symbol("BTC-USDT"))
                        .orElseThrow();
                market.offer(instrument, 11); // Six are duplicates: its ids begin anew.
                awaitThat(() -> last(watch, "trade:BTC-USDT").path("seq").asLong() == 11);
            }
            assertThat(watch.err()).contains("the server stops; back in ", "connected again");
            assertThat(all(watch, "trade:BTC-USDT").stream()
                            .map(trade -> trade.get("seq").asLong()))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(2, 11).boxed().toList());
        }
    }

    @Test
    void aServerThatIsNotThereIsToldOnceAndTriedUntilItIs() throws Exception {
        int port = freePort();
        try (CommandRun watch =
                CommandRun.of("watch", "ticker:*", "--count", "1", "--url", "ws://127.0.0.1:" + port + "/ws")) {
            awaitThat(() -> watch.err().contains("cannot connect: nobody answers at this address; trying on"));
            try (RunningMarket market = listening(port)) {
                market.trade(market.define("BTC-USDT"), 1);

                assertThat(watch.exitCode(PATIENCE)).isEqualTo(ExitCode.OK);
            }
            assertThat(watch.err().lines().filter(line -> line.contains("cannot connect")))
                    .hasSize(1);
            assertThat(watch.lines()).hasSize(1);
        }
    }

    @Test
    void aRefusedRoomIsNamedAndTheOthersGoOn() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            market.trade(market.define("BTC-USDT"), 1);
            try (CommandRun watch = CommandRun.of("watch", "trade:NOPE", "ticker:*", url(market))) {
                awaitThat(() -> hasLine(watch, "symbol=BTC-USDT")
                        && watch.err().contains("room trade:NOPE was refused: unknown_symbol: "));
                assertThat(watch.isRunning()).isTrue();
            }
            try (CommandRun watch = CommandRun.of("watch", "trade:NOPE", "trade:NO-2", url(market))) {
                assertThat(watch.exitCode(PATIENCE)).isEqualTo(ExitCode.UNUSABLE);
                assertThat(watch.err()).contains("room trade:NOPE", "room trade:NO-2", "no room is left to watch");
                assertThat(watch.out()).isEmpty();
            }
        }
    }

    @Test
    void anAddressThatIsNoMarketsEndsItWithTheReason() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                CommandRun watch = CommandRun.of(
                        "watch", "ticker:*", "--token", "my-secret", "--url", market.webSocket() + "/elsewhere")) {
            assertThat(watch.exitCode(PATIENCE)).isEqualTo(ExitCode.UNUSABLE);
            assertThat(watch.err()).contains("cannot connect: HTTP 404").doesNotContain("my-secret");
        }
    }

    @Test
    void drawsTablesInATerminalAndLeavesItAsItWas() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 3);
            CommandRun watch = new CommandRun(
                    Map.of("MARKET_TTY", "1", "COLUMNS", "90", "LINES", "30", "MARKET_URL", "" + market.webSocket()),
                    "watch",
                    "ticker:*",
                    "kline:BTC-USDT:1m",
                    "trade:BTC-USDT");
            try (watch) {
                awaitThat(() -> watch.out().contains("BTC-USDT 1m"));
                market.trade(instrument, 1);
                awaitThat(() -> watch.out().contains("  4\u001b[K")); // The tape begins with seq 4.
            }
            assertThat(watch.out()).startsWith("\u001b[?1049h\u001b[?25l");
            assertThat(watch.out().substring(watch.out().lastIndexOf("\u001b[?25h")))
                    .startsWith("\u001b[?25h\u001b[?1049l")
                    .contains("TICKER", "CANDLE", "TRADE", "BTC-USDT");
        }
    }

    @Test
    void aSignalEndsTheProcessWithTheCursorRestored() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            market.trade(market.define("BTC-USDT"), 3);
            Process process = process(Map.of("MARKET_TTY", "1", "COLUMNS", "90", "LINES", "30"), market, "ticker:*");
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                StringBuilder seen = new StringBuilder();
                while (seen.indexOf("BTC-USDT") < 0) {
                    seen.append((char) out.read());
                }
                process.toHandle().destroy(); // SIGTERM, and our end stays open.
                out.lines().forEach(seen::append);

                assertThat(process.waitFor()).isEqualTo(128 + 15);
                assertThat(seen.substring(seen.lastIndexOf("\u001b[?25h"))).contains("BTC-USDT");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void aPipeThatNobodyReadsEndsItQuietly() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 1);
            Process process = process(Map.of(), market, "ticker:*@raw");
            try {
                try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                    assertThat(out.readLine()).contains("symbol=BTC-USDT");
                }
                while (process.isAlive()) {
                    market.trade(instrument, 1);
                }

                assertThat(process.exitValue()).isEqualTo(ExitCode.OK);
                assertThat(process.errorReader(StandardCharsets.UTF_8).lines()).containsExactly("market: connected");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Process process(Map<String, String> environment, RunningMarket market, String room)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.agx.market.server.Main",
                "watch",
                room,
                "--url",
                market.webSocket().toString()));
        builder.environment().putAll(environment);
        builder.environment().put("MARKET_LOG_LEVEL", "ERROR");
        return builder.start();
    }

    private RunningMarket listening(int port) throws IOException {
        return RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String url(RunningMarket market) {
        return "--url=" + market.webSocket();
    }

    private static boolean hasLine(CommandRun watch, String pattern) {
        return watch.lines().stream().anyMatch(line -> line.matches(".*" + pattern + ".*"));
    }

    /** The lines of a room, without its name; a line that is only half there yet is not taken. */
    private static List<JsonNode> all(CommandRun watch, String room) throws IOException {
        String text = watch.out();
        List<JsonNode> found = new ArrayList<>();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            ObjectNode object = (ObjectNode) JSON.readTree(line);
            if (object.remove("room").asText().equals(room)) {
                found.add(object);
            }
        }
        return found;
    }

    private static JsonNode last(CommandRun watch, String room) throws IOException {
        List<JsonNode> lines = all(watch, room);
        return lines.isEmpty() ? JSON.createObjectNode() : lines.get(lines.size() - 1);
    }

    private static JsonNode rest(RunningMarket market, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(market.rest(path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static void awaitThat(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
    }
}
