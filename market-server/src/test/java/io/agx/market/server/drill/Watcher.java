package io.agx.market.server.drill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber to the trades of some instruments that pings, and looks whether it misses a trade or is thrown out. */
final class Watcher implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
    private final WebSocket socket;
    /** Last seq by room; written by the socket's thread. */
    private final Map<String, Long> lastSeqs = new ConcurrentHashMap<>();

    private volatile CompletableFuture<Long> pong = new CompletableFuture<>();
    private volatile @Nullable String problem;
    private volatile long received;

    Watcher(int port, List<String> symbols) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), this)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        String rooms = "\"trade:" + String.join("\",\"trade:", symbols) + "\"";
        socket.sendText("{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[" + rooms + "]}}", true)
                .join();
        subscribed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Sends a command {@code ping} and waits for its answer, which has the server's time in it. One at a time. */
    synchronized long pingForTimeMillis() throws Exception {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        pong = answer;
        socket.sendText("{\"event\":\"ping\",\"id\":2}", true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** What went wrong first, or null: the end of the connection, a hole, a repetition, an error. */
    @Nullable
    String problem() {
        return problem;
    }

    long received() {
        return received;
    }

    /** The seq of the last trade of an instrument that came; 0 before the first. */
    long lastSeq(String symbol) {
        return lastSeqs.getOrDefault("trade:" + symbol, 0L);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                onMessage(JSON.readTree(text.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        tell("closed with " + code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        tell("ended: " + error);
    }

    @Override
    public void close() {
        socket.abort();
    }

    private void onMessage(JsonNode message) {
        switch (message.path("event").asText()) {
            case "subscribed" -> {
                for (JsonNode room : message.get("data")) {
                    if (!room.path("ok").asBoolean()) {
                        tell("not subscribed: " + room);
                    }
                    lastSeqs.put(room.get("room").textValue(), room.path("seq").asLong());
                }
                subscribed.complete(null);
            }
            case "trade" -> {
                String room = message.get("room").textValue();
                for (JsonNode trade : message.get("data")) {
                    long seq = trade.get("seq").longValue();
                    long before = lastSeqs.getOrDefault(room, 0L);
                    if (seq != before + 1) {
                        tell(room + " has seq " + seq + " after " + before);
                    }
                    lastSeqs.put(room, seq);
                    received++;
                }
            }
            case "pong" -> pong.complete(message.get("data").get("sendTime").longValue());
            case "gap", "error" -> tell("" + message);
            default -> {
                // welcome, heartbeat
            }
        }
    }

    private void tell(String what) {
        if (problem == null) {
            problem = what;
        }
    }
}
