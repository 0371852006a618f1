package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.jetty.RawPeer;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What operators see and do over REST, with real connections on both transports: market-core/doc/PROTOCOL.md, section 12. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AdminIT {
    private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    /** Whom the tests speak of by name. */
    private static final Map<String, String> TOKENS = Map.of(
            "alice", Tokens.token("alice", Set.of(Scope.ADMIN)),
            "bob", Tokens.token("bob", Set.of(Scope.ADMIN)),
            "reader", Tokens.token("reader", Set.of(Scope.PUBLISH, Scope.NOTIFY)));

    @TempDir
    private Path dataDir;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whoMayNotIsAnsweredAlikeWhateverThereIs() throws Exception {
        try (RunningMarket market = start(TransportChoice.FAST);
                RawPeer peer = connect(market)) {
            String id = idOf(peer);
            for (String method : List.of("GET", "POST", "DELETE", "PUT")) {
                Set<String> anonymous = new HashSet<>();
                Set<String> forbidden = new HashSet<>();
                for (String path : List.of(
                        "rooms",
                        "connections",
                        "ends",
                        "stats",
                        "drain",
                        "nothing",
                        "connections/" + id + "/trace",
                        "connections/nobody/trace",
                        "rooms?limit=bad")) {
                    HttpResponse<String> none = send(market, method, path, "", "");
                    HttpResponse<String> bad = send(market, method, path, "forged", "");
                    HttpResponse<String> reader = send(market, method, path, "reader", "");
                    assertThat(none.statusCode()).as(method + " " + path).isEqualTo(401);
                    assertThat(bad.statusCode()).as(method + " " + path).isEqualTo(401);
                    assertThat(reader.statusCode()).as(method + " " + path).isEqualTo(403);
                    assertThat(bad.body()).doesNotContain("forged");
                    anonymous.add(none.body());
                    forbidden.add(reader.body());
                }
                assertThat(anonymous).hasSize(1);
                assertThat(forbidden).hasSize(1);
            }
            assertThat(market.server().gateway().isDraining()).isFalse();
        }
    }

    @Test
    void badRequestsNameWhatIsWrong() throws Exception {
        try (RunningMarket market = start(TransportChoice.FAST)) {
            assertProblem(send(market, "GET", "rooms?limit=0", "alice", ""), 400, "bad_field", "limit");
            assertProblem(send(market, "GET", "connections?limit=1001", "alice", ""), 400, "bad_field", "limit");
            assertProblem(send(market, "GET", "connections?sort=beauty", "alice", ""), 400, "bad_field", "sort");
            assertProblem(send(market, "GET", "stats?after=now", "alice", ""), 400, "bad_field", "after");
            assertProblem(send(market, "POST", "drain", "alice", "{\"rate\":0}"), 400, "bad_field", "rate");
            assertProblem(send(market, "POST", "drain", "alice", "{\"rate\":1.5}"), 400, "bad_field", "rate");
            assertProblem(send(market, "POST", "drain", "alice", "{\"url\":\"http://x\"}"), 400, "bad_field", "url");
            assertProblem(send(market, "POST", "drain", "alice", "[]"), 400, "bad_request", null);
            assertProblem(send(market, "POST", "connections/nobody/trace", "alice", ""), 404, "not_found", "id");
            assertProblem(send(market, "GET", "nothing", "alice", ""), 404, "not_found", null);
            assertProblem(send(market, "DELETE", "stats", "alice", ""), 405, "not_supported", null);
            assertProblem(send(market, "GET", "drain", "alice", ""), 405, "not_supported", null);
            assertThat(market.server().gateway().isDraining()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void aSlowReaderIsSeenToWaitAndTheOthersNot(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport)) {
            Instrument instrument = market.define("BTC-USDT");
            try (RawPeer good = connect(market);
                    RawPeer slow = connect(market)) {
                String goodId = idOf(good);
                String slowId = idOf(slow);
                for (RawPeer peer : List.of(good, slow)) {
                    subscribe(peer, "trade:BTC-USDT", "ticker:BTC-USDT@raw");
                }
                AtomicInteger read = new AtomicInteger();
                CompletableFuture<Void> reading = readAll(good, read, new AtomicInteger());
                List<List<Map<String, Object>>> seen = new ArrayList<>();
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
                    market.offer(instrument, 400);
                    seen.add(connections(market, "waiting"));
                    Map<String, Object> row = seen.get(seen.size() - 1).get(0);
                    return number(row, "dropped") > 0
                            && number(row, "conflated") > 0
                            && number(row, "waitingBytes") > 0; // A write that began just now has taken all of it.
                });

                Map<String, Object> row = seen.get(seen.size() - 1).get(0);
                assertThat(row)
                        .containsEntry("id", slowId)
                        .containsEntry("writing", true)
                        .containsEntry("rooms", 2L)
                        .containsEntry("address", "127.0.0.1")
                        .containsEntry("compressed", false)
                        .containsEntry("transport", transport == TransportChoice.FAST ? "fast" : "portable")
                        .containsEntry("userId", null);
                assertThat(number(row, "waitingBytes")).isPositive();
                assertThat(number(row, "waitingMessages")).isPositive();
                assertThat(number(row, "openedTime"))
                        .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
                for (String order : List.of("conflated", "dropped")) {
                    assertThat(connections(market, order).get(0)).containsEntry("id", slowId);
                }
                List<Map<String, Object>> opened = connections(market, "opened"); // In whatever order they were taken.
                assertThat(number(opened.get(0), "openedTime"))
                        .isGreaterThanOrEqualTo(number(opened.get(1), "openedTime"));
                Map<String, Object> other = seen.get(seen.size() - 1).get(1);
                assertThat(other).containsEntry("id", goodId).containsEntry("dropped", 0L);
                assertThat(number(other, "messages")).isGreaterThan(number(row, "messages"));

                Map<String, Object> rooms = get(market, "rooms?limit=1");
                assertThat(rooms).containsEntry("count", 2L);
                assertThat(TestJson.objects(rooms, "rooms"))
                        .hasSize(1)
                        .allSatisfy(room ->
                                assertThat(room).containsEntry("members", 2L).containsEntry("rate", "raw"));
                good.reset();
                reading.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void theRoundTripIsKnownOnceAPingIsAnswered(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                RawPeer peer = connect(market)) {
            idOf(peer);
            byte[] nonce = nextPing(peer);
            assertThat(nonce).hasSize(Integer.BYTES);
            peer.send(
                    PONG,
                    ByteBuffer.allocate(4)
                            .putInt(ByteBuffer.wrap(nonce).getInt() + 1_000)
                            .array());
            peer.send(PONG, new byte[0]);
            peer.send(TEXT, utf8("{\"event\":\"ping\",\"id\":\"heard\"}"));
            while (!nextText(peer).contains("\"heard\"")) {
                // Until the pongs before it are heard as well.
            }
            assertThat(connections(market, "rtt").get(0)).containsEntry("rttMillis", null);

            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                peer.send(PONG, nextPing(peer));
                peer.send(TEXT, utf8("{\"event\":\"ping\",\"id\":\"heard\"}"));
                nextText(peer);
                return connections(market, "rtt").get(0).get("rttMillis") != null;
            });
            assertThat(Double.parseDouble(
                            String.valueOf(connections(market, "rtt").get(0).get("rttMillis"))))
                    .isBetween(0.0, 20_000.0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void endsTellTheirCodeAndWhoseDoingTheyWere(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                RawPeer polite = connect(market);
                RawPeer wrong = connect(market);
                RawPeer gone = connect(market)) {
            String politeId = idOf(polite);
            String wrongId = idOf(wrong);
            String goneId = idOf(gone);
            polite.send(CLOSE, new byte[] {0x03, (byte) 0xe8, 'd', 'o', 'n', 'e'});
            wrong.send(BINARY, new byte[] {1});
            gone.reset();
            await().atMost(PATIENCE)
                    .until(() -> TestJson.objects(get(market, "ends"), "ends").size() == 3);

            List<Map<String, Object>> ends = TestJson.objects(get(market, "ends"), "ends");
            assertThat(end(ends, politeId))
                    .containsEntry("code", 1000L)
                    .containsEntry("reason", "done")
                    .containsEntry("by", "peer")
                    .containsEntry("messages", 1L)
                    .containsEntry("address", "127.0.0.1");
            assertThat(end(ends, wrongId))
                    .containsEntry("code", 1003L)
                    .containsEntry("reason", "send commands as text")
                    .containsEntry("by", "server");
            assertThat(end(ends, goneId)).containsEntry("code", 1006L).containsEntry("by", "peer");
            assertThat(ends)
                    .extracting(end -> number(end, "endedTime"))
                    .isSortedAccordingTo((a, b) -> Long.compare(b, a));
            assertThat(get(market, "connections")).containsEntry("count", 0L);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void aTraceShowsBothWaysAndNoToken(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                RawPeer peer = new RawPeer(market.port(), "")) {
            market.define("BTC-USDT");
            String id = idOf(peer);
            String path = "connections/" + id + "/trace";
            assertThat(send(market, "GET", path + "?after=0", "alice", "").statusCode())
                    .isEqualTo(404);
            assertThat(send(market, "POST", path, "alice", "{}").statusCode()).isEqualTo(200);
            peer.send(TEXT, utf8("{\"event\":\"auth\",\"id\":1,\"data\":{\"token\":\"" + TOKEN + "\"}}"));
            peer.send(TEXT, utf8("{\"event\":\"auth\",\"data\":\"" + TOKEN + "\"}"));
            peer.send(TEXT, utf8("{\"event\":\"subscribe\",\"id\":2,\"data\":{\"rooms\":[\"trade:BTC-USDT\"]}}"));
            while (!nextText(peer).contains("\"subscribed\"")) {
                // Errors of the two before it.
            }

            Map<String, Object> page = get(market, path + "?after=0");
            List<Map<String, Object>> frames = TestJson.objects(page, "frames");
            assertThat(page).containsEntry("lost", 0L);
            assertThat(frames).extracting(frame -> frame.get("direction")).contains("in", "out");
            assertThat(frames)
                    .extracting(frame -> String.valueOf(frame.get("text")))
                    .anyMatch(text -> text.contains("\"subscribe\""))
                    .anyMatch(text -> text.contains("\"subscribed\""))
                    .anyMatch(text -> text.contains("(not shown)"));
            assertThat(page.toString()).doesNotContain(TOKEN, TOKEN.substring(0, 12));
            assertThat(frames)
                    .extracting(frame -> number(frame, "n"))
                    .isSorted()
                    .doesNotHaveDuplicates();
            Map<String, Object> rest = get(market, path + "?after=" + page.get("next"));
            assertThat(TestJson.objects(rest, "frames")).isEmpty();

            assertThat(send(market, "GET", path + "?after=0", "bob", "").statusCode())
                    .isEqualTo(404);
            assertThat(send(market, "POST", path, "bob", "").statusCode()).isEqualTo(409);
            assertThat(send(market, "DELETE", path, "alice", "").statusCode()).isEqualTo(200);
            assertThat(send(market, "GET", path + "?after=0", "alice", "").statusCode())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void aDrainSendsEveryoneAwayOnceAndTakesNobody(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                RawPeer one = connect(market);
                RawPeer two = connect(market)) {
            idOf(one);
            idOf(two);
            HttpResponse<String> answer =
                    send(market, "POST", "drain", "alice", "{\"rate\":10,\"url\":\"wss://other.example/ws\"}");

            assertThat(answer.body()).isEqualTo("{\"draining\":true,\"connections\":2}");
            for (RawPeer peer : List.of(one, two)) {
                String told = nextText(peer);
                assertThat(told)
                        .contains("\"drain\"", "\"url\":\"wss://other.example/ws\"", "\"reconnectAfterMillis\"");
                RawPeer.Frame close = peer.next();
                assertThat(close.opcode()).isEqualTo(CLOSE);
                assertThat(ByteBuffer.wrap(close.payload()).getShort()).isEqualTo((short) 1001);
                peer.send(CLOSE, new byte[] {0x03, (byte) 0xe9});
            }
            assertThat(send(market, "POST", "drain", "bob", "").body())
                    .isEqualTo("{\"draining\":true,\"connections\":2}");
            assertThat(send(
                                    market,
                                    "POST",
                                    "drain",
                                    "bob",
                                    HttpRequest.BodyPublishers.ofInputStream(InputStream::nullInputStream))
                            .body())
                    .as("an empty body whose length nobody said before")
                    .isEqualTo("{\"draining\":true,\"connections\":2}");
            HttpResponse<String> ready = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + market.port() + "/health/ready"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("draining");
            try (RawPeer late = new RawPeer(market.port(), "")) {
                assertThat(late.answer).startsWith("HTTP/1.1 503");
            }
            await().atMost(PATIENCE).until(() -> number(get(market, "connections"), "count") == 0);
            assertThat(TestJson.objects(get(market, "ends"), "ends"))
                    .hasSize(2)
                    .allSatisfy(
                            end -> assertThat(end).containsEntry("code", 1001L).containsEntry("by", "server"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"FAST", "PORTABLE"})
    void theFiguresAreThoseOfAnIndependentCount(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                RawPeer peer = connect(market)) {
            Instrument instrument = market.define("BTC-USDT");
            idOf(peer);
            AtomicInteger messages = new AtomicInteger(1);
            AtomicInteger bytes = new AtomicInteger();
            subscribe(peer, "trade:BTC-USDT@raw");
            Map<String, Object> before = get(market, "stats");
            CompletableFuture<Void> reading = readAll(peer, messages, bytes);
            int first = messages.get();
            for (int i = 0; i < 30; i++) {
                market.trade(instrument, 3);
            }
            NewTrade again = new NewTrade(instrument, "t1", 10_000, 1_000, Side.BUY, System.currentTimeMillis(), false);
            NewTrade bad = new NewTrade(instrument, "bad", -1, 1_000, Side.BUY, System.currentTimeMillis(), false);
            market.publish(List.of(again, bad)).join();

            await().atMost(PATIENCE).untilAsserted(() -> {
                Map<String, Object> now = get(market, "stats?after=" + Long.MAX_VALUE);
                assertThat(number(now, "messages") - number(before, "messages")).isEqualTo(messages.get() - first);
                assertThat(number(now, "bytes") - number(before, "bytes")).isEqualTo(bytes.get());
                assertThat(number(now, "messages")).isGreaterThan(number(before, "messages"));
                assertThat(TestJson.objects(now, "history")).isEmpty();
            });
            Map<String, Object> now = get(market, "stats");
            assertThat(now)
                    .containsEntry("tradesAccepted", 90L)
                    .containsEntry("duplicates", 1L)
                    .containsEntry("rejected", 1L)
                    .containsEntry("connections", 1L)
                    .containsEntry("rooms", 1L)
                    .containsEntry("journalQueuedTrades", 0L)
                    .containsEntry("engineQueuedBatches", 0L);
            assertThat(number(now, "cpuNanos")).isPositive();
            assertThat(number(now, "heapUsedBytes")).isPositive().isLessThanOrEqualTo(number(now, "heapMaxBytes"));
            Map<String, Object> latency = TestJson.object(now, "latency");
            assertThat(number(latency, "count")).isBetween(1L, 30L);
            double p50 = Double.parseDouble(String.valueOf(latency.get("p50")));
            assertThat(p50).isPositive();
            assertThat(Double.parseDouble(String.valueOf(latency.get("p99")))).isGreaterThanOrEqualTo(p50);
            await().atMost(PATIENCE)
                    .until(() ->
                            TestJson.objects(get(market, "stats"), "history").size() >= 2);
            assertThat(metrics(market))
                    .contains("market_delivery_latency_seconds_count " + latency.get("count") + "\n")
                    .contains("market_delivery_latency_seconds_bucket{le=\"+Inf\"} " + latency.get("count") + "\n");
            peer.reset();
            reading.join();
        }
    }

    private RunningMarket start(TransportChoice transport) throws IOException {
        return RunningMarket.listening(
                dataDir,
                config -> withPings(config).withDelivery(config.delivery().withTransport(transport)));
    }

    /** Pings as often as the second's tick allows. */
    private static MarketConfig withPings(MarketConfig config) {
        GatewayLimits limits = config.gateway();
        return config.withGateway(new GatewayLimits(
                limits.messageBytes(),
                limits.commandsPerSecond(),
                limits.commandBurst(),
                limits.maxBadCommands(),
                limits.maxRefusedCommands(),
                new SubscriberLimits(1_024, 1L << 20, 600_000, 100, 60_000, 30_000)));
    }

    private static RawPeer connect(RunningMarket market) throws IOException {
        return new RawPeer(market.port(), "");
    }

    /** The id in {@code welcome}, which is the first message. */
    private static String idOf(RawPeer peer) throws IOException {
        return String.valueOf(
                TestJson.object(TestJson.object(nextText(peer)), "data").get("connectionId"));
    }

    private static void subscribe(RawPeer peer, String... rooms) throws IOException {
        peer.send(
                TEXT, utf8("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"" + String.join("\",\"", rooms) + "\"]}}"));
        assertThat(nextText(peer)).contains("\"subscribed\"").doesNotContain("\"ok\":false");
    }

    private static String nextText(RawPeer peer) throws IOException {
        RawPeer.Frame frame = peer.next();
        while (frame.opcode() != TEXT) {
            assertThat(frame.opcode()).isEqualTo(PING);
            frame = peer.next();
        }
        return frame.text();
    }

    private static byte[] nextPing(RawPeer peer) throws IOException {
        RawPeer.Frame frame = peer.next();
        while (frame.opcode() != PING) {
            frame = peer.next();
        }
        return frame.payload();
    }

    /** Counts all messages until the connection ends. */
    private static CompletableFuture<Void> readAll(RawPeer peer, AtomicInteger messages, AtomicInteger bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                while (true) {
                    RawPeer.Frame frame = peer.next();
                    if (frame.opcode() == TEXT) {
                        messages.incrementAndGet();
                        bytes.addAndGet(frame.payload().length);
                    }
                }
            } catch (IOException e) {
                // The test has closed it.
            }
        });
    }

    private List<Map<String, Object>> connections(RunningMarket market, String sort) throws Exception {
        return TestJson.objects(get(market, "connections?sort=" + sort), "connections");
    }

    private static Map<String, Object> end(List<Map<String, Object>> ends, String id) {
        List<Map<String, Object>> own = new ArrayList<>(ends);
        own.removeIf(each -> !id.equals(each.get("id")));
        assertThat(own).hasSize(1);
        return own.get(0);
    }

    private static long number(Map<String, Object> object, String field) {
        return (Long) object.get(field);
    }

    private Map<String, Object> get(RunningMarket market, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(market, "GET", path, "alice", "");
        assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        return TestJson.object(response.body());
    }

    private HttpResponse<String> send(RunningMarket market, String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return send(
                market,
                method,
                path,
                token,
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(
            RunningMarket market, String method, String path, String token, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(market.rest("/admin/" + path))
                .timeout(PATIENCE)
                .method(method, body);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + TOKENS.getOrDefault(token, token));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String metrics(RunningMarket market) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + market.port() + "/metrics");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void assertProblem(HttpResponse<String> response, int status, String code, @Nullable String field) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        Map<String, Object> problem = TestJson.object(response.body());
        assertThat(problem).containsEntry("code", code);
        assertThat(problem.get("field")).isEqualTo(field);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
