package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The browser client in Node.js: its own tests, and against the real server. Left out where there is no Node.js. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class JsClientIT {
    private static final String TRADES = "trade:BTC-USDT";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path dataDir;

    private Node node;
    private long nextId = 1;

    /** Which Node.js runs the client. */
    protected Optional<Node> findNode() {
        return Node.onPath();
    }

    @BeforeEach
    void needsNode() {
        Optional<Node> found = findNode();
        assumeTrue(
                found.isPresent(),
                "no Node.js 20 or newer on the PATH: the browser client is not tested here (mvn -Pbrowser brings one)");
        node = found.orElseThrow();
    }

    @Test
    void passesItsOwnTests() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--test"));
        try (Stream<Path> files = Files.list(Node.CLIENT_DIR.resolve("test"))) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".test.js"))
                    .sorted()
                    .forEach(arguments::add);
        }
        List<String> output = node.run(arguments);

        assertThat(arguments).hasSizeGreaterThan(8);
        assertThat(output).as(String.join("\n", output)).endsWith("exit 0");
    }

    @Test
    void theUsersMessagesArePushedAndReadMarksReachOtherTabs() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient first = connect(server);
                JsClient second = connect(server)) {
            for (JsClient tab : List.of(first, second)) {
                tab.call("messages", TestTokens.of("alice"));
                await().atMost(PATIENCE).until(() -> !tab.told("unread").isEmpty());
            }
            server.server()
                    .inbox()
                    .send(List.of(new UserMessage("alice", 0, "notice", "Hello", "", null, "desk", null, 0, null)))
                    .join();
            for (JsClient tab : List.of(first, second)) {
                await().atMost(PATIENCE)
                        .until(() -> unreadCount(tab) == 1
                                && !tab.told("notification").isEmpty());
                assertThat(tab.told("notification")
                                .get(0)
                                .get("notification")
                                .get("title")
                                .asText())
                        .isEqualTo("Hello");
            }
            first.call("request", "read_message", Map.of("ids", List.of("1")));
            await().atMost(PATIENCE).until(() -> unreadCount(first) == 0 && unreadCount(second) == 0);

            List<JsonNode> told = second.told("readStatus");
            assertThat(told.get(told.size() - 1).get("status").get("unread").asInt())
                    .isZero();
        }
    }

    private static int unreadCount(JsClient tab) {
        List<JsonNode> told = tab.told("unread");
        return told.isEmpty() ? -1 : told.get(told.size() - 1).get("unread").size();
    }

    @Test
    void givesSnapshotsAndThenWhatIsLiveLikeRest() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            Instrument instrument = server.define("BTC-USDT");
            publish(server, instrument, 10);
            client.call("subscribe", TRADES, Map.of("snapshot", 5));
            client.call("subscribe", "ticker:BTC-USDT@raw");
            client.call("subscribe", "ticker:*~last");
            client.call("subscribe", "kline:BTC-USDT:1d@raw");
            publish(server, instrument, 10);
            await().atMost(PATIENCE)
                    .until(() -> client.seqs("kline:BTC-USDT:1d@raw").contains(20L));
            await().atMost(PATIENCE)
                    .until(() -> client.seqs("ticker:BTC-USDT@raw").contains(20L));
            await().atMost(PATIENCE).until(() -> client.seqs("ticker:*~last").contains(20L));
            await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(20L));

            assertThat(client.items(TRADES)).isEqualTo(list(get(server, "/trades?symbol=BTC-USDT&fromSeq=6")));
            assertThat(last(client.items("kline:BTC-USDT:1d@raw")))
                    .isEqualTo(get(server, "/klines?symbol=BTC-USDT&interval=1d&limit=1")
                            .get(0));
            assertThat(last(client.items("ticker:*~last")).size()).isEqualTo(4);
        }
    }

    @Test
    void asksForHistoryAndGetsWhatRestHas() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            server.trade(server.define("BTC-USDT"), 30);

            assertThat(client.call("trades", Map.of("symbol", "BTC-USDT", "fromSeq", 3)))
                    .isEqualTo(get(server, "/trades?symbol=BTC-USDT&fromSeq=3"));
            assertThat(client.call("klines", Map.of("symbol", "BTC-USDT", "interval", "1d", "limit", 1)))
                    .isEqualTo(get(server, "/klines?symbol=BTC-USDT&interval=1d&limit=1"));
            assertThat(client.call("instruments")).isEqualTo(get(server, "/instruments"));
            assertThat(client.call("ticker", "BTC-USDT").get("seq").asLong()).isEqualTo(30);
            assertThat(client.call("tickers")).hasSize(1);
            // One clock: the estimate is off by half of the way there and back at most, and by its whole milliseconds.
            JsonNode pong = client.call("ping");
            double mostMillis = pong.get("latencyMillis").asDouble() / 2 + 2;
            assertThat(pong.get("clockOffsetMillis").asDouble()).isBetween(-mostMillis, mostMillis);
            assertThat(client.call("latency").get("p99Millis").asDouble()).isBetween(0.0, 5_000.0);
        }
    }

    @Test
    void missesNoTradeAndDoublesNoneWhileTheServerIsRestartedUnderLoad() throws Exception {
        RunningMarket server = RunningMarket.listening(dataDir);
        int port = server.port();
        Instrument instrument = server.define("BTC-USDT");
        try (JsClient client = connect(server)) {
            client.call("subscribe", TRADES);
            client.call("subscribe", "kline:BTC-USDT:1m@raw");
            for (int round = 1; round <= 3; round++) {
                publish(server, instrument, 300);
                server.close();
                server = RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
                publish(server, instrument, 300);
                long soFar = round * 600L;
                await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(soFar));
            }

            assertThat(client.seqs(TRADES)).isEqualTo(upTo(1_800));
            assertThat(client.told("gap")).isEmpty();
            assertThat(client.events("resubscribed")).hasSize(3);
            // Who does not read within 2 s, as on a busy machine, is cut off before it has read so.
            assertThat(client.events("draining")).hasSizeBetween(1, 3);
        } finally {
            server.close();
        }
    }

    @Test
    void fillsOverRestWhatIsTooMuchForTheReply() throws Exception {
        RunningMarket server = RunningMarket.listening(dataDir);
        int port = server.port();
        Instrument instrument = server.define("BTC-USDT");
        try (JsClient client = connect(server)) {
            client.call("subscribe", TRADES);
            publish(server, instrument, 10);
            await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(10L));
            server.close();
            server = withoutNetworkTrading(port, instrument, 7_000);
            await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(7_010L));
            publish(server, instrument, 5);
            await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(7_015L));

            assertThat(client.seqs(TRADES)).isEqualTo(upTo(7_015));
            assertThat(client.told("gap")).isEmpty();
            assertThat(client.events("gap"))
                    .hasSize(1)
                    .allMatch(gap -> gap.get("filled").asBoolean());
        } finally {
            server.close();
        }
    }

    @Test
    void changesRatesUnderLoadWithoutAHole() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            Instrument instrument = server.define("BTC-USDT");
            client.call("subscribe", TRADES);
            String[] rates = {"1s", "raw", "250ms", "500ms", "raw"};
            for (String rate : rates) {
                publish(server, instrument, 200);
                int change = client.begin("changeRate", TRADES, rate);
                publish(server, instrument, 200);
                await().atMost(PATIENCE)
                        .until(() -> client.told("result").stream()
                                .anyMatch(each -> each.get("n").asInt() == change));
            }
            await().atMost(PATIENCE).until(() -> client.seqs(TRADES).contains(2_000L));

            assertThat(client.seqs(TRADES)).isEqualTo(upTo(2_000));
            assertThat(client.told("gap")).isEmpty();
        }
    }

    @Test
    void aRoomThatIsLeftDuringAChangeOfItsRateIsLeftOnTheServer() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            server.define("BTC-USDT");
            for (int round = 0; round < 10; round++) {
                client.call("subscribe", TRADES);
                client.begin("changeRate", TRADES, "1s");
                client.call("unsubscribe", TRADES);

                assertThat(client.call("request", "rooms").get("data").findValuesAsText("room"))
                        .as("round %d", round)
                        .noneMatch(room -> room.startsWith(TRADES));
            }
        }
    }

    @Test
    void joinsMoreRoomsWithLongHistoriesThanOneReplyHolds() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            long now = System.currentTimeMillis();
            List<String> rooms = new ArrayList<>();
            List<NewTrade> trades = new ArrayList<>();
            for (int i = 0; i < 22; i++) {
                Instrument instrument = server.define(String.format("T%02d-USDT", i));
                trades.add(new NewTrade(instrument, "old", 10_000, 1_000, Side.BUY, now - 1_600_000, true));
                trades.add(new NewTrade(instrument, "new", 10_000, 1_000, Side.BUY, now, false));
                rooms.add("kline:" + instrument.symbol() + ":1s");
            }
            server.publish(trades).join();

            assertThat(client.call("subscribeAll", rooms, Map.of("snapshot", 1_500)))
                    .hasSize(22)
                    .allMatch(length -> length.asInt() == 1_500);
            assertThat(client.events("refused")).isEmpty();
        }
    }

    @Test
    void publishesOverRestOnce() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            server.define("BTC-USDT");
            Map<String, Object> trade =
                    Map.of("symbol", "BTC-USDT", "id", "mine-1", "price", "101.25", "qty", "0.5", "takerSide", "buy");

            JsonNode first = client.call("publish", List.of(trade));
            JsonNode second = client.call("publish", trade);

            assertThat(first.get("results").get(0).get("seq").asLong()).isEqualTo(1);
            assertThat(second.get("duplicates").asInt()).isEqualTo(1);
            assertThat(get(server, "/trades?symbol=BTC-USDT").get(0).get("id").asText())
                    .isEqualTo("mine-1");
        }
    }

    @Test
    void playsThePastAndStopsIt() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            Instrument instrument = server.define("BTC-USDT");
            long from = System.currentTimeMillis();
            publish(server, instrument, 40);
            long to = System.currentTimeMillis();
            await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > to + 1);
            Map<String, Object> query = Map.of(
                    "symbol", "BTC-USDT", "fromTime", from, "toTime", to + 1, "rooms", List.of(TRADES), "speed", 1_000);
            client.call("replay", query);
            await().atMost(PATIENCE).until(() -> client.told("replayed").size() == 1);
            client.call(
                    "replay",
                    Map.of(
                            "symbol",
                            "BTC-USDT",
                            "fromTime",
                            from - 3_600_000,
                            "toTime",
                            to + 1,
                            "rooms",
                            List.of(TRADES)));
            client.call("stopReplay");
            await().atMost(PATIENCE).until(() -> client.told("replayed").size() == 2);

            assertThat(client.told("played").stream()
                            .flatMap(each -> list(each.get("items")).stream())
                            .map(item -> item.get("seq").asLong()))
                    .isEqualTo(upTo(40));
            assertThat(client.told("replayed").get(0).get("end").get("trades").asInt())
                    .isEqualTo(40);
        }
    }

    @Test
    void staysFreshOnAQuietServerAndSaysStaleOfADeadOne() throws Exception {
        RunningMarket server = RunningMarket.listening(dataDir, RunningMarket.beating(1_000));
        try (JsClient client = connect(server)) {
            Instrument instrument = server.define("BTC-USDT");
            client.call("subscribe", TRADES);
            client.call("subscribe", "kline:BTC-USDT:1m@1s");
            client.call("subscribe", "ticker:BTC-USDT@5s");
            publish(server, instrument, 1);
            // Five heartbeats of the server, counted by the answers to the client's own.
            long start = System.nanoTime();
            await().atMost(PATIENCE).until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(6));
            assertThat(client.events("stale")).isEmpty();
            server.close();
            await().atMost(PATIENCE).until(() -> client.events("stale").size() == 3);

            assertThat(client.events("stale"))
                    .allMatch(stale -> stale.get("reason").asText().equals("silent"));
        } finally {
            server.close();
        }
    }

    @Test
    void answersTheSeedsFrontEnd() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                JsClient client = connect(server)) {
            server.trade(server.define("BTC-USDT"), 3);
            JsonNode answers = client.call(
                    "seed", Map.of("event", "ticker"), Map.of("event", "no_such"), Map.of("event", "ticker"));

            assertThat(answers.get(0).get("data").get(0).get("seq").asLong()).isEqualTo(3);
            assertThat(answers.get(1).get("event").asText()).isEqualTo("error");
            assertThat(answers.get(2)).isEqualTo(answers.get(0));
        }
    }

    private JsClient connect(RunningMarket server) throws IOException {
        return new JsClient(
                node,
                Map.of(
                        "url",
                        server.webSocket().toString(),
                        "heartbeatMillis",
                        1_000,
                        "deadlineMillis",
                        5_000,
                        "reconnect",
                        Map.of("minDelayMillis", 200, "maxDelayMillis", 1_000)));
    }

    /** Trades while nobody can connect, then listens. */
    private RunningMarket withoutNetworkTrading(int port, Instrument instrument, int count) throws IOException {
        try (RunningMarket offline = new RunningMarket(dataDir)) {
            publish(offline, instrument, count);
        }
        return RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
    }

    /** Publishes trades that no restart of the server has seen, and waits until they are durable. */
    private void publish(RunningMarket server, Instrument instrument, int count) {
        List<NewTrade> trades = new ArrayList<>(count);
        long now = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            long id = nextId++;
            trades.add(new NewTrade(instrument, "t" + id, 10_000 + id % 97, 1_000, Side.BUY, now, false));
        }
        server.publish(trades).join();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items;
    }

    private static JsonNode get(RunningMarket server, String path) throws IOException {
        return new RestClient(server.port()).ok("/api/v1" + path);
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }
}
