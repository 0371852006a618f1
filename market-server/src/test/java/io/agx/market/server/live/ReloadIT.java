package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.durability.ServerProcess.Launch;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.TokenIssuer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own process whose configuration is read again, by SIGHUP and over REST, while clients are connected. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReloadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLIENTS = 40;
    private static final Pattern CONFIGURATION_LINE = Pattern.compile("^  configuration ");
    private static final String BTC =
            "{ symbol = BTC-USDT, base = BTC, quote = USDT, price-scale = 2, quantity-scale = 3, status = %s }";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private ServerProcess server;
    private int port;
    private String configurationLine;
    private String secret = "the-first-secret-of-the-tests-for-reloads";

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("secret"), secret);
        configure(
                BTC.formatted("trading"), "connection { rooms = 3, commands-per-second = 1000, command-burst = 1000 }");
        server = ServerProcess.serveLogging(
                folder.resolve("data"),
                "--config",
                folder.resolve("market.conf").toString());
        port = server.awaitPort();
        configurationLine = server.awaitLine(CONFIGURATION_LINE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Writes the file; the secret's file is always named. */
    private void configure(String instruments, String more) throws IOException {
        Files.writeString(
                folder.resolve("market.conf"),
                "token.secret-file = \"" + folder.resolve("secret") + "\"\ninstruments = [" + instruments + "]\n" + more
                        + "\n");
    }

    private void hangUp() throws Exception {
        // These tests themselves may run under nohup.
        assumeThat(configurationLine).endsWith(", read again at SIGHUP");
        int seen = count("configuration was ");
        hangUp(server);
        await().atMost(PATIENCE).until(() -> count("configuration was ") > seen);
    }

    private static void hangUp(ServerProcess process) throws Exception {
        new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private int count(String text) throws IOException {
        return server.wholeLog().split(text, -1).length - 1;
    }

    private String token(Set<Scope> scopes) throws IOException {
        return new TokenIssuer(secret.getBytes(StandardCharsets.US_ASCII), "", "")
                .issue("operator", scopes, System.currentTimeMillis(), 3_600_000);
    }

    private HttpResponse<String> post(String path, String body, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                        .timeout(PATIENCE)
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode reload() throws Exception {
        HttpResponse<String> answer = post("/admin/reload", "", token(Set.of(Scope.ADMIN)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> trade(String symbol, String id) throws Exception {
        return post(
                "/trades",
                "[{\"symbol\":\"" + symbol + "\",\"id\":\"" + id
                        + "\",\"price\":\"100.01\",\"qty\":\"1.5\",\"takerSide\":\"buy\"}]",
                token(Set.of(Scope.PUBLISH)));
    }

    /** A connection that keeps its answers and the numbers of the trades that it was told. */
    private final class Client implements WebSocket.Listener {
        private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final WebSocket socket;
        // Written by the messages' thread; complete when lastSeq says so.
        private final List<Long> seqs = new ArrayList<>();
        private volatile long lastSeq;
        private volatile int toldRooms;
        private volatile String ended;

        Client(String... rooms) throws Exception {
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), this)
                    .get(30, TimeUnit.SECONDS);
            assertThat(subscribe(rooms).toString()).doesNotContain("error");
        }

        JsonNode subscribe(String... rooms) throws Exception {
            socket.sendText(
                            "{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[\"" + String.join("\",\"", rooms)
                                    + "\"]}}",
                            true)
                    .get(30, TimeUnit.SECONDS);
            JsonNode answer = answers.poll(30, TimeUnit.SECONDS);
            assertThat(answer).isNotNull();
            return answer;
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    JsonNode message = JSON.readTree(text.toString());
                    text.setLength(0);
                    take(message);
                } catch (IOException e) {
                    ended = e.toString();
                }
            }
            webSocket.request(1);
            return null;
        }

        private void take(JsonNode message) {
            if (message.path("event").asText().equals("welcome")) {
                toldRooms = message.path("data").path("limits").path("rooms").intValue();
            } else if (message.has("id")) {
                answers.add(message);
            } else if (message.path("event").asText().equals("trade")) {
                for (JsonNode each : message.path("data")) {
                    seqs.add(each.path("seq").longValue());
                    lastSeq = each.path("seq").longValue();
                }
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            ended = statusCode + " " + reason;
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            ended = error.toString();
        }
    }

    @Test
    void underLoadEveryReloadHoldsForWhoIsThereAndNobodyLosesAMessageOrTheConnection() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client("trade:BTC-USDT", "ticker:BTC-USDT"));
        }
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        long[] published = {0};
        Thread publisher = new Thread(() -> {
            try {
                while (!stop.get()) {
                    HttpResponse<String> answer = trade("BTC-USDT", "t" + published[0]);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    published[0]++;
                }
            } catch (Throwable e) {
                failures.add(e);
            }
        });
        publisher.start();

        for (int i = 1; i <= 10; i++) {
            // The window, the rooms and the burst go up and down; the instrument takes another tick and back.
            configure(
                    BTC.formatted("trading"),
                    "connection { rooms = " + (i % 2 == 0 ? 2 : 4)
                            + ", commands-per-second = 1000, command-burst = " + (100 + i)
                            + "}\ndelivery.flush-window = " + i * 5
                            + "ms\nlog.levels { \"io.agx.market.server.room\" = "
                            + (i % 2 == 0 ? "debug" : "info") + " }");
            hangUp();
        }
        stop.set(true);
        publisher.join();

        assertThat(failures).isEmpty();
        assertThat(published[0]).isPositive();
        for (Client client : clients) {
            await().atMost(PATIENCE).until(() -> client.lastSeq == published[0]);
            assertThat(client.ended).isNull();
            for (int i = 1; i < client.seqs.size(); i++) {
                assertThat(client.seqs.get(i)).as("no hole, no repetition").isEqualTo(client.seqs.get(i - 1) + 1);
            }
            assertThat(client.seqs.get(0)).isLessThanOrEqualTo(1);
        }
        assertThat(server.wholeLog())
                .contains("configuration changed: key=delivery.flush-window from=45ms to=50ms")
                .contains("configuration changed: key=connection.rooms from=4 to=2")
                .doesNotContain("not taken");
        Client one = clients.get(0);
        assertThat(one.subscribe("trade:BTC-USDT@1s", "ticker:*").toString())
                .as("of two rooms a third is one too many")
                .contains("too_many_rooms");
        configure(BTC.formatted("trading"), "connection.rooms = 3\ninbox.users = 7");
        hangUp();
        assertThat(http.send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body())
                .containsPattern("market_queue_limit\\{[^}]*\"inbox_users\"[^}]*} 7");
        assertThat(one.subscribe("ticker:*").toString()).doesNotContain("too_many_rooms");
        assertThat(one.ended).isNull();
        assertThat(new Client("ticker:*").toldRooms)
                .as("welcome tells what holds now")
                .isEqualTo(3);
    }

    @Test
    void whoStartsItUnderNohupIsToldHowItIsReloadedInstead() throws Exception {
        Path sh = Path.of("/bin/sh");
        assumeThat(sh).exists();
        try (ServerProcess ignoring = ServerProcess.serve(
                Launch.SMALL.startedBy(sh.toString(), "-c", "trap '' HUP; exec \"$@\"", "sh"),
                Files.createDirectory(folder.resolve("under-nohup")).resolve("data"),
                "--config",
                folder.resolve("market.conf").toString())) {
            int otherPort = ignoring.awaitPort();
            assertThat(ignoring.awaitLine(CONFIGURATION_LINE)).endsWith(", read again by POST /api/v1/admin/reload");
            hangUp(ignoring);
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + otherPort + "/api/v1/admin/reload"))
                            .timeout(PATIENCE)
                            .header("Authorization", "Bearer " + token(Set.of(Scope.ADMIN)))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    /** The start is held where it reads its secret: that is a pipe, which opens when both ends do. */
    @Test
    void aHangUpInTheMiddleOfTheStartIsDoneOnceTheServerServes() throws Exception {
        assumeThat(configurationLine).endsWith(", read again at SIGHUP");
        Path pipe = folder.resolve("pipe");
        assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path file = Files.writeString(folder.resolve("starting.conf"), "token.secret-file = \"" + pipe + "\"\n");
        try (ServerProcess starting = ServerProcess.serveLogging(
                Files.createDirectory(folder.resolve("starting")).resolve("data"), "--config", file.toString())) {
            tellSecret(pipe, () -> hangUp(starting));
            starting.awaitLine(CONFIGURATION_LINE);
            tellSecret(pipe, () -> {}); // It is read again.
            await().atMost(PATIENCE).until(() -> starting.wholeLog().contains("configuration was "));
        }
    }

    /** What is done between a reader's opening the pipe and its getting the secret. */
    @FunctionalInterface
    private interface Meanwhile {
        void run() throws Exception;
    }

    private void tellSecret(Path pipe, Meanwhile meanwhile) throws Exception {
        CompletableFuture<OutputStream> opened = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.newOutputStream(pipe, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (OutputStream out = opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            meanwhile.run();
            out.write(secret.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aMistakeChangesNothingAndIsTold() throws Exception {
        Client client = new Client("ticker:BTC-USDT");
        configure(BTC.formatted("halted"), "connection.rooms = 1\ndelivery.flush-window = 2s");
        hangUp();
        assertThat(server.log())
                .contains("configuration was not taken, nothing has changed: by=SIGHUP")
                .contains("delivery.flush-window must be")
                .contains("\"2s\" (" + folder.resolve("market.conf") + ":4)");
        HttpResponse<String> answer = post("/admin/reload", "", token(Set.of(Scope.ADMIN)));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("nothing has changed: delivery.flush-window must be");

        // What never changes of an instrument is a mistake too.
        configure(BTC.formatted("halted").replace("price-scale = 2", "price-scale = 3"), "connection.rooms = 1");
        answer = post("/admin/reload", "", token(Set.of(Scope.ADMIN)));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("scales and assets of BTC-USDT never change");
        Files.delete(folder.resolve("market.conf"));
        assertThat(post("/admin/reload", "", token(Set.of(Scope.ADMIN))).statusCode())
                .isEqualTo(400);

        assertThat(client.subscribe("trade:BTC-USDT").toString()).doesNotContain("too_many_rooms");
        assertThat(trade("BTC-USDT", "a").statusCode()).isEqualTo(200);
        assertThat(trade("BTC-USDT", "b").body()).doesNotContain("halted");
        assertThat(client.ended).isNull();
    }

    @Test
    void operatorsReloadOverRestAndAreToldWhatChangedAndWhatNeedsARestart() throws Exception {
        assertThat(post("/admin/reload", "", token(Set.of(Scope.PUBLISH))).statusCode())
                .isEqualTo(403);
        assertThat(reload().path("changed")).isEmpty();
        String eth = "{ symbol = ETH-USDT, base = ETH, quote = USDT, price-scale = 2, quantity-scale = 3 }";
        configure(
                BTC.formatted("halted") + ", " + eth,
                "host = \"0.0.0.0\"\nengine.shards = 2\nconnection.rooms = 5\nedge.connections-per-user = 3");

        JsonNode report = reload();

        assertThat(report.path("changed").findValuesAsText("key"))
                .containsExactlyInAnyOrder(
                        "connection.rooms",
                        "connection.commands-per-second",
                        "connection.command-burst",
                        "edge.connections-per-user",
                        "instruments.BTC-USDT",
                        "instruments.ETH-USDT");
        assertThat(report.path("needRestart").toString())
                .as("the host is an option, which wins")
                .isEqualTo("[{\"key\":\"engine.shards\",\"before\":\"1\",\"after\":\"2\"}]");
        assertThat(trade("BTC-USDT", "x").body()).contains("instrument_halted");
        assertThat(trade("ETH-USDT", "x").statusCode()).isEqualTo(200);
        assertThat(trade("ETH-USDT", "x").body()).doesNotContain("instrument_halted");
        configure(BTC.formatted("trading") + ", " + eth, "connection.rooms = 5");
        assertThat(reload().path("changed").findValuesAsText("key")).contains("instruments.BTC-USDT");
        assertThat(trade("BTC-USDT", "y").body()).doesNotContain("instrument_halted");
    }

    @Test
    void aSecretThatWasChangedInItsFileIsTakenAndNeverShown() throws Exception {
        String before = token(Set.of(Scope.ADMIN));
        Client client = new Client("ticker:BTC-USDT");
        Files.writeString(folder.resolve("secret"), "the-second-secret-of-the-tests-for-reloads");
        assertThat(post("/admin/reload", "", before).body()).contains("token.secret-file");

        assertThat(post("/admin/reload", "", before).statusCode()).isEqualTo(401);
        secret = "the-second-secret-of-the-tests-for-reloads";
        assertThat(reload().path("changed")).isEmpty();
        Files.writeString(folder.resolve("secret"), "short");
        assertThat(post("/admin/reload", "", token(Set.of(Scope.ADMIN))).statusCode())
                .isEqualTo(400);
        assertThat(trade("BTC-USDT", "z").statusCode()).isEqualTo(200);
        assertThat(client.ended).isNull();
        assertThat(server.wholeLog()).doesNotContain("first-secret", "second-secret", "short");
    }

    @Test
    void aStartWithAMistakeEndsWithItsNameAndLeavesTheFolderAlone() throws Exception {
        configure("", "port = 70000\nconnection.romos = 5");
        ServerProcess wrong = ServerProcess.serveLogging(
                folder.resolve("other"),
                "--config",
                folder.resolve("market.conf").toString());

        assertThat(wrong.awaitEnd()).isEqualTo(2);
        assertThat(wrong.wholeLog())
                .contains("port must be a port, 0 to 65535, was \"70000\" (" + folder.resolve("market.conf") + ":3)")
                .contains("there is no key connection.romos; did you mean connection.rooms?");
        assertThat(folder.resolve("other")).doesNotExist();
        wrong.close();
    }
}
