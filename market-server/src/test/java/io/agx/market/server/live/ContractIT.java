package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.api.Contract;
import io.agx.market.server.config.ConfigSources;
import io.agx.market.server.config.IdentityConfig;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.jetty.RawPeer;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole server against the documents that it serves: every kind of message and every operation is played, all that comes must be what the
 * documents say, and what they say must have come.
 */
@Timeout(120)
class ContractIT {
    private static final Set<Scope> ALL_SCOPES = Set.of(Scope.values());
    private static final String ALICE = Tokens.token("alice", ALL_SCOPES);
    private static final String READER = Tokens.token("reader", Set.of());
    private static final String EXAMPLES = "../market-core/src/test/resources/protocol";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path dataDir;

    private final HttpClient http = HttpClient.newHttpClient();
    private RunningMarket market;
    private Contract rest;
    private Contract socket;
    private Instrument instrument;

    @BeforeEach
    void start() throws Exception {
        market = RunningMarket.listening(
                dataDir,
                config -> config.withIdentity(IdentityConfig.DEFAULTS.withRequireToken(true))
                        .withGateway(new GatewayLimits(
                                65_536,
                                20,
                                100,
                                100,
                                1_000,
                                new SubscriberLimits(1_024, 1L << 20, 200, 20_000, 60_000, 60_000))));
        rest = new Contract(raw("GET", "/api/v1/openapi.json", ALICE, "").body());
        socket = new Contract(raw("GET", "/api/v1/asyncapi.json", ALICE, "").body());
        instrument = market.define("BTC-USDT");
    }

    @AfterEach
    void stop() {
        market.close();
    }

    private HttpResponse<String> raw(String method, String path, String token, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + market.port() + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Asks, and judges the answer. */
    private String ask(int status, String method, String path, String token, String body, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = raw(method, path, token, body, headers);
        assertThat(answer.statusCode())
                .as(method + " " + path + " " + answer.body())
                .isEqualTo(status);
        rest.answer(
                method,
                path.split("\\?", 2)[0],
                status,
                answer.headers().firstValue("Content-Type").orElse(null),
                answer.body());
        return answer.body();
    }

    /** Asks with a body of the document's. */
    private String post(int status, String path, String body) throws IOException, InterruptedException {
        rest.request("POST", path.split("\\?", 2)[0], body);
        return ask(status, "POST", path, ALICE, body);
    }

    private ContractPeer peer(String target) throws IOException {
        return new ContractPeer(market.port(), target, socket, "Authorization: Bearer " + ALICE);
    }

    @Test
    void everyMessageIsOneOfTheDocumentAndEveryOneOfTheDocumentIsSent() throws Exception {
        market.trade(instrument, 20);
        long started = System.currentTimeMillis() - 60_000;
        post(
                200,
                "/api/v1/quotes",
                "[{\"symbol\":\"BTC-USDT\",\"bid\":\"100\",\"bidQty\":1,\"ask\":\"100.5\",\"askQty\":\"2\"}]");
        await().atMost(PATIENCE)
                .until(() ->
                        ask(200, "GET", "/api/v1/tickers/BTC-USDT", READER, "").contains("\"bid\""));
        try (ContractPeer peer = peer("/ws?rooms=ticker:*,kline:BTC-USDT:1m")) {
            String welcome = peer.next("welcome");
            String epoch = welcome.replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
            peer.next("auth");
            peer.next("subscribed");
            peer.next("heartbeat");
            rooms(peer, epoch);
            queries(peer);
            publishing(peer);
            replay(peer, started);
            inbox(peer);
            refusals(peer);
            post(200, "/api/v1/broadcast", "{\"title\":\"Maintenance\",\"content\":\"at noon\"}");
            peer.next("system");
            slowReader();
            ask(200, "POST", "/api/v1/admin/drain", ALICE, "{\"rate\":500,\"url\":\"ws://127.0.0.1:1/ws\"}");
            peer.next("drain");
            assertThat(peer.readToEnd()).isEqualTo(1001);
        }
        goldens();

        assertThat(socket.seen()).isEqualTo(socket.messageKeys());
        assertThat(socket.unseenFields())
                .as("fields of the document that neither the examples nor the server have")
                .containsExactlyInAnyOrder(
                        "/channels/market/bindings/ws/headers/properties/Authorization",
                        "/channels/market/bindings/ws/query/properties/rooms",
                        "/channels/market/bindings/ws/query/properties/token");
    }

    /** So that fields are seen of which a server has no need here, such as an avatar. */
    private void goldens() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(EXAMPLES))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                if (file.getFileName().toString().startsWith("command-")) {
                    socket.command(text);
                } else {
                    socket.event(text);
                }
            }
        }
    }

    private static String command(String event, int id, String data) {
        return "{\"event\":\"" + event + "\",\"id\":" + id + (data.isEmpty() ? "" : ",\"data\":" + data) + "}";
    }

    private void rooms(ContractPeer peer, String epoch) throws Exception {
        peer.send(command(
                "subscribe",
                1,
                "{\"rooms\":[\"ticker:BTC-USDT@raw\",\"ticker:BTC-*@100ms~last~bid\",{\"room\":\"kline:BTC-USDT:1s\",\"snapshot\":50},"
                        + "{\"room\":\"kline:BTC-USDT:1d:+08:00~close~volume\"},{\"room\":\"ticker:*@1s\",\"fields\":[\"last\"]},"
                        + "{\"room\":\"trade:BTC-USDT\",\"snapshot\":5,\"since\":{\"epoch\":\"" + epoch
                        + "\",\"seq\":3}},"
                        + "\"trade:NOT-THERE\",\"inbox\"]}"));
        peer.next("subscribed");
        market.trade(instrument, 3);
        peer.nextOfEach("ticker", "kline", "trade");
        peer.send(command("rooms", 2, ""));
        peer.next("rooms");
        peer.sendBad(command("subscribe", 3, "{\"rooms\":[\"nothing:here\",\"trade:BTC-USDT@7s\",\"inbox:bob\"]}"));
        assertThat(peer.next("subscribed")).contains("unknown_room", "bad_field");
        peer.send(command("unsubscribe", 4, "{\"rooms\":[\"ticker:BTC-USDT@raw\",\"trade:ETH-USDT\"]}"));
        assertThat(peer.next("unsubscribed")).contains("\"ok\":true", "\"ok\":false");
    }

    private static void queries(ContractPeer peer) throws Exception {
        peer.send(command("ticker", 10, "{\"symbol\":\"BTC-USDT\"}"));
        peer.next("ticker-reply");
        peer.send(command("ticker", 11, ""));
        peer.next("tickers");
        peer.send(command(
                "klines",
                12,
                "{\"symbol\":\"BTC-USDT\",\"interval\":\"1m\",\"limit\":5,\"utcOffset\":\"-05:30\",\"fill\":true}"));
        peer.next("klines");
        peer.send(command("trades", 13, "{\"symbol\":\"BTC-USDT\",\"fromSeq\":2,\"limit\":7}"));
        peer.next("trades");
        peer.send(command(
                "trades", 17, "{\"symbol\":\"BTC-USDT\",\"startTime\":1700000000000,\"endTime\":1900000000000}"));
        peer.next("trades");
        peer.send(command("instruments", 14, ""));
        peer.next("instruments");
        peer.send(command("ping", 15, "{\"clientTime\":-5}"));
        peer.next("pong");
        peer.send("{\"event\":\"ping\"}");
        peer.next("pong");
        peer.send(command("auth", 16, "{\"token\":\"" + ALICE + "\"}"));
        peer.next("auth");
    }

    private static void publishing(ContractPeer peer) throws Exception {
        String trade =
                "{\"symbol\":\"BTC-USDT\",\"id\":\"w-1\",\"price\":\"100.01\",\"qty\":0.5,\"takerSide\":\"sell\",\"buyerUserId\":\"alice\",\"sellerUserId\":\"bob\"}";
        String bad = "{\"symbol\":\"BTC-USDT\",\"id\":7,\"price\":\"0\",\"qty\":\"1\",\"time\":"
                + System.currentTimeMillis() + "}";
        peer.send(command("publish", 20, "{\"trades\":[" + trade + "," + trade + "," + bad + "]}"));
        assertThat(peer.next("published")).contains("duplicate", "bad_price");
        String quote =
                "{\"symbol\":\"BTC-USDT\",\"bid\":\"100\",\"bidQty\":\"1\",\"ask\":\"100.5\",\"askQty\":\"2\",\"time\":"
                        + System.currentTimeMillis() + "}";
        String crossed = "{\"symbol\":\"BTC-USDT\",\"bid\":\"100\",\"bidQty\":\"1\",\"ask\":\"99\",\"askQty\":\"2\"}";
        peer.send(command("publish", 21, "{\"quotes\":[" + quote + "," + crossed + "]}"));
        assertThat(peer.next("published")).contains("crossed_quote");
        peer.send(command("publish", 22, "{\"quotes\":[" + quote + "," + crossed + "],\"atomic\":true}"));
        assertThat(peer.next("published")).contains("\"atomic\"");
    }

    private static void replay(ContractPeer peer, long from) throws Exception {
        String stretch = "{\"symbol\":\"BTC-USDT\",\"fromTime\":" + from + ",\"toTime\":" + System.currentTimeMillis();
        peer.send(
                command(
                        "replay",
                        30,
                        stretch
                                + ",\"speed\":1000,\"rooms\":[\"trade:BTC-USDT\",\"ticker:BTC-USDT@raw\",\"kline:BTC-USDT:1s\",\"trade:ETH-USDT\"]}"));
        peer.next("replaying");
        peer.next("replayed");
        peer.send(command("replay", 31, stretch + ",\"speed\":1,\"rooms\":[\"trade:BTC-USDT\"]}"));
        peer.next("replaying");
        peer.send(command("stop_replay", 32, ""));
        peer.next("replay_stopped");
    }

    private void inbox(ContractPeer peer) throws Exception {
        peer.send(command("get_unread_message", 40, ""));
        peer.next("ev_new_message");
        post(
                201,
                "/api/v1/users/alice/notifications",
                "{\"title\":\"Hello\",\"content\":\"Good day\",\"type\":\"greeting\",\"data\":{\"a\":[1]},\"sender\":{\"nickname\":\"desk\",\"avatar\":\"a.png\"},"
                        + "\"idempotencyKey\":\"k-1\"}");
        peer.next("notification");
        peer.send(command("read_message", 41, "{\"ids\":[\"1\"],\"toSeq\":1}"));
        peer.next("ev_read_status");
        peer.send(command("read_message", 42, "{\"all\":true}"));
        peer.next("ev_read_status");
        peer.send(command("unsubscribe", 43, "{\"rooms\":[\"inbox\"]}"));
        peer.next("unsubscribed");
        peer.send(command("subscribe", 44, "{\"rooms\":[{\"room\":\"inbox\",\"snapshot\":10}]}"));
        assertThat(peer.next("subscribed")).contains("\"readTime\"");
    }

    private static void refusals(ContractPeer peer) throws Exception {
        for (String bad : List.of(
                "not json",
                "[]",
                "{\"event\":\"nothing\",\"id\":\"x\"}",
                command("klines", 50, "{\"symbol\":\"BTC-USDT\",\"interval\":\"7m\"}"),
                command("trades", 51, "{\"symbol\":\"BTC-USDT\",\"limit\":0}"),
                command("stop_replay", 52, ""),
                command("auth", 53, "{\"token\":\"a.b.c\"}"),
                command("ticker", 54, "{\"symbol\":\"NOT-THERE\"}"))) {
            peer.sendBad(bad);
            peer.next("error");
        }
        for (int i = 0; i < 150; i++) {
            peer.send("{\"event\":\"ping\"}");
        }
        String refused = peer.next("error");
        assertThat(refused).contains("rate_limited", "retryAfterMillis");
    }

    /** One that does not read until something was dropped for it, and merged. */
    private void slowReader() throws Exception {
        try (RawPeer slow = new RawPeer(market.port(), "Authorization: Bearer " + ALICE + "\r\n")) {
            String id = JsClient.JSON
                    .readTree(nextText(slow))
                    .at("/data/connectionId")
                    .asText();
            slow.send(
                    1,
                    "{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"trade:BTC-USDT\",\"ticker:BTC-USDT@raw\",\"kline:BTC-USDT:1m@raw\"]}}"
                            .getBytes(StandardCharsets.UTF_8));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
                market.offer(instrument, 400);
                String all = ask(200, "GET", "/api/v1/admin/connections?sort=dropped", ALICE, "");
                for (JsonNode each : JsClient.JSON.readTree(all).get("connections")) {
                    if (each.get("id").asText().equals(id)) {
                        return each.get("dropped").asLong() > 0
                                && each.get("conflated").asLong() > 100;
                    }
                }
                throw new AssertionError(id + " is gone");
            });
            Set<String> missing = new HashSet<>(Set.of("event-gap", "event-ticker merged", "event-kline merged"));
            while (!missing.isEmpty()) {
                String text = nextText(slow);
                missing.remove(socket.event(text) + (text.contains("\"skipped\":") ? " merged" : ""));
            }
        }
    }

    private static String nextText(RawPeer peer) throws IOException {
        RawPeer.Frame frame = peer.next();
        while (frame.opcode() != 1) {
            frame = peer.next();
        }
        return frame.text();
    }

    @Test
    void everyAnswerIsOneOfTheDocumentAndEveryOperationIsAnswered() throws Exception {
        market.trade(instrument, 20);
        reading();
        writing();
        messages();
        operators();

        Set<String> answered = new TreeSet<>();
        rest.seen().forEach(answer -> {
            if (answer.matches(".* 20[01]")) {
                answered.add(answer.replaceAll(" 20[01]$", ""));
            }
        });
        assertThat(answered).isEqualTo(rest.operations());
        assertThat(rest.unseenFields())
                .as("fields of the document that no request and no answer of this test had")
                .isEmpty();
    }

    private void reading() throws Exception {
        List<String> tagged = List.of(
                "/api/v1/instruments",
                "/api/v1/tickers",
                "/api/v1/tickers/BTC-USDT",
                "/api/v1/klines?symbol=BTC-USDT&interval=1m&limit=3&utcOffset=%2B08:00",
                "/api/v1/trades?symbol=BTC-USDT&limit=5",
                "/api/v1/users/me/messages",
                "/api/v1/openapi.json",
                "/api/v1/asyncapi.json");
        for (String path : tagged) {
            ask(200, "GET", path, READER, "");
            String tag =
                    raw("GET", path, READER, "").headers().firstValue("ETag").orElseThrow();
            ask(304, "GET", path, READER, "", "If-None-Match", tag);
            ask(401, "GET", path, "", "");
            ask(401, "GET", path, "a.b.c", "");
        }
    }

    private void writing() throws Exception {
        String gold =
                "{\"symbol\":\"GOLD-USD\",\"baseAsset\":\"GOLD\",\"quoteAsset\":\"USD\",\"priceScale\":2,\"quantityScale\":4,"
                        + "\"tickSize\":\"0.05\",\"stepSize\":\"0.1\"}";
        post(201, "/api/v1/instruments", gold);
        post(409, "/api/v1/instruments", gold);
        ask(400, "POST", "/api/v1/instruments", ALICE, "{\"symbol\":7}");
        ask(403, "POST", "/api/v1/instruments", READER, gold);
        ask(401, "POST", "/api/v1/instruments", "a.b.c", gold);
        ask(413, "POST", "/api/v1/instruments", ALICE, " ".repeat(65_537));

        String trade =
                "{\"symbol\":\"BTC-USDT\",\"id\":\"r-1\",\"price\":100.01,\"qty\":\"0.5\",\"takerSide\":\"buy\",\"sellerUserId\":\"alice\"}";
        String bad =
                "{\"symbol\":\"BTC-USDT\",\"id\":8,\"price\":\"0\",\"qty\":\"1\",\"time\":1700000000000,\"buyerUserId\":\"bob\"}";
        post(200, "/api/v1/trades", "[" + trade + "," + trade + "," + bad + "]");
        post(422, "/api/v1/trades?atomic=true", "[" + trade + "," + bad + "]");
        ask(400, "POST", "/api/v1/trades", ALICE, "{");
        ask(401, "POST", "/api/v1/trades", "a.b.c", "[]");
        ask(403, "POST", "/api/v1/trades", READER, "[]");
        ask(413, "POST", "/api/v1/trades", ALICE, "[" + "0,".repeat(20_000) + "0]");
        ask(415, "POST", "/api/v1/trades", ALICE, "[]", "Content-Encoding", "br");
        ask(200, "POST", "/api/v1/trades", ALICE, "{}\n".repeat(20_001), "Content-Type", "application/x-ndjson");

        String quote =
                "{\"symbol\":\"BTC-USDT\",\"bid\":\"100\",\"bidQty\":1,\"ask\":\"100.5\",\"askQty\":\"2\",\"time\":"
                        + System.currentTimeMillis() + "}";
        post(
                200,
                "/api/v1/quotes",
                "[" + quote + ",{\"symbol\":\"NONE\",\"bid\":1,\"bidQty\":1,\"ask\":2,\"askQty\":1}]");
        post(
                422,
                "/api/v1/quotes?atomic=true",
                "[" + quote + ",{\"symbol\":\"NONE\",\"bid\":1,\"bidQty\":1,\"ask\":2,\"askQty\":1}]");
        ask(400, "POST", "/api/v1/quotes", ALICE, "7");
        ask(413, "POST", "/api/v1/quotes", ALICE, "[" + "0,".repeat(5_000) + "0]");
        await().atMost(PATIENCE)
                .until(() ->
                        ask(200, "GET", "/api/v1/tickers/BTC-USDT", READER, "").contains("\"bid\":\"100\""));

        ask(404, "GET", "/api/v1/tickers/NOT-THERE", READER, "");
        ask(400, "GET", "/api/v1/tickers/not%20one", READER, "");
        ask(400, "GET", "/api/v1/klines?symbol=BTC-USDT&interval=7m", READER, "");
        ask(404, "GET", "/api/v1/klines?symbol=NOT-THERE&interval=1m", READER, "");
        ask(400, "GET", "/api/v1/trades?symbol=BTC-USDT&limit=x", READER, "");
        ask(404, "GET", "/api/v1/trades?symbol=NOT-THERE", READER, "");
    }

    private void messages() throws Exception {
        String hello = "{\"title\":\"Hello\",\"content\":\"Good day\",\"type\":\"greeting\",\"data\":{\"a\":[1]},"
                + "\"sender\":{\"nickname\":\"desk\",\"avatar\":\"a.png\"},\"idempotencyKey\":\"k-1\"}";
        post(201, "/api/v1/users/alice/notifications", hello);
        post(200, "/api/v1/users/alice/notifications", hello);
        ask(400, "POST", "/api/v1/users/alice/notifications", ALICE, "{}");
        ask(403, "POST", "/api/v1/users/alice/notifications", READER, hello);
        String addressed = hello.replaceFirst("\\{", "{\"userId\":\"bob\",");
        post(200, "/api/v1/notifications", "[" + addressed + "," + addressed + "]");
        ask(200, "POST", "/api/v1/notifications", ALICE, "[{\"userId\":\"bob\"}]");
        ask(400, "POST", "/api/v1/notifications", ALICE, "{}");
        ask(413, "POST", "/api/v1/notifications", ALICE, "[" + "0,".repeat(1_000) + "0]");
        post(200, "/api/v1/broadcast", hello.replaceFirst("\\{", "{\"store\":true,"));
        ask(400, "POST", "/api/v1/broadcast", ALICE, "{\"title\":\"\"}");
        post(200, "/api/v1/users/me/messages/read", "{\"ids\":[\"1\"],\"toSeq\":1}");
        assertThat(ask(200, "GET", "/api/v1/users/me/messages?since=0&limit=10", ALICE, ""))
                .contains("\"readTime\"");
        ask(400, "GET", "/api/v1/users/me/messages?limit=0", ALICE, "");
        post(200, "/api/v1/users/me/messages/read", "{\"all\":true}");
        ask(400, "POST", "/api/v1/users/me/messages/read", ALICE, "{}");
    }

    private void operators() throws Exception {
        try (ContractPeer ended = peer("/ws")) {
            ended.next("welcome");
        }
        await().atMost(PATIENCE)
                .until(() -> ask(200, "GET", "/api/v1/admin/ends", ALICE, "").contains("\"id\""));
        try (ContractPeer peer = peer("/ws?rooms=ticker:BTC-USDT~last,trade:BTC-USDT")) {
            String id = idOf(peer.next("welcome"));
            peer.next("heartbeat");
            String trace = "/api/v1/admin/connections/" + id + "/trace";
            ask(404, "GET", trace, ALICE, "");
            ask(200, "POST", trace, ALICE, "");
            ask(409, "POST", trace, Tokens.token("bob", ALL_SCOPES), "");
            ask(404, "POST", "/api/v1/admin/connections/nobody/trace", ALICE, "");
            peer.send("{\"event\":\"ping\"}");
            peer.next("pong");
            await().atMost(PATIENCE)
                    .until(() -> ask(200, "GET", trace + "?after=0", ALICE, "").contains("\"direction\":\"in\""));
            ask(400, "GET", trace + "?after=x", ALICE, "");
            assertThat(ask(200, "GET", "/api/v1/admin/rooms?limit=10", ALICE, ""))
                    .contains("\"fields\":[")
                    .contains("\"last\"");
            ask(200, "GET", "/api/v1/admin/connections?sort=opened", ALICE, "");
            ask(400, "GET", "/api/v1/admin/connections?sort=beauty", ALICE, "");
            await().atMost(PATIENCE)
                    .until(() ->
                            ask(200, "GET", "/api/v1/admin/stats", ALICE, "").contains("\"time\""));
            ask(200, "DELETE", trace, ALICE, "");
            moreTracesThanThereMayBe();
            for (String path : List.of("rooms", "connections", "ends", "stats")) {
                ask(401, "GET", "/api/v1/admin/" + path, "", "");
                ask(403, "GET", "/api/v1/admin/" + path, READER, "");
            }
        }
        ask(200, "GET", "/health/live", "", "");
        ask(200, "GET", "/health/ready", "", "");
        ask(200, "GET", "/metrics", "", "");
        reload();
        ask(400, "POST", "/api/v1/admin/drain", ALICE, "{\"rate\":0}");
        post(200, "/api/v1/admin/drain", "{\"rate\":500,\"url\":\"ws://127.0.0.1:1/ws\"}");
        ask(503, "GET", "/health/ready", "", "");
    }

    private void reload() throws Exception {
        Map<String, String> environment = new ConcurrentHashMap<>(Map.of("MARKET_FEED", "none"));
        market.server()
                .reloadFrom(
                        ConfigSources.ofCommandLine("", environment::get, Map.of())
                                .load(),
                        log -> {});
        environment.put("MARKET_COMMAND_BURST", "101");
        environment.put("MARKET_ENGINE_SHARDS", "2");
        ask(200, "POST", "/api/v1/admin/reload", ALICE, "");
        ask(403, "POST", "/api/v1/admin/reload", READER, "");
        environment.put("MARKET_COMMAND_BURST", "0");
        ask(400, "POST", "/api/v1/admin/reload", ALICE, "");
    }

    private void moreTracesThanThereMayBe() throws Exception {
        List<ContractPeer> traced = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                ContractPeer peer = peer("/ws");
                traced.add(peer);
                String id = idOf(peer.next("welcome"));
                String user = Tokens.token("operator-" + i, ALL_SCOPES);
                ask(i < 4 ? 200 : 429, "POST", "/api/v1/admin/connections/" + id + "/trace", user, "");
            }
        } finally {
            for (ContractPeer peer : traced) {
                peer.close();
            }
        }
    }

    private static String idOf(String welcome) throws IOException {
        return JsClient.JSON.readTree(welcome).at("/data/connectionId").asText();
    }

    /** Each resource of the servlet context is in the document, and has the document's methods and no others. */
    @Test
    void theDocumentHasEachRouteAndEachMethodAndNothingElse() throws Exception {
        Set<String> routes = new TreeSet<>();
        for (String mapping : market.mappings()) {
            if (!Set.of("/", "/ws").contains(mapping)) {
                String prefix = mapping.replace("/*", "");
                assertThat(rest.operations())
                        .as(mapping)
                        .anyMatch(operation -> operation.split(" ")[1].startsWith(prefix));
                routes.add(prefix);
            }
        }
        assertThat(rest.operations())
                .allSatisfy(operation -> assertThat(routes).anyMatch(operation.split(" ")[1]::startsWith))
                .hasSizeGreaterThan(25);
        Set<String> paths = new TreeSet<>();
        rest.operations().forEach(operation -> paths.add(operation.split(" ")[1]));
        for (String path : paths) {
            for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
                if (!rest.operations().contains(method + " " + path)) {
                    String concrete = path.replace("{symbol}", "BTC-USDT").replace("{id}", "bob");
                    HttpResponse<String> answer = raw(method, concrete, ALICE, "");
                    assertThat(answer.statusCode()).as(method + " " + path).isIn(404, 405);
                    rest.problem(answer.body());
                }
            }
        }
        for (String nothing :
                List.of("/api", "/api/v1", "/api/v1/nothing", "/api/v1/admin/nothing", "/api/v2/tickers")) {
            HttpResponse<String> answer = raw("GET", nothing, ALICE, "");
            assertThat(answer.statusCode()).as(nothing).isEqualTo(404);
            rest.problem(answer.body());
        }
    }

    @Test
    void theDocumentsAreKeptByWhoAskedForThem() throws Exception {
        for (String path : List.of("/api/v1/openapi.json", "/api/v1/asyncapi.json")) {
            HttpResponse<String> first = raw("GET", path, ALICE, "");
            assertThat(first.headers().firstValue("Cache-Control")).contains("max-age=300");
            assertThat(first.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(first.body()).isEqualTo(Files.readString(Path.of("../docs/api", path.replaceAll(".*/", ""))));
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(raw("GET", path, ALICE, "", "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
        }
    }
}
