package io.agx.market.client;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ServerEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens sockets with the JDK's own WebSocket client. Thread-safe.
 *
 * <p>Known fault of that client: an end of stream without Close frame that comes right behind data, with the next message
 * requested asynchronously, is not told (JDK 17: 25 of 25 tries on loopback; JDK 25: 2 of 2). {@link Session} therefore asks a
 * quiet server, so that a failing write tells it.
 */
final class JdkConnector implements Socket.Connector {
    /** Longest message taken, in characters: a snapshot of very many rooms. A longer one ends the connection. */
    static final int MAX_MESSAGE_CHARS = 16 * 1024 * 1024;

    private final HttpClient http;
    private final Duration connectTimeout;

    /** @param http shared by many; what it tells is handed over to the owner thread by the listeners */
    JdkConnector(HttpClient http, Duration connectTimeout) {
        this.http = http;
        this.connectTimeout = connectTimeout;
    }

    @Override
    public void connect(URI uri, String token, Socket.Listener listener) {
        Frames frames = new Frames(listener);
        WebSocket.Builder builder =
                http.newWebSocketBuilder().connectTimeout(connectTimeout).subprotocols(ServerEvent.PROTOCOL);
        if (!token.isEmpty()) {
            builder.header("Authorization", "Bearer " + token);
        }
        CompletableFuture<WebSocket> opening = builder.buildAsync(uri, frames);
        onFailure(opening, failure -> refuse(listener, failure));
    }

    /** What completes well is told by the socket's listener. */
    private static void onFailure(CompletionStage<?> stage, Consumer<Throwable> action) {
        stage.whenComplete((done, failure) -> {
            if (failure != null) {
                action.accept(failure);
            }
        });
    }

    private static void refuse(Socket.Listener listener, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WebSocketHandshakeException handshake) {
            HttpResponse<?> answer = handshake.getResponse();
            listener.onRefused(answer.statusCode(), RetryAfter.millis(answer));
        } else {
            listener.onClosed(CloseCode.ABNORMAL, String.valueOf(cause));
        }
    }

    /** Turns the JDK's parts of messages into whole ones. */
    private static final class Frames implements WebSocket.Listener {
        private final Socket.Listener listener;
        private StringBuilder parts = new StringBuilder();

        Frames(Socket.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(WebSocket socket) {
            listener.onOpen(new JdkSocket(socket, listener));
            socket.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            if (last && parts.length() == 0) {
                listener.onText(data.toString());
                return null;
            }
            parts.append(data);
            if (parts.length() > MAX_MESSAGE_CHARS) {
                socket.abort();
                listener.onClosed(CloseCode.ABNORMAL, "a message of more than " + MAX_MESSAGE_CHARS + " characters");
            } else if (last) {
                String text = parts.toString();
                parts = new StringBuilder();
                listener.onText(text);
            } else {
                listener.onFrame();
                socket.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            listener.onFrame();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            listener.onFrame();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            listener.onFrame();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            listener.onClosed(code, reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            listener.onClosed(CloseCode.ABNORMAL, String.valueOf(error));
        }
    }

    /** The JDK allows one send at a time: the rest waits here, bounded by the client's bound on requests. */
    private static final class JdkSocket implements Socket {
        private final WebSocket socket;
        private final Listener listener;
        private final ArrayDeque<String> waiting = new ArrayDeque<>();
        private boolean sending;

        JdkSocket(WebSocket socket, Listener listener) {
            this.socket = socket;
            this.listener = listener;
        }

        @Override
        public void send(String text) {
            synchronized (waiting) {
                if (sending) {
                    waiting.add(text);
                    return;
                }
                sending = true;
            }
            write(text);
        }

        private void write(String text) {
            CompletionStage<?> writing = socket.sendText(text, true);
            writing.whenComplete((done, failure) -> {
                if (failure == null) {
                    writeNext();
                } else {
                    socket.abort();
                    listener.onClosed(CloseCode.ABNORMAL, String.valueOf(failure));
                }
            });
        }

        private void writeNext() {
            String next;
            synchronized (waiting) {
                next = waiting.poll();
                sending = next != null;
            }
            if (next != null) {
                write(next);
            }
        }

        @Override
        public void request() {
            socket.request(1);
        }

        @Override
        public void close(int code, String reason) {
            onFailure(socket.sendClose(code, reason), failure -> socket.abort());
        }

        @Override
        public void abort() {
            socket.abort();
        }
    }
}
