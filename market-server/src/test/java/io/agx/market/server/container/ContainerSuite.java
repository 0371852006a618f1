package io.agx.market.server.container;

import static io.agx.market.server.container.MarketSocket.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every container must do alike, over real sockets, with the simulated feed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ContainerSuite {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(SECONDS)).build();
    private static final int SUBSCRIBERS = 50;
    private static final int TRADES_PER_SUBSCRIBER = 300;
    private static final int PINGS_PER_SUBSCRIBER = 20;
    private static final int MAX_PLAYS = 20;

    @TempDir
    static Path classFolder;

    private @Nullable RunningMarket shared;

    /** Starts a server on a data folder, with {@link RunningMarket#parameters}. */
    abstract RunningMarket start(Path dataDir) throws Exception;

    @BeforeAll
    void startShared() throws Exception {
        shared = start(Files.createDirectory(classFolder.resolve("shared")));
    }

    @AfterAll
    void stopShared() throws Exception {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void welcomesFirst() {
        try (MarketSocket socket = open("?rooms=ticker:*")) {
            JsonNode first = MarketSocket.parse(socket.next());

            assertThat(first.path("event").asText()).isEqualTo("welcome");
            assertThat(first.at("/data/protocol").asText()).isEqualTo("market.v1+json");
            assertThat(first.at("/data/limits/messageBytes").asInt()).isEqualTo(65_536);
        }
    }

    @Test
    void subscribesAtOnceToRoomsOfTheQuery() {
        try (MarketSocket socket = open("?rooms=ticker:*,trade:BTC-USDT")) {
            assertThat(roomsIn(socket.await("subscribed"))).containsExactly("ticker:*", "trade:BTC-USDT");
            JsonNode tickers = socket.await("ticker");
            assertThat(tickers.path("room").asText()).isEqualTo("ticker:*");
            assertThat(tickers.path("data").isArray()).isTrue();
        }
    }

    @Test
    void answersSubscribeWithSnapshotAndGoesOnLive() {
        awaitTrades("BTC-USDT");
        try (MarketSocket socket = open("")) {
            socket.send("{'event':'subscribe','id':7,'data':{'rooms':[{'room':'trade:BTC-USDT','snapshot':1}]}}");

            JsonNode reply = socket.await("subscribed");
            assertThat(reply.path("id").asInt()).isEqualTo(7);
            long seq = reply.at("/data/0/seq").asLong();
            assertThat(seq).isPositive();
            assertThat(reply.at("/data/0/snapshot/0/seq").asLong()).isEqualTo(seq);
            for (int i = 0; i < 20; i++) {
                for (JsonNode trade : socket.await("trade").path("data")) {
                    assertThat(trade.path("seq").asLong()).isEqualTo(++seq);
                }
            }
        }
    }

    @Test
    void refusesAnUnknownRoomAndJoinsTheGoodOne() {
        try (MarketSocket socket = open("")) {
            socket.send("{'event':'subscribe','data':{'rooms':['nonsense:1','ticker:*','ticker:NO-SUCH']}}");

            JsonNode reply = socket.await("subscribed");
            assertThat(reply.at("/data/0/ok").asBoolean(true)).isFalse();
            assertThat(reply.at("/data/0/code").asText()).isEqualTo("unknown_room");
            assertThat(reply.at("/data/1/ok").asBoolean()).isTrue();
            assertThat(reply.at("/data/2/code").asText()).isEqualTo("unknown_symbol");
            socket.await("ticker");
        }
    }

    @Test
    void aTokenIsTakenInEachOfItsPlacesAndNeverAnswered() throws Exception {
        String token = developmentToken(3_600);
        for (HandshakeWay way : HandshakeWay.values()) {
            try (MarketSocket socket = MarketSocket.open(market(), way, token)) {
                assertThat(socket.await("welcome").at("/data/epoch").asText()).isNotEmpty();
                assertThat(socket.await("auth").at("/data/userId").asText())
                        .as(way.name())
                        .isEqualTo("alice");
                assertThat(socket.subprotocol()).isEqualTo(way == HandshakeWay.SUBPROTOCOL ? "market.v1+json" : "");
            }
        }
    }

    @Test
    void aTokenThatIsNotGoodIsToldAndEndsTheConnection() throws Exception {
        String token = developmentToken(-3_600);
        for (HandshakeWay way : HandshakeWay.values()) {
            int code = codeOf(() -> {
                try (MarketSocket socket = MarketSocket.open(market(), way, token)) {
                    assertThat(MarketSocket.parse(socket.next()).path("code").asText())
                            .as(way.name())
                            .isEqualTo("token_expired");
                    return socket.awaitClose();
                }
            });
            assertThat(code).as(way.name()).isEqualTo(4001);
        }
    }

    /** Signed as {@code market token} does it, by the JDK: a WAR shares no class with the tests. */
    private static String developmentToken(long ttlSeconds) throws Exception {
        String secret = Files.readString(classFolder.resolve("shared").resolve("token-secret"))
                .strip();
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String signed = encoder.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(
                        ("{\"sub\":\"alice\",\"exp\":" + (System.currentTimeMillis() / 1_000 + ttlSeconds) + "}")
                                .getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HMAC"));
        return signed + "." + encoder.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void answersBadJsonWithAnErrorAndGoesOn() {
        try (MarketSocket socket = open("")) {
            socket.send("{'event':");

            JsonNode error = socket.await("error");
            assertThat(error.path("code").asText()).isEqualTo("bad_json");
            assertThat(error.path("temporary").asBoolean(true)).isFalse();
            socket.send("{'event':'ping','data':{'clientTime':1}}");
            socket.await("pong");
        }
    }

    @Test
    void answersTheTextPingWithPongAndTheTextPongWithNothing() {
        try (MarketSocket socket = open("")) {
            socket.await("welcome");
            socket.sendText("PONG");
            socket.sendText("PING");

            assertThat(socket.next()).isEqualTo("PONG");
            socket.send("{'event':'ping','data':{'clientTime':1}}");
            assertThat(socket.next()).contains("\"pong\"");
        }
    }

    @Test
    void echoesTheClientTimeOfAPing() {
        try (MarketSocket socket = open("")) {
            socket.send("{'event':'ping','id':'a','data':{'clientTime':1700000000123}}");

            JsonNode pong = socket.await("pong");
            assertThat(pong.path("id").asText()).isEqualTo("a");
            assertThat(pong.at("/data/clientTime").asLong()).isEqualTo(1_700_000_000_123L);
            assertThat(pong.at("/data/sendTime").asLong())
                    .isGreaterThanOrEqualTo(pong.at("/data/receiveTime").asLong());
        }
    }

    @Test
    void closesOnABinaryMessage() throws Exception {
        int code = codeOf(() -> {
            try (MarketSocket socket = open("?rooms=ticker:*")) {
                socket.await("welcome");
                socket.sendBinary(new byte[] {1, 2, 3});
                return socket.awaitClose();
            }
        });

        assertThat(code).isEqualTo(1003);
    }

    @Test
    void takesAMessageOfExactly64KiBAndClosesOnALongerOne() throws Exception {
        int code = codeOf(this::closeOfALongMessage);

        assertThat(code).isEqualTo(1009);
    }

    /** With what code a connection is closed; played again where the container may have lost its Close frame, or sent another. */
    private int codeOf(Callable<Integer> play) throws Exception {
        int code = play.call();
        for (int i = 0; i < MAX_PLAYS && (code == 1001 || code == 1006) && mayLoseCloseFrames(); i++) {
            code = play.call();
        }
        return code;
    }

    private int closeOfALongMessage() throws Exception {
        try (MarketSocket socket = open("")) {
            socket.await("welcome");
            socket.sendText(pingOfLength(65_536));
            socket.await("pong");
            assertThat(get(market(), "/health/live").statusCode()).isEqualTo(200);
            socket.sendText(pingOfLength(65_537));
            return socket.awaitClose();
        }
    }

    /** Whether this container's own Close frame is lost now and then, or is one of 1001, when the message before it is still being completed. */
    protected boolean mayLoseCloseFrames() {
        return false;
    }

    @Test
    void sendsTheSameTickersToTwoConnections() {
        try (MarketSocket one = open("?rooms=ticker:BTC-USDT");
                MarketSocket two = open("?rooms=ticker:BTC-USDT")) {
            one.await("subscribed");
            two.await("subscribed");

            Set<String> ofOne = new HashSet<>();
            Set<String> ofTwo = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                ofOne.add(one.next());
                ofTwo.add(two.next());
            }
            ofOne.retainAll(ofTwo);
            assertThat(ofOne).as("messages that both got, byte for byte").hasSizeGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void sendsNothingOfARoomAfterUnsubscribe() {
        try (MarketSocket socket = open("?rooms=trade:BTC-USDT,trade:ETH-USDT")) {
            socket.await("trade");
            socket.send("{'event':'unsubscribe','data':{'rooms':['trade:BTC-USDT']}}");
            assertThat(socket.await("unsubscribed").at("/data/0/ok").asBoolean())
                    .isTrue();

            for (int i = 0; i < 30; i++) {
                assertThat(socket.await("trade").path("room").asText()).isEqualTo("trade:ETH-USDT");
            }
        }
    }

    /** Trades at full rate, replies, text heartbeats and pong frames meet on each connection: no write may be lost or refused. */
    @Test
    void servesFiftySubscribersWithoutAHoleWhileTheyAskAndPing() throws Exception {
        List<MarketSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                sockets.add(open("?rooms=trade:BTC-USDT,trade:ETH-USDT,ticker:*@raw,kline:BTC-USDT:1s@raw"));
            }
            for (int i = 0; i < PINGS_PER_SUBSCRIBER; i++) {
                for (MarketSocket socket : sockets) {
                    socket.sendPingFrame();
                    socket.sendText("PING");
                    socket.send("{'event':'ping','data':{'clientTime':" + i + "}}");
                }
            }
            for (MarketSocket socket : sockets) {
                long seq = socket.await("subscribed").at("/data/0/seq").asLong();
                int pongs = 0;
                int textPongs = 0;
                int trades = 0;
                while (trades < TRADES_PER_SUBSCRIBER
                        || pongs < PINGS_PER_SUBSCRIBER
                        || textPongs < PINGS_PER_SUBSCRIBER) {
                    String text = socket.next();
                    if (text.equals("PONG")) {
                        textPongs++;
                        continue;
                    }
                    JsonNode json = MarketSocket.parse(text);
                    switch (json.path("event").asText()) {
                        case "pong" ->
                            assertThat(json.at("/data/clientTime").asInt()).isEqualTo(pongs++);
                        case "trade" -> {
                            for (JsonNode trade : json.path("data")) {
                                if (json.path("room").asText().equals("trade:BTC-USDT")) {
                                    assertThat(trade.path("seq").asLong()).isEqualTo(++seq);
                                    trades++;
                                }
                            }
                        }
                        default -> assertThat(json.path("event").asText()).isIn("ticker", "kline", "heartbeat");
                    }
                }
                assertThat(socket.isOpen()).isTrue();
                await().atMost(SECONDS, TimeUnit.SECONDS).until(() -> socket.pongFrameCount() == PINGS_PER_SUBSCRIBER);
            }
        } finally {
            sockets.forEach(MarketSocket::close);
        }
    }

    @Test
    void asksOperatorsForATokenWhateverTheyWant() throws IOException, InterruptedException {
        for (String path : List.of("stats", "connections", "connections/nobody/trace", "nothing")) {
            HttpResponse<String> answer = get(market(), "/api/v1/admin/" + path);

            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).contains("\"code\":\"not_authenticated\"");
        }
    }

    @Test
    void answersRestAndServesThePage() throws Exception {
        awaitTrades("BTC-USDT");

        HttpResponse<String> tickers = get(market(), "/api/v1/tickers");
        assertThat(tickers.statusCode()).isEqualTo(200);
        assertThat(MarketSocket.parse(tickers.body()).toString()).contains("BTC-USDT");
        HttpResponse<String> page = get(market(), "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        for (String script : List.of("/js/main.js", "/client/market-client.js")) {
            assertThat(get(market(), script).statusCode()).as(script).isEqualTo(200);
        }
        assertThat(get(market(), "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void servesItsDocumentsForMachines() throws Exception {
        for (String name : List.of("openapi.json", "asyncapi.json")) {
            HttpResponse<String> document = get(market(), "/api/v1/" + name);
            assertThat(document.statusCode()).isEqualTo(200);
            assertThat(document.headers().firstValue("ETag")).isPresent();
            assertThat(document.body()).isEqualTo(Files.readString(Path.of("..", "docs", "api", name)));
        }
    }

    @Test
    void servesNothingElse() throws Exception {
        for (String path : List.of("/WEB-INF/web.xml", "/WEB-INF/classes/logback.xml", "/META-INF/MANIFEST.MF", "/x")) {
            assertThat(get(market(), path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void closesItsClientsAsGoingAwayWhenItStops(@TempDir Path dataDir) throws Exception {
        RunningMarket market = start(dataDir);
        try (MarketSocket idle = MarketSocket.open(market, "");
                MarketSocket busy = MarketSocket.open(market, "?rooms=ticker:*@raw")) {
            idle.await("welcome");
            busy.await("ticker");
            market.close();

            assertThat(idle.awaitClose()).isEqualTo(1001);
            assertThat(busy.awaitClose()).isIn(codesOfStopUnderLoad());
        }
    }

    @Test
    void leavesNoThreadAndStartsAgainOnTheSameFolder(@TempDir Path dataDir) throws Exception {
        ThreadGroup group = new ThreadGroup("threads of one server");
        long seq;
        String epoch;
        RunningMarket first = startWithin(group, dataDir);
        try (MarketSocket socket = MarketSocket.open(first, "?rooms=trade:BTC-USDT")) {
            epoch = socket.await("welcome").at("/data/epoch").asText();
            JsonNode trades = socket.await("trade").path("data");
            seq = trades.get(trades.size() - 1).path("seq").asLong();
        } finally {
            first.close();
        }
        await().atMost(SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(marketThreads(group)).isEmpty());

        RunningMarket second = start(dataDir);
        try (MarketSocket socket = MarketSocket.open(second, "?rooms=trade:BTC-USDT")) {
            assertThat(socket.await("welcome").at("/data/epoch").asText()).isEqualTo(epoch);
            assertThat(socket.await("subscribed").at("/data/0/seq").asLong()).isGreaterThanOrEqualTo(seq);
            socket.await("trade");
        } finally {
            second.close();
        }
    }

    /** How a connection to which messages flow may end when the server stops. */
    Set<Integer> codesOfStopUnderLoad() {
        return Set.of(1001);
    }

    RunningMarket market() {
        return Objects.requireNonNull(shared, "not started");
    }

    MarketSocket open(String query) {
        return MarketSocket.open(market(), query);
    }

    static HttpResponse<String> get(RunningMarket market, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(market.http(path))
                        .timeout(Duration.ofSeconds(SECONDS))
                        .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private void awaitTrades(String symbol) {
        try (MarketSocket socket = open("?rooms=trade:" + symbol)) {
            socket.await("trade");
        }
    }

    private static List<String> roomsIn(JsonNode subscribed) {
        List<String> rooms = new ArrayList<>();
        subscribed.path("data").forEach(room -> rooms.add(room.path("room").asText()));
        return rooms;
    }

    /** A ping command of so many bytes: blanks are no part of JSON's value. */
    private static String pingOfLength(int bytes) {
        String command = "{\"event\":\"ping\",\"data\":{\"clientTime\":1}}";
        return command + " ".repeat(bytes - command.length());
    }

    /** A thread belongs to the group of the thread that made it, so the group tells this server's threads from any other's. */
    private RunningMarket startWithin(ThreadGroup group, Path dataDir) throws Exception {
        FutureTask<RunningMarket> task = new FutureTask<>(() -> start(dataDir));
        new Thread(group, task, "starter").start();
        RunningMarket running = task.get();
        assertThat(marketThreads(group)).contains("market-flush", "market-journal", "market-store", "market-feed");
        return running;
    }

    private static Set<String> marketThreads(ThreadGroup group) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() == group)
                .map(Thread::getName)
                .filter(name -> name.startsWith("market-"))
                .collect(Collectors.toSet());
    }
}
