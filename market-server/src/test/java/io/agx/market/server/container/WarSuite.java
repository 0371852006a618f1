package io.agx.market.server.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The suite on the WAR, unpacked, in a container whose class loader knows nothing of the server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WarSuite extends ContainerSuite {
    private @Nullable WarHost war;

    @BeforeAll
    @Override
    void startShared() throws Exception {
        war = WarHost.unpackInto(classFolder);
        super.startShared();
    }

    @Test
    void bringsItsOwnClassesAndSeesNoneOfTheTests() {
        RunningMarket.ClassOrigins origins = market().origins();

        assertThat(origins.of("io.agx.market.server.MarketServer")).contains("/WEB-INF/classes");
        for (String ofLibrary : List.of(
                "io.agx.market.core.model.Trade",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "org.h2.Driver",
                "org.slf4j.Logger")) {
            assertThat(origins.of(ofLibrary)).contains("/WEB-INF/lib/");
        }
        for (String notThere : List.of(
                "io.agx.market.server.Main",
                "io.agx.market.server.jetty.EmbeddedServer",
                "picocli.CommandLine",
                "org.junit.jupiter.api.Test",
                "org.eclipse.jetty.server.Server")) {
            assertThat(origins.of(notThere)).isEqualTo("absent");
        }
    }

    /**
     * The container closes its sessions by itself, before it tells the application, and maybe while a message is being written: Tomcat
     * was seen to end such a connection without a Close frame. Both codes tell a client to come back.
     */
    @Override
    Set<Integer> codesOfStopUnderLoad() {
        return Set.of(1001, MarketSocket.NO_CLOSE_FRAME);
    }

    @Test
    void keepsOutPagesFromElsewhereAndLeavesNoWayAround() throws Exception {
        assertThat(status("/ws", "Origin", "http://evil.example")).isEqualTo(403);
        assertThat(status("/ws", "Origin", "http://127.0.0.1:" + market().port()))
                .isEqualTo(101);
        for (String path : List.of("/", "/ws/", "/WS", "/api/v1/tickers")) {
            assertThat(status(path, "X-Nothing", "a")).as(path).isEqualTo(404);
        }
    }

    @Test
    void givesAnAddressItsConnectionsAndTakesBackThoseThatEnd() throws Exception {
        Map<String, String> parameters =
                new HashMap<>(RunningMarket.quietParameters(classFolder.resolve("limited-data")));
        parameters.put("market.unlimited-addresses", "");
        parameters.put("market.connections-per-address", "2");
        RunningMarket limited = startLimited(parameters);
        Socket first = handshake(limited, "/ws", "X-Nothing", "a");
        try (Socket second = handshake(limited, "/ws", "X-Nothing", "a")) {
            assertThat(statusOf(first)).isEqualTo(101);
            assertThat(statusOf(second)).isEqualTo(101);
            try (Socket third = handshake(limited, "/ws", "X-Nothing", "a")) {
                assertThat(statusOf(third)).isEqualTo(429);
            }
            first.close();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                try (Socket again = handshake(limited, "/ws", "X-Nothing", "a")) {
                    return statusOf(again) == 101;
                }
            });
        } finally {
            limited.close();
        }
    }

    /** Another one, with parameters of its own. */
    abstract RunningMarket startLimited(Map<String, String> parameters) throws Exception;

    private int status(String path, String header, String value) throws IOException {
        try (Socket socket = handshake(market(), path, header, value)) {
            return statusOf(socket);
        }
    }

    private static Socket handshake(RunningMarket market, String path, String header, String value) throws IOException {
        Socket socket = new Socket("127.0.0.1", market.port());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET " + market.contextPath() + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + market.port()
                                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + header + ": " + value
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int statusOf(Socket socket) throws IOException {
        byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
        return Integer.parseInt(new String(line, "HTTP/1.1 ".length(), 3, StandardCharsets.US_ASCII));
    }

    WarHost war() {
        return Objects.requireNonNull(war);
    }
}
