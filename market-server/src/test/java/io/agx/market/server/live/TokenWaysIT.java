package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.IdentityConfig;
import io.agx.market.server.identity.TokenCases;
import io.agx.market.server.identity.TokenCases.Case;
import io.agx.market.server.identity.TokenCases.Keys;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every token of {@link TokenCases}, through every way into a whole server: 0 wrong, none slow, nothing of a token in the log. */
class TokenWaysIT {
    /** How a token comes in. */
    enum Way {
        HEADER,
        SUBPROTOCOL,
        QUERY,
        COMMAND,
        REST
    }

    private static final int MAX_HANDSHAKE_CHARACTERS = 12_000;
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static final Map<Keys, RunningMarket> SERVERS = new EnumMap<>(Keys.class);
    private static CapturedLog log;

    @BeforeAll
    static void start() throws IOException {
        log = new CapturedLog();
        for (Keys keys : Keys.values()) {
            Path file = Files.writeString(folder.resolve(keys + ".key"), TokenCases.keyFile(keys));
            IdentityConfig identity = IdentityConfig.DEFAULTS.withClaims(TokenCases.ISSUER, TokenCases.AUDIENCE);
            IdentityConfig own =
                    keys == Keys.SECRET ? identity.withSecretFile(file) : identity.withKeys(file.toString());
            // One of the three by the portable transport: what is written is the same, and so must be how it ends.
            SERVERS.put(
                    keys,
                    RunningMarket.listening(
                            folder.resolve(keys + "-data"),
                            config -> config.withIdentity(own)
                                    .withDelivery(config.delivery()
                                            .withTransport(
                                                    keys == Keys.PEM
                                                            ? TransportChoice.PORTABLE
                                                            : TransportChoice.FAST))));
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RunningMarket::close);
        log.close();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyTokenGetsTheSameAnswer(Way way) throws Exception {
        List<String> wrong = new ArrayList<>();
        Set<String> secrets = new HashSet<>();
        long slowestNanos = 0;
        int carried = 0;
        for (Case each : TokenCases.at(System.currentTimeMillis() / 1_000)) {
            if (!carries(way, each.token())) {
                continue;
            }
            carried++;
            long startNanos = System.nanoTime();
            String answer = answer(way, SERVERS.get(each.keys()).port(), each.token());
            slowestNanos = Math.max(slowestNanos, System.nanoTime() - startNanos);
            String expected = each.refusal() == null ? "taken" : each.refusal().code();
            if (!answer.equals(expected)) {
                wrong.add(each + " -> " + answer + " instead of " + expected);
            }
            for (String part : each.token().split("\\.", -1)) {
                if (part.length() > 12) {
                    secrets.add(part);
                }
            }
        }
        String logged = log.text();
        secrets.stream().filter(logged::contains).forEach(part -> wrong.add("in the log: " + part));
        System.out.println("tokens by " + way + ": " + carried + " cases, " + wrong.size() + " wrong, slowest "
                + TimeUnit.NANOSECONDS.toMillis(slowestNanos) + " ms");

        assertThat(wrong).isEmpty();
        assertThat(carried).isGreaterThanOrEqualTo(262);
        assertThat(slowestNanos).isLessThan(MAX_NANOS);
    }

    @Test
    void metricsCountTokensByWhatBecameOfThem() throws Exception {
        int port = SERVERS.get(Keys.SECRET).port();
        String before = metrics(port);
        long seconds = System.currentTimeMillis() / 1_000;
        answer(Way.REST, port, TokenCases.good("alice", "admin", seconds + 60));
        answer(Way.REST, port, TokenCases.good("alice", "admin", seconds - 60));
        String after = metrics(port);

        assertThat(value(after, "market_tokens_accepted_total") - value(before, "market_tokens_accepted_total"))
                .isEqualTo(1);
        String expired = "market_tokens_refused_total{code=\"token_expired\"}";
        assertThat(value(after, expired) - value(before, expired)).isEqualTo(1);
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    private static String metrics(int port) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Whether HTTP can carry such a text there at all. */
    private static boolean carries(Way way, String token) {
        return switch (way) {
            case HEADER, REST ->
                token.chars().allMatch(c -> c > ' ' && c < 127)
                        && !token.isEmpty()
                        && token.length() < MAX_HANDSHAKE_CHARACTERS;
            case SUBPROTOCOL ->
                token.chars().allMatch(c -> Character.isLetterOrDigit(c) && c < 127 || ".-_+".indexOf(c) >= 0)
                        && token.length() < MAX_HANDSHAKE_CHARACTERS;
            case QUERY ->
                !token.isEmpty()
                        && URLEncoder.encode(token, StandardCharsets.UTF_8).length() < MAX_HANDSHAKE_CHARACTERS;
            case COMMAND -> true;
        };
    }

    /** {@code taken}, or the code of the refusal; anything else is wrong. */
    private static String answer(Way way, int port, String token) throws Exception {
        return switch (way) {
            case HEADER -> handshake(port, "/ws", "Authorization: Bearer " + token);
            case SUBPROTOCOL -> handshake(port, "/ws", "Sec-WebSocket-Protocol: market.v1+json, bearer." + token);
            case QUERY ->
                handshake(port, "/ws?rooms=ticker:*&token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
            case COMMAND -> command(port, token);
            case REST -> rest(port, token);
        };
    }

    private static String handshake(int port, String target, String... lines) throws IOException {
        try (TokenPeer peer = new TokenPeer(port, target, lines)) {
            boolean offered = lines.length > 0 && lines[0].startsWith("Sec-WebSocket-Protocol");
            if (peer.status() != 101) {
                return "status " + peer.status();
            }
            String subprotocol = peer.header("Sec-WebSocket-Protocol");
            if (offered ? !"market.v1+json".equals(subprotocol) : subprotocol != null) {
                return "subprotocol " + subprotocol;
            }
            String first = String.valueOf(peer.next());
            if (first.startsWith("{\"event\":\"welcome\"")) {
                String second = String.valueOf(peer.next("auth"));
                return second.contains("\"expiresTime\"") ? "taken" : second;
            }
            String code = JSON.readTree(first).path("code").asText();
            String event = JSON.readTree(first).path("event").asText();
            peer.readToEnd();
            boolean closed = event.equals("error")
                    && peer.closeCode() == 4001
                    && peer.closeReason().equals(code);
            return closed ? code : first + " and then " + peer.closeCode() + " " + peer.closeReason();
        }
    }

    private static String command(int port, String token) throws IOException {
        try (TokenPeer peer = new TokenPeer(port, "/ws")) {
            peer.next("welcome");
            peer.send(JSON.writeValueAsString(Map.of("event", "auth", "id", 7, "data", Map.of("token", token))));
            String answer = String.valueOf(peer.next());
            if (answer.startsWith("{\"event\":\"auth\",\"id\":7,")) {
                return "taken";
            }
            // One refused command does not end a connection.
            peer.send("{\"event\":\"ping\",\"id\":8}");
            String pong = String.valueOf(peer.next("pong"));
            boolean stays = answer.startsWith("{\"event\":\"error\",\"id\":7,") && pong.contains("\"id\":8");
            return stays ? JSON.readTree(answer).path("code").asText() : answer + " and then " + pong;
        }
    }

    /** A definition that lacks everything: who may define is told so, others are refused before it is read. */
    private static String rest(int port, String token) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/instruments"))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        String code = JSON.readTree(answer.body()).path("code").asText();
        if (answer.statusCode() == 400 && code.equals("bad_field")) {
            return "taken";
        }
        String challenge =
                answer.headers().allValues("WWW-Authenticate").stream().collect(Collectors.joining());
        return answer.statusCode() == 401 && challenge.startsWith("Bearer error=\"invalid_token\"")
                ? code
                : answer.statusCode() + " " + challenge + " " + answer.body();
    }
}
