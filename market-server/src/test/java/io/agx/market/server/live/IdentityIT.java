package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.client.MarketException;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.server.MarketServer;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.IdentityConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenCases;
import io.agx.market.server.identity.TokenIssuer;
import io.agx.market.server.testing.RunningMarket;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, on whole servers: in time, beside other users, and without any key. */
class IdentityIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String TRADE =
            "[{\"symbol\":\"BTC-USDT\",\"id\":\"%s\",\"price\":\"100.01\",\"qty\":\"0.5\"}]";
    private static final AtomicInteger NEXT = new AtomicInteger();

    @TempDir
    private Path folder;

    /** Takes the tokens of {@link #token}. */
    private RunningMarket market(UnaryOperator<IdentityConfig> change) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), TokenCases.SECRET);
        IdentityConfig identity = change.apply(IdentityConfig.DEFAULTS.withSecretFile(file));
        return RunningMarket.listening(folder.resolve("data"), config -> config.withIdentity(identity));
    }

    private static String token(String userId, long ttlMillis, Scope... scopes) {
        try {
            return new TokenIssuer(TokenCases.SECRET.getBytes(StandardCharsets.UTF_8), "", "")
                    .issue(userId, Set.of(scopes), System.currentTimeMillis(), ttlMillis);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String auth(String token) {
        return "{\"event\":\"auth\",\"id\":1,\"data\":{\"token\":\"" + token + "\"}}";
    }

    private static String subscribe(String room) {
        return "{\"event\":\"subscribe\",\"id\":2,\"data\":{\"rooms\":[\"" + room + "\"]}}";
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    @Test
    void aConnectionWhoseTokenExpiresIsToldAndEndsAfterTheGraceWhileOthersStay() throws Exception {
        try (RunningMarket market = market(identity -> identity.withTimes(0, 3_600_000, 1_000));
                TokenPeer anonymous = new TokenPeer(market.port(), "/ws?rooms=ticker:*")) {
            long expires = System.currentTimeMillis() / 1_000 * 1_000 + 2_000;
            try (TokenPeer peer =
                    new TokenPeer(market.port(), "/ws", bearer(token("alice", expires - System.currentTimeMillis())))) {
                assertThat(peer.next("auth")).contains("\"userId\":\"alice\"");
                String told = peer.next("error");
                long toldMillis = System.currentTimeMillis();
                peer.readToEnd();
                long endedMillis = System.currentTimeMillis();

                assertThat(told).contains("\"code\":\"token_expired\"");
                assertThat(peer.closeCode()).isEqualTo(4001);
                assertThat(peer.closeReason()).isEqualTo("token_expired");
                assertThat(toldMillis).isGreaterThanOrEqualTo(expires - 1_000); // exp is of whole seconds.
                assertThat(endedMillis - toldMillis).isGreaterThanOrEqualTo(900);
                assertThat(endedMillis).isLessThan(expires + 1_000 + 10_000);
            }
            anonymous.send("{\"event\":\"ping\",\"id\":3}");
            assertThat(anonymous.next("pong")).isNotNull();
        }
    }

    @Test
    void aTokenThatIsRenewedInTimeKeepsTheConnection() throws Exception {
        try (RunningMarket market = market(identity -> identity.withTimes(0, 3_600_000, 1_000));
                TokenPeer peer = new TokenPeer(market.port(), "/ws", bearer(token("alice", 2_000)))) {
            assertThat(peer.next("auth")).isNotNull();
            assertThat(peer.next("error")).contains("token_expired");
            peer.send(subscribe("inbox"));
            assertThat(peer.next("subscribed")).contains("token_expired");
            peer.send(auth(token("alice", 3_600_000, Scope.NOTIFY)));
            assertThat(peer.next("auth")).contains("\"scopes\":[\"notify\"]");

            // Longer than the grace: heartbeats of the flush thread's ticks have looked at it meanwhile.
            long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
            await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() - untilNanos > 0);
            peer.send("{\"event\":\"ping\",\"id\":3}");
            assertThat(peer.next("pong")).isNotNull();
        }
    }

    @Test
    void aConnectionOfAUserIsNeverAnothers() throws Exception {
        try (RunningMarket market = market(identity -> identity);
                TokenPeer peer = new TokenPeer(market.port(), "/ws", bearer(token("alice", 60_000)))) {
            assertThat(peer.next("auth")).contains("alice");
            peer.send(auth(token("bob", 60_000)));
            assertThat(peer.next("error")).contains("\"event\":\"error\",\"id\":1,\"code\":\"forbidden\"");
            peer.send(auth(token("alice", 120_000)));
            assertThat(peer.next("auth"))
                    .contains("\"event\":\"auth\",\"id\":1")
                    .contains("alice");
        }
    }

    @Test
    void whereEveryReaderNeedsATokenNothingIsToBeHadWithoutOne() throws Exception {
        try (RunningMarket market =
                market(identity -> identity.withRequireToken(true).withTimes(0, 3_600_000, 1_000))) {
            market.define("BTC-USDT");
            try (TokenPeer peer = new TokenPeer(market.port(), "/ws?rooms=ticker:*")) {
                assertThat(peer.next()).contains("welcome");
                assertThat(peer.next()).contains("\"code\":\"not_authenticated\"");
                peer.send("{\"event\":\"instruments\",\"id\":5}");
                assertThat(peer.next()).contains("\"id\":5,\"code\":\"not_authenticated\"");
                peer.readToEnd();
                assertThat(peer.closeCode()).isEqualTo(4001);
                assertThat(peer.closeReason()).isEqualTo("not_authenticated");
            }
            try (TokenPeer peer = new TokenPeer(market.port(), "/ws")) {
                peer.send(auth(token("alice", 60_000)));
                assertThat(peer.next("auth")).isNotNull();
                peer.send("{\"event\":\"instruments\",\"id\":5}");
                assertThat(peer.next("instruments")).contains("BTC-USDT");
            }
            for (String path : List.of(
                    "/api/v1/instruments",
                    "/api/v1/tickers",
                    "/api/v1/tickers/BTC-USDT",
                    "/api/v1/klines?symbol=BTC-USDT&interval=1m",
                    "/api/v1/trades?symbol=BTC-USDT")) {
                assertThat(get(market, path, "").statusCode()).as(path).isEqualTo(401);
                assertThat(get(market, path, token("alice", 60_000)).statusCode())
                        .as(path)
                        .isIn(200, 404);
            }
            assertThat(get(market, "/health/live", "").statusCode()).isEqualTo(200);
        }
    }

    /** What could be taken for another user's inbox; every one is answered as a room that nobody has. */
    @Test
    void theInboxOfAnotherUserIsARoomThatIsNotThere() throws Exception {
        List<String> spellings = List.of(
                "inbox:%s",
                "inbox:%s:",
                "inbox/%s",
                "inbox.%s",
                "inbox:user:%s",
                "inbox::%s",
                "inbox:#%s",
                "INBOX:%s",
                "Inbox:%s",
                "inbox :%s",
                "inbox:%s@raw",
                "inbox:%s~title",
                "inbox:../%s",
                "inbox:%%2e%%2e/%s",
                "inbox:*%s",
                "inbox:%s*",
                "user:%s",
                "notification:%s",
                "$inbox:%s",
                "private:%s",
                "inbox\\u0000:%s",
                "inbox\\t:%s");
        try (RunningMarket market = market(identity -> identity);
                TokenPeer bob = new TokenPeer(market.port(), "/ws", bearer(token("bob", 60_000)));
                TokenPeer alice = new TokenPeer(market.port(), "/ws", bearer(token("alice", 60_000)));
                TokenPeer anonymous = new TokenPeer(market.port(), "/ws")) {
            assertThat(bob.next("auth")).isNotNull();
            assertThat(alice.next("subscribed")).contains("\"room\":\"inbox\",\"ok\":true"); // Her own.
            for (String spelling : spellings) {
                Set<String> answers = new HashSet<>();
                for (TokenPeer each : List.of(alice, anonymous)) {
                    for (String user : List.of("bob", "nil", "alice")) {
                        each.send(subscribe(String.format(spelling, user)));
                        answers.add(String.valueOf(each.next("subscribed")).replace(user, "-"));
                    }
                }

                assertThat(answers)
                        .as("one answer, whoever asks for whosever: %s", spelling)
                        .hasSize(1);
                assertThat(answers.iterator().next())
                        .contains("\"ok\":false")
                        .containsAnyOf("\"code\":\"unknown_room\"", "\"code\":\"bad_field\"");
            }
        }
    }

    @Test
    void theInboxIsNobodysWithoutAToken() throws Exception {
        try (RunningMarket market = market(identity -> identity);
                TokenPeer peer = new TokenPeer(market.port(), "/ws?rooms=inbox")) {
            assertThat(peer.next("subscribed")).contains("\"code\":\"not_authenticated\"");
            peer.send(auth(token("alice", 60_000)));
            assertThat(peer.next("auth")).isNotNull();
            peer.send(subscribe("inbox"));
            assertThat(peer.next("subscribed")).doesNotContain("not_authenticated");
        }
    }

    @Test
    void whatStandsInTheWayOfATokenIsNeverAnswered() throws Exception {
        try (RunningMarket market = market(identity -> identity)) {
            String token = token("alice", 60_000);
            try (TokenPeer peer = new TokenPeer(market.port(), "/ws", "Sec-WebSocket-Protocol: bearer." + token)) {
                assertThat(peer.status()).isEqualTo(101);
                assertThat(peer.header("Sec-WebSocket-Protocol")).isNull();
                assertThat(peer.next("auth")).contains("alice");
            }
            try (TokenPeer peer = new TokenPeer(
                    market.port(), "/ws", "Sec-WebSocket-Protocol: bearer." + token + ", other, market.v1+json")) {
                assertThat(peer.header("Sec-WebSocket-Protocol")).isEqualTo("market.v1+json");
            }
            for (String twice : List.of(
                    "Sec-WebSocket-Protocol: bearer." + token + ", bearer.x",
                    bearer(token) + "\r\n" + bearer("x"),
                    "Sec-WebSocket-Protocol: bearer." + token + " x")) {
                try (TokenPeer peer = new TokenPeer(market.port(), "/ws", twice)) {
                    assertThat(peer.status()).isEqualTo(400);
                }
            }
            try (TokenPeer peer = new TokenPeer(market.port(), "/ws?token=" + token + "&token=x")) {
                assertThat(peer.status()).isEqualTo(400);
            }
        }
    }

    @Test
    void aWriteNeedsItsScope() throws Exception {
        try (RunningMarket market = market(identity -> identity)) {
            market.define("BTC-USDT");
            for (String resource : List.of("trades", "instruments")) {
                assertThat(write(market, resource)).isEqualTo(401);
                assertThat(write(market, resource, "Authorization", "Basic eDp5"))
                        .isEqualTo(401);
                for (Scope scope : Scope.values()) {
                    boolean may = scope == (resource.equals("trades") ? Scope.PUBLISH : Scope.ADMIN);
                    int status = write(market, resource, "Authorization", "Bearer " + token("x", 60_000, scope));
                    assertThat(status)
                            .as("%s with %s", resource, scope)
                            .isEqualTo(!may ? 403 : resource.equals("trades") ? 200 : 201);
                }
            }
        }
    }

    private static int write(RunningMarket market, String resource, String... header) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(market.rest("/" + resource))
                .POST(HttpRequest.BodyPublishers.ofString(resource.equals("trades") ? trade() : instrument()));
        return send(header.length == 0 ? request : request.headers(header)).statusCode();
    }

    @Test
    void withoutAKeyProgramsOfThisMachineMayWriteAndPagesMayNot() throws Exception {
        try (RunningMarket market = RunningMarket.listening(folder)) {
            market.define("BTC-USDT");
            String host = "127.0.0.1:" + market.port();

            assertThat(status(market, "")).isEqualTo(200);
            assertThat(status(market, "Origin: http://" + host)).isEqualTo(200);
            assertThat(status(market, "Sec-Fetch-Site: same-origin")).isEqualTo(200);
            for (String header : List.of(
                    "Origin: http://evil.example",
                    "Origin: null",
                    "Origin: http://127.0.0.1:1",
                    "Origin: http://localhost:" + market.port(),
                    "Origin: http://" + host + ".evil.example",
                    "Origin: ",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site",
                    "X-Forwarded-For: 127.0.0.1",
                    "X-Forwarded-Host: localhost",
                    "Forwarded: for=127.0.0.1",
                    "Via: 1.1 proxy",
                    "X-Real-IP: 127.0.0.1")) {
                assertThat(status(market, header)).as(header).isIn(401, 403);
            }
            String token = developmentToken();
            assertThat(status(market, "Origin: http://evil.example\r\n" + bearer(token)))
                    .isEqualTo(403);
            assertThat(statusOf(market, "rebound.example", ""))
                    .as("a name that leads to loopback")
                    .isEqualTo(401);
            assertThat(statusOf(market, "localhost:" + market.port(), "")).isEqualTo(200);
        }
    }

    @Test
    void withoutAKeyOtherMachinesNeedATokenToWrite() throws Exception {
        Optional<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && address.getAddress().length == 4)
                .findAny();
        assumeThat(own).as("an address that is not loopback").isPresent();
        try (RunningMarket market = RunningMarket.listening(folder, config -> config.withAddress("0.0.0.0", 0))) {
            market.define("BTC-USDT");
            URI uri = URI.create("http://" + own.get().getHostAddress() + ":" + market.port() + "/api/v1/trades");
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(trade()));

            assertThat(send(request).statusCode()).isEqualTo(401);
            assertThat(send(request.header("Authorization", "Bearer " + developmentToken()))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** Containers keep a handshake for as long as its connection; a heap dump is read by more people than a token is for. */
    @Test
    void aTokenIsNowhereInMemoryOnceItsConnectionIsOpen() throws Exception {
        try (RunningMarket market = market(identity -> identity);
                Opened query = open(market, "/ws?token=%s&rooms=ticker:*", "X-Other: 1");
                Opened header = open(market, "/ws", "Authorization: Bearer %s");
                Opened subprotocol = open(market, "/ws", "Sec-WebSocket-Protocol: market.v1+json, bearer.%s")) {
            AtomicInteger dumps = new AtomicInteger();
            // A container's thread may still be on its way back from the newest handshake.
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                Path dump = dump(folder.resolve("heap-" + dumps.incrementAndGet() + ".hprof"));
                assertThat(contains(dump, mask("Sec-WebSocket-Protocol: market.v1+json, bearer.%s")))
                        .as("what is in memory is found")
                        .isTrue();
                return !contains(dump, header.masked)
                        && !contains(dump, subprotocol.masked)
                        && !contains(dump, query.masked);
            });
        }
    }

    /** An open connection, and its token's signature as this test's own memory may have it. */
    private record Opened(TokenPeer peer, byte[] masked) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    private static Path dump(Path file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
        return file;
    }

    private static Opened open(RunningMarket market, String target, String line) throws IOException {
        String token = token("alice" + NEXT.incrementAndGet(), 60_000);
        TokenPeer peer = new TokenPeer(market.port(), String.format(target, token), String.format(line, token));
        assertThat(peer.next("auth")).isNotNull();
        return new Opened(peer, mask(token.substring(token.lastIndexOf('.') + 1)));
    }

    private static byte[] mask(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 0x55;
        }
        return bytes;
    }

    private static boolean contains(Path file, byte[] masked) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
            int matched = 0; // Good enough for random texts: no prefix of one comes again within it.
            for (int c = in.read(); c >= 0; c = in.read()) {
                matched =
                        (c ^ 0x55) == (masked[matched] & 0xff) ? matched + 1 : (c ^ 0x55) == (masked[0] & 0xff) ? 1 : 0;
                if (matched == masked.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private String developmentToken() throws IOException {
        return new TokenIssuer(SecretFile.read(folder.resolve(SecretFile.NAME)), "", "")
                .issue("me", Set.of(Scope.PUBLISH, Scope.ADMIN), System.currentTimeMillis(), 60_000);
    }

    @Test
    void theDevelopmentSecretIsToldOnceAndStays() throws Exception {
        MarketConfig config = MarketConfig.defaults(folder).withFeed(FeedConfig.NONE);
        try (MarketServer server = new MarketServer(config)) {
            assertThat(server.drewSecret()).isTrue();
            assertThat(server.tokenDescription()).contains("this machine may write");
        }
        byte[] secret = SecretFile.read(folder.resolve(SecretFile.NAME));
        try (MarketServer server = new MarketServer(config)) {
            assertThat(server.drewSecret()).isFalse();
            assertThat(SecretFile.read(folder.resolve(SecretFile.NAME))).isEqualTo(secret);
        }
    }

    @Test
    void aServerWithAWeakKeyDoesNotStart() throws Exception {
        Path weak = Files.writeString(folder.resolve("weak"), "secret");

        assertThatThrownBy(() -> RunningMarket.listening(
                        folder.resolve("data"),
                        config -> config.withIdentity(IdentityConfig.DEFAULTS.withSecretFile(weak))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at least 32 bytes")
                .hasMessageContaining("weak");
        RunningMarket.listening(folder.resolve("data")).close(); // Its folder is free again.
    }

    @Test
    void theJavaClientRenewsItsTokenAndPublishesWithIt() throws Exception {
        ConcurrentLinkedQueue<LifecycleEvent> events = new ConcurrentLinkedQueue<>();
        try (RunningMarket market = market(identity -> identity.withTimes(0, 3_600_000, 1_000))) {
            market.define("BTC-USDT");
            ClientConfig config = ClientConfig.builder(market.webSocket())
                    .tokenSupplier(() -> token("alice", 3_000, Scope.PUBLISH))
                    .lifecycle(events::add)
                    .build();
            try (MarketClient client = MarketClient.connect(config).get(10, TimeUnit.SECONDS)) {
                await().atMost(Duration.ofSeconds(20)).until(() -> authenticated(events) >= 4);

                assertThat(client.publish(List.of(offered()))
                                .get(10, TimeUnit.SECONDS)
                                .get(0)
                                .ok())
                        .isTrue();
                assertThat(events).noneMatch(event -> event instanceof LifecycleEvent.Disconnected);
            }
        }
    }

    @Test
    void theJavaClientShowsAnotherTokenOnceAndThenStops() throws Exception {
        List<String> tokens = List.of("no.token.atall", token("alice", 60_000));
        AtomicInteger asked = new AtomicInteger();
        try (RunningMarket market = market(identity -> identity)) {
            ClientConfig good = ClientConfig.builder(market.webSocket())
                    .tokenSupplier(() -> tokens.get(Math.min(1, asked.getAndIncrement())))
                    .build();
            try (MarketClient client = MarketClient.connect(good).get(10, TimeUnit.SECONDS)) {
                assertThat(asked).hasValue(2);
                assertThat(client.tickers().get(10, TimeUnit.SECONDS)).isEmpty();
            }
            AtomicInteger again = new AtomicInteger();
            ClientConfig bad = ClientConfig.builder(market.webSocket())
                    .tokenSupplier(() -> {
                        again.incrementAndGet();
                        return tokens.get(0);
                    })
                    .build();
            assertThat(MarketClient.connect(bad))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("4001");
            assertThat(again).hasValue(2);
        }
    }

    @Test
    void aClientWithoutAScopeIsToldSo() throws Exception {
        try (RunningMarket market = market(identity -> identity)) {
            market.define("BTC-USDT");
            ClientConfig config = ClientConfig.builder(market.webSocket())
                    .token(token("alice", 60_000))
                    .build();
            try (MarketClient client = MarketClient.connect(config).get(10, TimeUnit.SECONDS)) {
                assertThat(client.publish(List.of(offered())))
                        .failsWithin(Duration.ofSeconds(10))
                        .withThrowableOfType(ExecutionException.class)
                        .satisfies(e -> assertThat(e.getCause())
                                .isInstanceOfSatisfying(
                                        MarketException.class,
                                        why -> assertThat(why.code()).isEqualTo("forbidden")));
            }
        }
    }

    private static long authenticated(Iterable<LifecycleEvent> events) {
        List<LifecycleEvent> found = new ArrayList<>();
        events.forEach(event -> {
            if (event instanceof LifecycleEvent.Authenticated) {
                found.add(event);
            }
        });
        return found.size();
    }

    private static OfferedTrade offered() {
        return new OfferedTrade(
                "BTC-USDT", "o" + NEXT.incrementAndGet(), new BigDecimal("100.01"), BigDecimal.ONE, Side.BUY, null);
    }

    private static String trade() {
        return String.format(TRADE, "t" + NEXT.incrementAndGet());
    }

    private static String instrument() {
        return "{\"symbol\":\"S" + NEXT.incrementAndGet()
                + "\",\"baseAsset\":\"A\",\"quoteAsset\":\"B\",\"priceScale\":2,\"quantityScale\":4}";
    }

    private static HttpResponse<String> get(RunningMarket market, String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + market.port() + path));
        return send(token.isEmpty() ? request : request.header("Authorization", "Bearer " + token));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int status(RunningMarket market, String lines) throws IOException {
        return statusOf(market, "127.0.0.1:" + market.port(), lines);
    }

    /** Publishes over a plain socket, with headers that HTTP clients set by themselves only. */
    private static int statusOf(RunningMarket market, String host, String lines) throws IOException {
        String body = trade();
        String request = "POST /api/v1/trades HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n" + (lines.isEmpty() ? "" : lines + "\r\n") + "\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), market.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        }
    }
}
