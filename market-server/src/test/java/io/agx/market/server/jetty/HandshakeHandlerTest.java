package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.DeliveryConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HandshakeHandlerTest {
    @Test
    void refusesHandshakesWhileNoConnectionIsTakenAndLetsThemPassAfterwards() {
        AtomicReference<Optional<String>> reason = new AtomicReference<>(Optional.of("stopping"));
        try (EmbeddedServer server =
                new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS, (context, sessions) -> {})) {
            server.refuseConnectionsWhile(reason::get);
            server.start();

            HttpResponse<?> refused = handshake(server);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");

            reason.set(Optional.empty());
            assertThat(handshake(server).statusCode())
                    .as("an empty context, behind the guard")
                    .isEqualTo(404);
        }
    }

    private static HttpResponse<?> handshake(EmbeddedServer server) {
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/ws");
        try {
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .connectTimeout(Duration.ofSeconds(10))
                    .buildAsync(uri, new WebSocket.Listener() {})
                    .join();
            throw new AssertionError("was upgraded");
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            return ((WebSocketHandshakeException) e.getCause()).getResponse();
        }
    }
}
