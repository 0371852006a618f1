package io.agx.market.server.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A connection that records what it gets. Its methods wait at most {@value #SECONDS} seconds. */
final class MarketSocket implements AutoCloseable {
    /** What {@link #awaitClose()} tells when the connection ended without a Close frame. */
    static final int NO_CLOSE_FRAME = 1006;

    static final int SECONDS = 20;
    private static final int ASK_MILLIS = 1_000;

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(SECONDS)).build();

    private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>(1_000_000);
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    private final AtomicInteger pongFrames = new AtomicInteger();
    private final WebSocket socket;

    private MarketSocket(URI uri, WebSocket.Builder builder) {
        socket = builder.buildAsync(uri, new Recorder()).join();
    }

    static MarketSocket open(RunningMarket market, String query) {
        return new MarketSocket(market.webSocket(query), HTTP.newWebSocketBuilder());
    }

    static MarketSocket open(RunningMarket market, HandshakeWay way, String token) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        return switch (way) {
            case HEADER -> new MarketSocket(market.webSocket(""), builder.header("Authorization", "Bearer " + token));
            case SUBPROTOCOL ->
                new MarketSocket(market.webSocket(""), builder.subprotocols("market.v1+json", "bearer." + token));
            case QUERY -> new MarketSocket(market.webSocket("?token=" + token), builder);
        };
    }

    /** What the server picked; empty if nothing. */
    String subprotocol() {
        return socket.getSubprotocol();
    }

    /** Sends JSON written with single quotes. */
    void send(String json) {
        sendText(json.replace('\'', '"'));
    }

    void sendText(String text) {
        socket.sendText(text, true).join();
    }

    void sendBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    void sendPingFrame() {
        socket.sendPing(ByteBuffer.allocate(4)).join();
    }

    int pongFrameCount() {
        return pongFrames.get();
    }

    /** The next message, whatever it is. */
    String next() {
        try {
            String text = received.poll(SECONDS, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("nothing came for " + SECONDS + " s");
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The next message of this event; others are skipped. */
    JsonNode await(String event) {
        return await(json -> json.path("event").asText().equals(event), event);
    }

    /** The next JSON message that satisfies this; others are skipped. */
    JsonNode await(Predicate<JsonNode> wanted, String description) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        List<String> skipped = new ArrayList<>();
        while (System.nanoTime() - deadline < 0) {
            String text = next();
            if (text.startsWith("{")) {
                JsonNode json = parse(text);
                if (wanted.test(json)) {
                    return json;
                }
            }
            skipped.add(text.substring(0, Math.min(120, text.length())));
        }
        throw new AssertionError("no " + description + " came among " + skipped);
    }

    /** The next message that is exactly this text; others are skipped. */
    void awaitText(String wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() - deadline < 0) {
            if (next().equals(wanted)) {
                return;
            }
        }
        throw new AssertionError("no " + wanted + " came");
    }

    /**
     * The code of the Close frame, or {@link #NO_CLOSE_FRAME}. The JDK's client may lose an end of stream that comes right behind a message (it
     * did in 12 of 30 runs, where a plain socket saw it each time); what is sent after it fails, so that tells it too.
     */
    int awaitClose() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() - deadline < 0) {
            try {
                return closeCode.get(ASK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!canSend()) {
                    return closeCode.getNow(NO_CLOSE_FRAME);
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError("waiting for the end", e);
            }
        }
        throw new AssertionError("the connection did not end within " + SECONDS + " s");
    }

    private boolean canSend() {
        try {
            socket.sendPong(ByteBuffer.allocate(0)).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    boolean isOpen() {
        return !closeCode.isDone();
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Recorder implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                received.add(parts.toString());
                parts.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
            pongFrames.incrementAndGet();
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closeCode.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closeCode.complete(NO_CLOSE_FRAME);
        }
    }
}
