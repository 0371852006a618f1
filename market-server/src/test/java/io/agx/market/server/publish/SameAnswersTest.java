package io.agx.market.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.gateway.Connection;
import io.agx.market.server.subscriber.Remote;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same elements, published over WebSocket to one market and over REST to another, become the same. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SameAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 300;
    private static final List<String> SYMBOLS = List.of("\"BTC-USDT\"", "\"ETH-USDT\"", "\"NO-SUCH\"", "\"a b\"", "7");
    private static final List<String> NUMBERS = List.of(
            "\"100.01\"",
            "\"1\"",
            "1.50",
            "1.0e-1",
            "1e2",
            "-1",
            "0",
            "\"0.001\"",
            "\"abc\"",
            "null",
            "true",
            "[1]",
            "99999999999999999999",
            "\"1,5\"",
            "0.5",
            "\" 1\"",
            "{}");
    private static final List<String> ODD =
            List.of("17", "null", "\"x\"", "[]", "[{}]", "{}", "true", "{\"symbol\":\"BTC-USDT\"}", "-0.0");

    @TempDir
    private Path dir;

    @Test
    void anyElementsAreAnsweredAlikeOverBothWays() throws Exception {
        long seed = System.nanoTime();
        System.out.println("same answers, seed " + seed);
        Random random = new Random(seed);
        RecordingTransport transport = new RecordingTransport();
        HttpClient http = HttpClient.newHttpClient();
        try (RunningMarket byWebSocket = new RunningMarket(dir.resolve("ws"), RunningMarket.beating(100));
                RunningMarket byRest = RunningMarket.listening(dir.resolve("rest"))) {
            for (RunningMarket market : List.of(byWebSocket, byRest)) {
                market.define("BTC-USDT");
                market.define("ETH-USDT");
            }
            Connection connection = byWebSocket
                    .server()
                    .gateway()
                    .open(transport, Remote.UNKNOWN, List.of(), Tokens.presented(Tokens.PUBLISHER));
            await().until(() -> !transport.messages().isEmpty()); // The welcome.
            for (int round = 0; round < ROUNDS; round++) {
                String elements = elements(random);
                boolean atomic = random.nextInt(5) == 0;
                transport.clear();
                connection.onText(
                        "{\"data\":{\"atomic\":" + atomic + ",\"trades\":" + elements + "},\"event\":\"publish\"}");
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> reply(transport).isPresent());
                JsonNode webSocket =
                        JSON.readTree(reply(transport).orElseThrow()).get("data");

                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(byRest.rest("/trades?atomic=" + atomic))
                                .POST(HttpRequest.BodyPublishers.ofString(elements))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                JsonNode rest = JSON.readTree(answer.body()).get("results");

                assertThat(results(webSocket))
                        .as("seed %d round %d elements %s", seed, round, elements)
                        .isEqualTo(results(rest))
                        .isNotEmpty();
            }
            assertThat(byWebSocket.server().totalTrades())
                    .isEqualTo(byRest.server().totalTrades())
                    .isPositive();
        }
    }

    /** What was answered, when it is there: heartbeats come in between. */
    private static Optional<String> reply(RecordingTransport transport) {
        return transport.messages().stream()
                .filter(message -> !message.startsWith("{\"event\":\"heartbeat\""))
                .findFirst();
    }

    private static List<String> results(JsonNode array) {
        List<String> results = new ArrayList<>();
        // The server's clock is in what it says of a time that is ahead.
        array.forEach(result -> results.add(result.toString().replaceAll("clock \\d+", "clock")));
        return results;
    }

    private static String elements(Random random) {
        StringBuilder array = new StringBuilder("[");
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            array.append(i == 0 ? "" : random.nextBoolean() ? "," : " ,\n")
                    .append(random.nextInt(8) == 0 ? one(ODD, random) : trade(random));
        }
        return array.append(']').toString();
    }

    private static String trade(Random random) {
        boolean wild = random.nextInt(3) == 0;
        StringBuilder trade = new StringBuilder("{\"symbol\":").append(wild ? one(SYMBOLS, random) : SYMBOLS.get(0));
        trade.append(",\"id\":")
                .append(random.nextBoolean() ? random.nextInt(500) : "\"i" + random.nextInt(500) + "\"");
        trade.append(",\"price\":").append(wild ? one(NUMBERS, random) : "\"100.0" + random.nextInt(10) + "\"");
        trade.append(",\"qty\":").append(wild ? one(NUMBERS, random) : "1");
        if (random.nextBoolean()) {
            trade.append(",\"takerSide\":")
                    .append(one(List.of("\"buy\"", "\"SELL\"", "\"none\"", "null", "1"), random));
        }
        trade.append(",\"time\":")
                .append(wild ? one(List.of("-1", "1e3", "\"x\"", "99999999999999", "5"), random) : "1700000000000");
        if (random.nextInt(4) == 0) {
            trade.append(",\"buyerUserId\":").append(one(List.of("\"u\"", "\"\"", "7", "null"), random));
        }
        return trade.append(random.nextInt(6) == 0 ? ",\"x\":[{\"y\":1}]}" : "}")
                .toString();
    }

    private static String one(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
