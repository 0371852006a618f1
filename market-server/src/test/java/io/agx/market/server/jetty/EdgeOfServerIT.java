package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands between the ports and the server, over real sockets. */
class EdgeOfServerIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void healthAndMetricsAreOnTheSecondPortOnlyIfThereIsOne() throws Exception {
        try (RunningMarket market = RunningMarket.listening(
                folder, config -> config.withPorts(config.ports().withAdmin("127.0.0.1", 0)))) {
            for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
                assertThat(get(market.port(), path).statusCode()).as(path).isEqualTo(404);
                assertThat(get(market.adminPort(), path).statusCode()).as(path).isEqualTo(200);
            }
            for (String path : List.of("/", "/api/v1/tickers", "/ws")) {
                HttpResponse<String> other = get(market.adminPort(), path);
                assertThat(other.statusCode()).as(path).isEqualTo(404);
                assertThat(other.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            }
            assertThat(get(market.port(), "/api/v1/tickers").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anAddressHasItsConnectionsAndOneThatEndsMakesRoom() throws Exception {
        try (RunningMarket market = RunningMarket.listening(
                folder,
                config -> config.withEdge(config.edge().withAddresses(new AddressLimits(3, 0, 1, List.of()))))) {
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(new RawPeer(market.port(), ""));
            }
            assertThat(peers).allSatisfy(peer -> assertThat(peer.answer).startsWith("HTTP/1.1 101"));
            try (RawPeer fourth = new RawPeer(market.port(), "")) {
                assertThat(fourth.answer).startsWith("HTTP/1.1 429").contains("Retry-After: 5", "problem+json");
            }
            try (RawPeer wrong = new RawPeer(market.port(), "Sec-WebSocket-Extensions: =\r\n")) {
                assertThat(wrong.answer).as("costs no place").startsWith("HTTP/1.1 400");
            }
            peers.remove(0).reset();
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                RawPeer next = new RawPeer(market.port(), "");
                if (next.answer.startsWith("HTTP/1.1 101")) {
                    peers.add(next);
                    return true;
                }
                next.close();
                return false;
            });
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void anAddressBeginsSoManyHandshakesASecond() throws Exception {
        try (RunningMarket market = RunningMarket.listening(
                folder,
                config -> config.withEdge(config.edge().withAddresses(new AddressLimits(0, 1, 5, List.of()))))) {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                try (RawPeer peer = new RawPeer(market.port(), "")) {
                    answers.add(peer.answer.substring(9, 12));
                }
            }
            assertThat(answers).startsWith("101", "101", "101", "101", "101").contains("429");
            assertThat(get(market.port(), "/metrics").body()).contains("reason=\"handshake_rate\"");
        }
    }

    @Test
    void anAnswerThatNobodyReadsHoldsNoThread() throws Exception {
        try (RunningMarket market = RunningMarket.listening(folder)) {
            market.trade(market.define("BIG-USDT"), 2_000);
            List<RawPeer> stalled = new ArrayList<>();
            for (int i = 0; i < 230; i++) { // More than the pool has threads.
                stalled.add(new RawPeer(market.port(), "", "/api/v1/trades?symbol=BIG-USDT&limit=1000"));
            }
            assertThat(get(market.port(), "/health/live").statusCode()).isEqualTo(200);
            await("no thread stays in a servlet").atMost(Duration.ofSeconds(30)).until(() -> threadsInServlets() == 0);
            assertThat(get(market.port(), "/api/v1/trades?symbol=BIG-USDT&limit=1000")
                            .statusCode())
                    .isEqualTo(200);
            for (RawPeer peer : stalled) {
                peer.close();
            }
        }
    }

    @Test
    void aFloodOfCommandsIsToldWhenToComeBackAndThenEnded() throws Exception {
        try (RunningMarket market = RunningMarket.listening(folder);
                RawPeer peer = new RawPeer(market.port(), "")) {
            byte[] command = "{\"event\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
            // Read meanwhile: who does not read when it is ended gets no Close frame.
            Thread flood = new Thread(() -> {
                try {
                    for (int i = 0; i < 2_000; i++) {
                        peer.send(1, command);
                    }
                } catch (IOException e) {
                    // It was ended before all was sent.
                }
            });
            flood.start();
            int answered = 0;
            int refused = 0;
            RawPeer.Frame frame = peer.next();
            while (frame.opcode() != 8) {
                answered += frame.text().contains("\"pong\"") ? 1 : 0;
                refused += frame.text().contains("rate_limited") ? 1 : 0;
                if (frame.text().contains("rate_limited")) {
                    assertThat(frame.text()).contains("retryAfterMillis");
                }
                frame = peer.next();
            }
            flood.join();
            assertThat(answered).isBetween(100, 900);
            assertThat(refused).isPositive();
            assertThat(frame.payload()[0] << 8 | frame.payload()[1] & 0xff).isEqualTo(4008);
            assertThat(frame.text()).contains("retry after");
        }
    }

    private static long threadsInServlets() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("market-http"))
                .filter(thread -> List.of(thread.getValue()).stream()
                        .anyMatch(frame -> frame.getClassName().contains("JsonServlet")))
                .count();
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
