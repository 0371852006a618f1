package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages from elsewhere, whose browsers would send along who their user is: none of them gets through, however it spells itself or the path. */
class ForeignPagesIT {
    private static final List<String> FOREIGN = List.of(
            "null",
            "",
            "http://evil.example",
            "https://%", // Another scheme.
            "http://127.0.0.1", // Another port.
            "http://127.0.0.1:1",
            "http://evil.%", // A name below ours.
            "http://%.evil.example", // Ours below a name.
            "http://%@evil.example",
            "http://%/", // A path.
            "http://%.", // A dot behind.
            "HTTP://%",
            "http://b\u00fccher.example",
            "http://shop.example.evil.example",
            "https://shop.example:443",
            "https://SHOP.example",
            "http://% http://evil.example",
            "*");

    private static final List<String> PATHS = List.of(
            "/ws",
            "/ws/",
            "//ws",
            "/./ws",
            "/ws/.",
            "/ws;a=b",
            "/ws;jsessionid=1",
            "/%77s",
            "/%2e/ws",
            "/x/../ws",
            "/ws%2f",
            "/WS",
            "/ws%00",
            "/ws?rooms=ticker:*",
            "http://evil.example/ws");

    @TempDir
    static Path folder;

    private static Victim victim;

    @BeforeAll
    static void start() throws Exception {
        victim = Victim.start(folder, "--origins", "https://shop.example");
    }

    @AfterAll
    static void stop() throws Exception {
        victim.close();
    }

    @Test
    void noForeignPageIsUpgradedHoweverItOrThePathIsSpelled() throws Exception {
        String self = "127.0.0.1:" + victim.port();
        List<String> upgraded = new ArrayList<>();
        int tried = 0;
        for (String origin : FOREIGN) {
            for (String path : PATHS) {
                Wire.Answer answer = handshake(path, "Origin: " + origin.replace("%", self));
                tried++;
                if (answer.status() == 101 || answer.status() < 400 || answer.status() >= 500) {
                    upgraded.add(origin + " at " + path + ": " + answer.status());
                }
            }
        }

        assertThat(upgraded).isEmpty();
        System.out.println("foreign pages: " + tried + " handshakes, 0 upgrades");
        Wire.Answer refused = handshake("/ws", "Origin: http://evil.example");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.body()).contains("\"forbidden\"", "\"field\":\"Origin\"", "http://evil.example");
        assertThat(victim.metric("market_edge_refusals_total{reason=\"origin\"}"))
                .isPositive();
    }

    @Test
    void itsOwnPagesListedOnesAndProgramsAreUpgraded() throws Exception {
        String self = "127.0.0.1:" + victim.port();
        assertThat(handshake("/ws", "Origin: http://" + self).status()).isEqualTo(101);
        assertThat(handshake("/ws", "Origin: https://shop.example").status()).isEqualTo(101);
        assertThat(handshake("/ws", "X-Nothing: a").status()).isEqualTo(101);
        assertThat(handshake("/ws", "Origin: https://shop.example\r\nCookie: a=b")
                        .status())
                .isEqualTo(101);
        assertThat(handshake("/ws", "Origin: https://shop.example\r\nOrigin: https://shop.example")
                        .status())
                .as("twice")
                .isEqualTo(403);
    }

    @Test
    void onlyListedPagesMayReadAndNobodyElseMayWrite() throws Exception {
        Wire.Answer listed = rest("GET", "Origin: https://shop.example");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.header("Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
        assertThat(listed.header("Vary")).isEqualTo("Origin");

        Wire.Answer foreign = rest("GET", "Origin: http://evil.example");
        assertThat(foreign.status()).as("its browser keeps it from the page").isEqualTo(200);
        assertThat(foreign.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(rest("GET", "Origin: http://evil.example\r\nCookie: a=b").status())
                .isEqualTo(403);
        assertThat(rest("GET", "Origin: http://evil.example\r\nAuthorization: Bearer x")
                        .status())
                .isEqualTo(403);
        assertThat(rest("POST", "Origin: http://evil.example\r\nContent-Type: text/plain\r\nContent-Length: 0")
                        .status())
                .as("what needs no preflight")
                .isEqualTo(403);

        Wire.Answer preflight = rest("OPTIONS", "Origin: https://shop.example\r\nAccess-Control-Request-Method: GET");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("GET, HEAD");
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
        assertThat(rest("OPTIONS", "Origin: http://evil.example\r\nAccess-Control-Request-Method: GET")
                        .header("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(rest("OPTIONS", "Origin: https://shop.example\r\nAccess-Control-Request-Method: DELETE")
                        .header("Access-Control-Allow-Methods"))
                .isEmpty();
    }

    private static Wire.Answer handshake(String path, String header) throws IOException {
        try (Wire wire = new Wire(victim.port())) {
            wire.send(Wire.HANDSHAKE
                            .replace("/ws ", path + " ")
                            .replace("Host: 127.0.0.1", "Host: 127.0.0.1:" + victim.port())
                    + header + "\r\n\r\n");
            return wire.answer();
        }
    }

    private static Wire.Answer rest(String method, String headers) throws IOException {
        try (Wire wire = new Wire(victim.port())) {
            wire.send(method + " /api/v1/tickers HTTP/1.1\r\nHost: 127.0.0.1:" + victim.port() + "\r\n" + headers
                    + "\r\n\r\n");
            return wire.answer();
        }
    }
}
