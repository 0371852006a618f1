package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who asks for too much: bombs, depth, rooms, floods, strange paths and queries. */
@Timeout(600)
class LimitsIT {
    @TempDir
    static Path folder;

    private static Victim victim;

    @BeforeAll
    static void start() throws Exception {
        victim = Victim.start(folder, "--commands-per-second", "1000000", "--command-burst", "1000000");
    }

    @AfterAll
    static void stop() throws Exception {
        victim.close();
    }

    @Test
    void bombsAndDepthAreRefusedAndTakeNoMemory() throws Exception {
        long before = Vitals.of(victim.process().pid()).residentMiB();
        byte[] bomb = deflated(40 << 20);
        for (int i = 0; i < 5; i++) {
            try (Wire wire = new Wire(victim.port())) {
                wire.send(Wire.HANDSHAKE + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
                assertThat(wire.answer().status()).isEqualTo(101);
                wire.send(Wire.frame(0xc1, bomb));
                assertThat(wire.end()).as("40 MiB in %d bytes", bomb.length).isEqualTo("1009");
            }
        }
        try (Wire wire = Wire.webSocket(victim.port())) {
            wire.send(Wire.frame(0x01, new byte[60_000]));
            for (int i = 0; i < 200; i++) {
                wire.send(Wire.frame(0x00, new byte[1_000]));
            }
            assertThat(wire.end()).as("fragments without an end").isEqualTo("1009");
        }
        for (int depth : new int[] {33, 100, 1_000, 30_000, 1_000_000}) {
            String deep = "[".repeat(depth) + "]".repeat(depth);
            try (Wire wire = Wire.webSocket(victim.port())) {
                wire.sendText(deep);
                if (2 * depth > 65_536) {
                    assertThat(wire.end()).isEqualTo("1009");
                } else {
                    assertThat(wire.awaitText("error")).contains("bad_json");
                }
            }
            for (String path : List.of("/api/v1/trades", "/api/v1/instruments")) {
                assertThat(post(path, deep.getBytes(StandardCharsets.US_ASCII), "")
                                .status())
                        .as("%s, depth %d", path, depth)
                        .isBetween(400, 413);
            }
        }
        Wire.Answer gzip = post("/api/v1/trades", gzip(20 << 20), "Content-Encoding: gzip\r\n");
        assertThat(gzip.status()).as(gzip.body()).isBetween(400, 415);
        String number = "[{\"symbol\":\"NBR-USDT\",\"id\":\"n\",\"price\":" + "9".repeat(65) + "}]";
        assertThat(post("/api/v1/trades", number.getBytes(StandardCharsets.US_ASCII), "")
                        .body())
                .contains("bad_json");
        assertThat(Vitals.of(victim.process().pid()).residentMiB() - before)
                .as("MiB more")
                .isLessThanOrEqualTo(256);
        System.out.println("bombs: " + victim.assertUnharmed());
    }

    @Test
    void aConnectionGetsItsRoomsAndNoMoreAndIsToldSo() throws Exception {
        int asked = 10_000;
        try (Wire wire = Wire.webSocket(victim.port())) {
            int granted = 0;
            int refused = 0;
            for (int from = 0; from < asked; from += 1_000) {
                StringBuilder rooms = new StringBuilder();
                for (int i = from; i < from + 1_000; i++) {
                    String interval = List.of("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h")
                            .get(i % 8);
                    int quarter = i / 8 % 105 - 48;
                    rooms.append(i == from ? "" : ",")
                            .append("\"kline:NBR-USDT:")
                            .append(interval)
                            .append(offset(quarter))
                            .append('"');
                }
                wire.sendText("{\"event\":\"subscribe\",\"id\":" + from + ",\"data\":{\"rooms\":[" + rooms + "]}}");
                String reply = wire.awaitText("\"id\":" + from + ",");
                granted += count(reply, "\"ok\":true");
                refused += count(reply, "\"ok\":false");
            }
            assertThat(granted + refused).isEqualTo(asked);
            assertThat(refused).isPositive();
            wire.sendText("{\"event\":\"rooms\",\"id\":\"r\"}");
            assertThat(count(wire.awaitText("\"id\":\"r\""), "\"room\":")).isLessThanOrEqualTo(1_024);
            StringBuilder names = new StringBuilder();
            for (int i = 0; i < 1_025; i++) {
                names.append(i == 0 ? "" : ",").append("\"trade:A").append(i).append('"');
            }
            wire.sendText("{\"event\":\"subscribe\",\"id\":\"m\",\"data\":{\"rooms\":[" + names + "]}}");
            assertThat(wire.awaitText("\"id\":\"m\"")).contains("too_many_rooms");
        }
        System.out.println("rooms: " + victim.assertUnharmed());
    }

    @Test
    void welcomeTellsTheLimits() throws Exception {
        try (Wire wire = new Wire(victim.port())) {
            wire.send(Wire.HANDSHAKE + "\r\n");
            wire.answer();

            assertThat(wire.awaitText("welcome"))
                    .contains(
                            "\"messageBytes\":65536",
                            "\"messageMillis\":18000",
                            "\"rooms\":1024",
                            "\"roomsPerCommand\":1024",
                            "\"commandsPerSecond\":1000000",
                            "\"jsonDepth\":32",
                            "\"numberCharacters\":64",
                            "\"silenceMillis\":60000",
                            "\"connectionsPerAddress\":64",
                            "\"handshakesPerSecond\":20",
                            "\"connectionsPerUser\":64");
        }
    }

    @Test
    void connectionsThatComeAndGoLeaveNothing() throws Exception {
        int count = Victim.scaled(500, 7_000);
        for (int i = 0; i < count; i++) {
            try (Wire wire = Wire.webSocket(victim.port())) {
                wire.sendText(
                        "{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[\"trade:NBR-USDT\",\"ticker:*\"]}}");
                if (i % 3 > 0) {
                    wire.awaitText("subscribed");
                }
                if (i % 3 == 2) {
                    wire.send(Wire.frame(0x88, new byte[] {3, (byte) 0xe8}));
                    assertThat(wire.end()).isIn("1000", "eof");
                }
            }
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> victim.metric("market_delivery_subscribers{transport=\"fast\"}") == 1);
        System.out.println("churn: " + count + " connections; " + victim.assertUnharmed());
    }

    @Test
    void filesAreThoseOfThePageAndNothingElse() throws Exception {
        List<String> served = new ArrayList<>();
        int tried = 0;
        for (String path : strangePaths()) {
            try (Wire wire = new Wire(victim.port())) {
                wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Wire.Answer answer = wire.answer();
                tried++;
                if (answer.status() < 400 || answer.status() >= 500) {
                    served.add(path + ": " + answer.status());
                }
            }
        }
        assertThat(served).isEmpty();
        for (String path : List.of("/", "/index.html", "/js/main.js", "/css/base.css")) {
            try (Wire wire = new Wire(victim.port())) {
                wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Wire.Answer answer = wire.answer();
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(answer.header("Content-Security-Policy"))
                        .startsWith("default-src 'self'")
                        .doesNotContain("unsafe");
                assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
                assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
                assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
                assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
                assertThat(answer.header("Server")).isEmpty();
                assertThat(answer.header("Strict-Transport-Security")).isEmpty();
                assertThat(answer.body()).doesNotContain("onclick=", "style=\"", "<script>", "<style>");
            }
        }
        System.out.println("paths: " + tried + " strange ones, 0 served; " + victim.assertUnharmed());
    }

    @Test
    void strangeQueriesAndBodiesAreNeverTheServersFault() throws Exception {
        List<String> wrong = new ArrayList<>();
        int queries = 0;
        for (String resource : List.of("klines", "trades", "tickers", "instruments")) {
            for (String field : List.of("symbol", "interval", "limit", "startTime")) {
                for (String value : STRANGE) {
                    String encoded = encode(value);
                    queries++;
                    note(wrong, "GET", "/api/v1/" + resource + "?" + field + "=" + encoded, "");
                }
            }
        }
        int bodies = 0;
        for (String field : List.of("symbol", "id", "price", "qty", "takerSide", "time")) {
            for (String value : STRANGE) {
                for (boolean quoted : new boolean[] {true, false}) {
                    String json = quoted ? "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"" : value;
                    bodies += 2;
                    note(wrong, "POST", "/api/v1/trades", "[{\"" + field + "\":" + json + "}]");
                    note(wrong, "POST", "/api/v1/instruments", "{\"" + field + "\":" + json + "}");
                }
            }
        }
        assertThat(queries).isGreaterThanOrEqualTo(368);
        assertThat(bodies).isGreaterThanOrEqualTo(480);
        assertThat(wrong).isEmpty();
        System.out.println(
                "strange: " + queries + " queries, " + bodies + " bodies, 0 faults; " + victim.assertUnharmed());
    }

    @Test
    void fuzzedCommandsNeverHurt() throws Exception {
        long seed = new Random().nextLong();
        int count = Victim.scaled(20_000, 100_000);
        System.out.println("fuzzed commands: seed " + seed);
        FuzzedCommands commands = new FuzzedCommands(seed);
        int connections = 0;
        int sent = 0;
        while (sent < count) {
            connections++;
            sent += converse(commands, Math.min(200, count - sent), seed);
        }
        System.out.println(
                "fuzzed commands: " + sent + " on " + connections + " connections; " + victim.assertUnharmed());
    }

    /** Sends so many commands; those that the connection does not survive end it sooner. Returns how many were sent. */
    private static int converse(FuzzedCommands commands, int most, long seed) throws IOException {
        try (Wire wire = Wire.webSocket(victim.port())) {
            for (int i = 0; i < most; i++) {
                String command = commands.next();
                wire.sendText(command);
                if (i % 20 == 19 || i == most - 1) {
                    wire.sendText("{\"event\":\"ping\",\"id\":\"mark-" + i + "\"}");
                    while (true) {
                        Wire.Frame frame = wire.frame();
                        assertThat(frame.code()).as("seed %d", seed).isNotEqualTo(1011);
                        assertThat(frame.text()).as("seed %d", seed).doesNotContain("\"code\":\"internal\"");
                        if (frame.isClose()) {
                            return i + 1;
                        }
                        if (frame.text().contains("\"mark-" + i + "\"")) {
                            break;
                        }
                    }
                }
            }
            return most;
        }
    }

    private static final List<String> STRANGE = List.of(
            "'",
            "''",
            "' OR 1=1 --",
            "'; DROP TABLE trade; --",
            "\" OR \"\"=\"",
            "1; SELECT pg_sleep(5)",
            "1 UNION SELECT NULL,NULL",
            "%' AND SLEEP(5) --",
            "\\",
            "\\'",
            "%",
            "_",
            "*",
            "NULL",
            "NaN",
            "Infinity",
            "-0",
            "0x10",
            "9223372036854775808",
            "-9223372036854775809",
            "1e308",
            "",
            " ");

    private static List<String> strangePaths() {
        List<String> paths = new ArrayList<>();
        for (String up : List.of(
                "..", "%2e%2e", "%2e.", "..%2f..", "..;", "..%5c..", "....//", "%252e%252e", "..%c0%af..", "..%00")) {
            for (String file : List.of("/etc/passwd", "/console/index.html", "/logback.xml")) {
                paths.add("/" + up + file);
                paths.add("/console/" + up + file);
            }
        }
        paths.addAll(List.of(
                "/WEB-INF/web.xml",
                "/web-inf/web.xml",
                "/WEB-INF/classes/logback.xml",
                "/WEB-INF./web.xml",
                "/%57EB-INF/web.xml",
                "/META-INF/MANIFEST.MF",
                "/meta-inf/manifest.mf",
                "/console/js/main.js",
                "/console/",
                "/index.html/../..",
                "/index.html%00.js",
                "/js/main.js/",
                "/js/main.js;a=b/c",
                "/.git/config",
                "/logback.xml",
                "/io/agx/market/server/Main.class",
                "/db/migration/common/V001__create_market_tables.sql",
                "//etc/passwd",
                "/\\..\\..\\etc\\passwd",
                "/file:/etc/passwd"));
        return paths;
    }

    private static void note(List<String> wrong, String method, String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        long startNanos = System.nanoTime();
        try (Wire wire = new Wire(victim.port())) {
            wire.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                    + (body.isEmpty() ? "" : "Content-Length: " + bytes.length + "\r\n") + "\r\n");
            wire.send(bytes);
            Wire.Answer answer = wire.answer();
            if (answer.status() >= 500 || answer.status() == 0) {
                wrong.add(method + " " + path + " " + body + ": " + answer);
            }
        } catch (IOException e) {
            wrong.add(method + " " + path + " " + body + ": " + e);
        }
        if (Victim.FULL && System.nanoTime() - startNanos > 1_500_000_000L) {
            wrong.add(method + " " + path + " " + body + ": slow");
        }
    }

    private static Wire.Answer post(String path, byte[] body, String headers) throws IOException {
        try (Wire wire = new Wire(victim.port(), 10_000)) {
            wire.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: " + body.length
                    + "\r\n\r\n");
            wire.send(body);
            return wire.answer();
        }
    }

    private static String encode(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02x", octet & 0xff));
        }
        return encoded.toString();
    }

    private static String offset(int quarters) {
        int minutes = Math.abs(quarters) * 15;
        return quarters == 0 ? "" : String.format(":%s%02d:%02d", quarters < 0 ? "-" : "+", minutes / 60, minutes % 60);
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
            count++;
        }
        return count;
    }

    private static byte[] deflated(int zeros) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[zeros]);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[65_536];
        int length;
        do {
            length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, length);
        } while (length > 0);
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] gzip(int zeros) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[zeros]);
        }
        return out.toByteArray();
    }
}
