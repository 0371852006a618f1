package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the browser client of the seed project does on the wire, point by point, against the server as it is. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SeedContractIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path dataDir;

    @Test
    void theTokenInTheQueryIsTakenAndEveryFrameIsAnEnvelopeOfEventMessageAndData() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                Wsocket seed = Wsocket.open(market)) {
            Instrument instrument = market.define("BTC-USDT");
            seed.send("{\"event\":\"ticker\"}");
            seed.send("{\"event\":\"get_unread_message\"}");
            seed.send("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"ticker:BTC-USDT@raw\"]}}");
            await().atMost(PATIENCE).until(() -> seed.has("subscribed"));
            market.trade(instrument, 3);
            await().atMost(PATIENCE).until(() -> seed.has("ticker") && seed.has("tickers"));

            assertThat(seed.frames)
                    .allSatisfy(
                            frame -> assertThat(frame.get("event").isTextual()).isTrue());
        }
    }

    @Test
    void theHeartbeatIsTheTextPongAndHasNoAnswer() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                Wsocket seed = Wsocket.open(market)) {
            await().atMost(PATIENCE).until(() -> seed.has("welcome"));
            for (int i = 0; i < 5; i++) {
                seed.send("PONG");
            }
            seed.send("{\"event\":\"instruments\",\"id\":\"after\"}");
            await().atMost(PATIENCE).until(() -> seed.has("instruments"));

            assertThat(seed.frames).hasSize(2);
            assertThat(seed.notJson).isEmpty();
        }
    }

    @Test
    void unreadMessagesAnswerInTheSeedsShape() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                Wsocket seed = Wsocket.open(market)) {
            seed.send("{\"event\":\"get_unread_message\"}");
            await().atMost(PATIENCE).until(() -> seed.has("ev_new_message"));

            JsonNode answer = seed.first("ev_new_message");
            assertThat(answer.get("message").asText()).isEqualTo("success");
            assertThat(answer.get("data").isArray()).isTrue();
        }
    }

    @Test
    void unreadMessagesArePushedInTheSeedsShapeAndTwoTabsStayInSync() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                Wsocket first = Wsocket.open(market);
                Wsocket second = Wsocket.open(market)) {
            tell(market, "Before", "\"quoted\" text");
            for (Wsocket tab : List.of(first, second)) {
                tab.send("{\"event\":\"auth\",\"data\":{\"token\":\"" + TestTokens.of("alice") + "\"}}");
                tab.send("{\"event\":\"get_unread_message\"}");
            }
            await().atMost(PATIENCE)
                    .until(() -> titles(first).equals(List.of("Before"))
                            && titles(second).equals(List.of("Before")));
            JsonNode message = last(first, "ev_new_message").get("data").get(0);
            assertThat(message.get("id").asText()).isEqualTo("1");
            assertThat(message.get("content").asText()).isEqualTo("\"quoted\" text");
            assertThat(message.get("create_time").isIntegralNumber()).isTrue();
            assertThat(message.get("send_user").get("nickname").asText()).isEqualTo("desk");

            tell(market, "After", "");
            await().atMost(PATIENCE)
                    .until(() -> titles(first).equals(List.of("After", "Before"))
                            && titles(second).equals(titles(first)));
            first.send("{\"event\":\"read_message\",\"data\":{\"ids\":[1]}}");
            await().atMost(PATIENCE)
                    .until(() -> titles(first).equals(List.of("After"))
                            && titles(second).equals(List.of("After")));

            JsonNode status = last(second, "ev_read_status");
            assertThat(status.get("message").asText()).isEqualTo("success");
            assertThat(status.get("data").get("ids").get(0).asText()).isEqualTo("1");
            assertThat(status.get("data").get("unread").asInt()).isEqualTo(1);
            assertThat(first.notJson).isEmpty();
        }
    }

    private static void tell(RunningMarket market, String title, String content) {
        market.server()
                .inbox()
                .send(List.of(new UserMessage("alice", 0, "notice", title, content, null, "desk", null, 0, null)))
                .join();
    }

    private static JsonNode last(Wsocket tab, String event) {
        return tab.frames.stream()
                .filter(frame -> frame.get("event").asText().equals(event))
                .reduce((before, after) -> after)
                .orElseThrow();
    }

    /** The titles of the newest list of unread messages. */
    private static List<String> titles(Wsocket tab) {
        List<String> titles = new ArrayList<>();
        if (tab.has("ev_new_message")) {
            last(tab, "ev_new_message")
                    .get("data")
                    .forEach(message -> titles.add(message.get("title").asText()));
        }
        return titles;
    }

    @Test
    void anUnknownEventIsAnErrorInAnEnvelopeAndTheConnectionStays() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir);
                Wsocket seed = Wsocket.open(market)) {
            seed.send("{\"event\":\"no_such_thing\"}");
            await().atMost(PATIENCE).until(() -> seed.has("error"));
            seed.send("{\"event\":\"instruments\"}");
            await().atMost(PATIENCE).until(() -> seed.has("instruments"));
        }
    }

    @Test
    void aStopEndsWhoHasSentPongWithoutACloseFrameSoThatItComesBack() throws Exception {
        RunningMarket market = RunningMarket.listening(dataDir);
        try (Wsocket seed = Wsocket.open(market)) {
            seed.send("PONG");
            seed.send("{\"event\":\"instruments\"}");
            await().atMost(PATIENCE).until(() -> seed.has("instruments"));
            market.close();

            // The JDK's client tells the end of a stream when it is next written to.
            await().atMost(PATIENCE).until(() -> {
                seed.send("PONG");
                return seed.ended;
            });
            assertThat(seed.closeCode).as("none, or what stands for none").isIn(0, 1006);
        } finally {
            market.close();
        }
    }

    @Test
    void whoHasNotSentPongGetsACloseFrame() throws Exception {
        RunningMarket market = RunningMarket.listening(dataDir);
        try (Wsocket other = Wsocket.open(market)) {
            other.send("{\"event\":\"instruments\"}");
            await().atMost(PATIENCE).until(() -> other.has("instruments"));
            market.close();
            await().atMost(PATIENCE).until(() -> other.closeCode != 0);

            assertThat(other.closeCode).isEqualTo(1001);
        } finally {
            market.close();
        }
    }

    /** What the seed's class does: sends text, parses every frame as JSON. */
    private static final class Wsocket implements WebSocket.Listener, AutoCloseable {
        private static final ObjectMapper JSON = new ObjectMapper();

        final List<JsonNode> frames = new CopyOnWriteArrayList<>();
        final List<String> notJson = new CopyOnWriteArrayList<>();
        volatile boolean ended;
        volatile int closeCode;
        private final StringBuilder parts = new StringBuilder();
        private @Nullable WebSocket socket;

        static Wsocket open(RunningMarket market) {
            Wsocket seed = new Wsocket();
            seed.socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(market.webSocket() + "?token=any"), seed)
                    .join();
            return seed;
        }

        void send(String text) {
            CompletionStage<?> sent = socket.sendText(text, true).exceptionally(failure -> {
                ended = true;
                return socket;
            });
            sent.toCompletableFuture().join();
        }

        boolean has(String event) {
            return frames.stream().anyMatch(frame -> frame.get("event").asText().equals(event));
        }

        JsonNode first(String event) {
            return frames.stream()
                    .filter(frame -> frame.get("event").asText().equals(event))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                String text = parts.toString();
                parts.setLength(0);
                try {
                    frames.add(JSON.readTree(text));
                } catch (IOException e) {
                    notJson.add(text);
                    throw new UncheckedIOException(e);
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closeCode = code;
            ended = true;
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            ended = true;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
