package io.agx.market.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.EdgeConfig;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REST over a real socket, on a whole server without a feed. */
class RestTest {
    @TempDir
    static Path dataDir;

    private static RunningMarket market;
    private static HttpClient client;
    private static int nextId = 1;

    @BeforeAll
    static void start() throws IOException {
        market = RunningMarket.listening(
                dataDir,
                config ->
                        config.withEdge(config.edge().withDeadlines(new EdgeConfig.Deadlines(20_000, 5_000, 20_000))));
        client = HttpClient.newHttpClient();
        market.trade(market.define("BTC-USDT"), 20);
        market.define("ETH-USDT");
    }

    @AfterAll
    static void stop() {
        market.close();
    }

    @Test
    void anInstrumentIsDefinedOnce() {
        HttpResponse<String> created = post("/api/v1/instruments", instrument("NEW-USDT"));
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.body()).contains("\"symbol\":\"NEW-USDT\"", "\"tickSize\":\"0.01\"");

        HttpResponse<String> again = post("/api/v1/instruments", instrument("NEW-USDT"));
        assertProblem(again, 409, "already_exists", "symbol");
        await().until(() -> get("/api/v1/instruments").body().contains("NEW-USDT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "symbol|\"a b\"",
                "symbol|7",
                "symbol|null",
                "baseAsset|\"lower\"",
                "quoteAsset|\"\"",
                "priceScale|19",
                "priceScale|\"2\"",
                "quantityScale|-1",
                "quantityScale|1.5",
                "tickSize|\"0.001\"",
                "tickSize|\"0\"",
                "stepSize|\"-1\"",
                "stepSize|1"
            })
    void aBadFieldOfAnInstrumentIsNamed(String field, String value) {
        String body = instrument("BAD-USDT")
                .replaceFirst("\"" + field + "\":(\"[^\"]*\"|[0-9]+)", "\"" + field + "\":" + value);

        assertProblem(post("/api/v1/instruments", body), 400, "bad_field", field);
    }

    @Test
    void tradesOfAnArrayAreAnsweredInOrder() {
        String batch = "[" + trade("BTC-USDT", "r1") + "," + trade("XRP-USDT", "r2") + ",17,"
                + trade("BTC-USDT", "r3").replace("\"100.01\"", "\"100.001\"") + "," + trade("BTC-USDT", "r1") + ","
                + trade("BTC-USDT", "r4") + "]";
        HttpResponse<String> answer = post("/api/v1/trades", batch);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(codes(answer))
                .containsExactly("ok", "unknown_symbol", "bad_request", "bad_field", "duplicate", "ok");
        assertThat(answer.body()).endsWith("\"accepted\":2,\"duplicates\":1,\"rejected\":3}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"price\":\"100.01\"|\"price\":\"0\"|bad_price",
                "\"price\":\"100.01\"|\"price\":\"-1\"|bad_price",
                "\"price\":\"100.01\"|\"price\":true|bad_field",
                "\"price\":\"100.01\"|\"price\":\"1e400\"|bad_field",
                "\"price\":\"100.01\"|\"x\":\"1\"|bad_field",
                "\"qty\":\"0.5\"|\"qty\":\"0.0001\"|bad_field",
                "\"qty\":\"0.5\"|\"qty\":[1]|bad_field",
                "\"qty\":\"0.5\"|\"qty\":{\"a\":1}|bad_field",
                "\"time\":|\"time\":1e3,\"y\":|bad_field",
                "\"time\":|\"time\":99999999999999999999,\"y\":|bad_field",
                "\"time\":|\"time\":-1,\"y\":|bad_time",
                "\"time\":|\"time\":200000000000000,\"y\":|time_ahead",
                "\"takerSide\":\"buy\"|\"takerSide\":\"both\"|bad_field",
                "\"takerSide\":\"buy\"|\"takerSide\":1|bad_field"
            })
    void aBadTradeIsRejectedByACodeAndItsNeighboursAreKept(String good, String bad, String code) {
        String wrong = trade("BTC-USDT", id()).replace(good, bad);
        HttpResponse<String> answer = post(
                "/api/v1/trades", "[" + trade("BTC-USDT", id()) + "," + wrong + "," + trade("BTC-USDT", id()) + "]");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(codes(answer)).containsExactly("ok", code, "ok");
    }

    @Test
    void aTradeWithoutATimeHasThatOfItsReceipt() {
        String untimed = trade("BTC-USDT", id()).replaceFirst(",\"time\":[0-9]+", "");
        long before = System.currentTimeMillis();

        HttpResponse<String> answer = post("/api/v1/trades", "[" + untimed + "," + trade("BTC-USDT", id()) + "]");

        long after = System.currentTimeMillis();
        assertThat(untimed).doesNotContain("time");
        assertThat(codes(answer)).containsExactly("ok", "ok");
        String seq = answer.body().replaceFirst("^.*?\"seq\":([0-9]+).*$", "$1");
        // The answer says that the trade is durable; the engine is a moment behind.
        String stored = await().until(
                        () -> get("/api/v1/trades?symbol=BTC-USDT&limit=1&fromSeq=" + seq)
                                .body(),
                        body -> body.contains("\"time\""));
        assertThat(Long.parseLong(stored.replaceFirst("^.*\"time\":([0-9]+).*$", "$1")))
                .isBetween(before, after);
    }

    @Test
    void historyMustTellItsTime() {
        String untimed = trade("BTC-USDT", id()).replaceFirst(",\"time\":[0-9]+", "");

        HttpResponse<String> answer = post("/api/v1/trades?backfill=true", "[" + untimed + "]");

        assertThat(codes(answer)).containsExactly("bad_field");
        assertThat(answer.body()).contains("time is missing");
    }

    @Test
    void aTickIsKept() {
        post("/api/v1/instruments", instrument("TICK-USDT").replace("\"0.01\"", "\"0.05\""));

        assertThat(codes(post("/api/v1/trades", "[" + trade("TICK-USDT", id()) + "]")))
                .containsExactly("price_off_tick");
    }

    @Test
    void tradesMayComeOneALine() {
        String lines =
                trade("BTC-USDT", id()) + "\n" + trade("BTC-USDT", id()) + "\n\n" + trade("BTC-USDT", id()) + "\n";

        for (String type : List.of("application/x-ndjson", "Application/X-NDJSON; charset=utf-8")) {
            HttpResponse<String> answer = send(request("/api/v1/trades")
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString(lines)));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(codes(answer)).hasSize(3);
        }
    }

    @Test
    void whateverTheContentTypeSaysTheBodyIsRead() {
        HttpResponse<String> answer = send(request("/api/v1/trades?backfill=false")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("[" + trade("BTC-USDT", id()) + "]")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(codes(answer)).containsExactly("ok");
    }

    @Test
    void atomicKeepsAllOrNothing() {
        String good = id();
        HttpResponse<String> refused =
                post("/api/v1/trades?atomic=true", "[" + trade("BTC-USDT", good) + "," + trade("XRP-USDT", "x") + "]");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(codes(refused)).containsExactly("atomic", "unknown_symbol");

        assertThat(codes(post("/api/v1/trades?atomic=true", "[" + trade("BTC-USDT", good) + "]")))
                .containsExactly("ok");
    }

    @Test
    void anEmptyArrayIsAnsweredEmpty() {
        assertThat(post("/api/v1/trades", "[]").body())
                .isEqualTo("{\"results\":[],\"accepted\":0,\"duplicates\":0,\"rejected\":0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "17", "[", "[{]", "[]]", "[] x", "[{\"a\":1,\"a\":2}]", "nonsense", "\u0000"})
    void aBodyThatIsNoArrayOfTradesIsRefused(String body) {
        HttpResponse<String> answer = post("/api/v1/trades", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void depthAndSizeAreBounded() {
        assertProblem(post("/api/v1/trades", "[".repeat(30_000)), 400, "bad_json", null);
        assertProblem(
                post("/api/v1/trades", "[{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}]"), 400, "bad_json", null);
        assertProblem(post("/api/v1/instruments", "{\"a\":\"" + "x".repeat(70_000) + "\"}"), 413, "too_large", null);
        assertProblem(
                post(
                        "/api/v1/trades",
                        IntStream.range(0, 20_001).mapToObj(i -> "1").collect(Collectors.joining(",", "[", "]"))),
                413,
                "too_large",
                null);
        assertProblem(post("/api/v1/trades", " ".repeat((8 << 20) + 1)), 413, "too_large", null);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/klines,400,bad_field,symbol",
        "/api/v1/klines?symbol=BTC-USDT,400,bad_field,interval",
        "/api/v1/klines?symbol=XRP-USDT&interval=1m,404,unknown_symbol,symbol",
        "/api/v1/klines?symbol=%20&interval=1m,400,bad_field,symbol",
        "/api/v1/klines?symbol=BTC-USDT&interval=1M0,400,unknown_interval,interval",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&limit=0,400,bad_field,limit",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&limit=1501,400,bad_field,limit",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&limit=99999999999,400,bad_field,limit",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&limit=1&limit=2,400,bad_field,limit",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&startTime=x,400,bad_field,startTime",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&startTime=-1,400,bad_field,startTime",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&startTime=5&endTime=4,400,bad_field,endTime",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&utcOffset=99,400,bad_field,utcOffset",
        "/api/v1/klines?symbol=BTC-USDT&interval=1m&fill=maybe,400,bad_field,fill",
        "/api/v1/trades,400,bad_field,symbol",
        "/api/v1/trades?symbol=BTC-USDT&limit=99999,400,bad_field,limit",
        "/api/v1/tickers/XRP-USDT,404,unknown_symbol,symbol",
        "/api/v1/tickers/ETH-USDT,404,not_found,symbol",
        "/api/v1/tickers/a/b,400,bad_field,symbol",
        "/api/v1/nothing,404,not_found,",
        "/nothing,404,not_found,"
    })
    void aBadQueryBecomesAProblemThatNamesTheField(String path, int status, String code, String field) {
        assertProblem(get(path), status, code, field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"symbol=%zz", "symbol=%", "symbol=%ff%fe", "symbol=%00", "=&&=;", "symbol=%C0%AF"})
    void aQueryThatIsNoneIsTheClientsFault(String query) throws IOException {
        String answer = raw("GET /api/v1/trades?" + query + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400");
    }

    @Test
    void anUnchangedAnswerIsNotSentAgain() {
        HttpResponse<String> first = get("/api/v1/trades?symbol=BTC-USDT&fromSeq=1&limit=5");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        for (String header : List.of(tag, "\"other\", " + tag, tag.substring(2), "*")) {
            HttpResponse<String> second = send(
                    request("/api/v1/trades?symbol=BTC-USDT&fromSeq=1&limit=5").header("If-None-Match", header));
            assertThat(second.statusCode()).as(header).isEqualTo(304);
            assertThat(second.body()).isEmpty();
        }
        assertThat(send(request("/api/v1/trades?symbol=BTC-USDT&fromSeq=2&limit=5")
                                .header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE,/api/v1/trades",
        "TRACE,/",
        "TRACE,/health/live",
        "PUT,/api/v1/trades",
        "DELETE,/api/v1/instruments",
        "POST,/api/v1/klines",
        "POST,/api/v1/tickers"
    })
    void whatAResourceDoesNotDoIsNotAllowed(String method, String path) throws IOException {
        String answer = raw(method + " " + path
                + " HTTP/1.1\r\nHost: x\r\nX-Secret: abc\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 405").contains("\r\nAllow: ").doesNotContain("abc");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws IOException {
        String answer = raw("HEAD /api/v1/tickers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("Content-Length: ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void thePageHasASecurityPolicy() {
        HttpResponse<String> page = get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Server")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fetc/passwd",
                "/console/../../logback.xml",
                "/logback.xml",
                "/WEB-INF/web.xml",
                "/%57EB-INF/web.xml",
                "/META-INF/MANIFEST.MF",
                "/index.html/..;/logback.xml",
                "/js/main.js;x=1/../logback.xml",
                "/..\\logback.xml",
                "/%5c..%5clogback.xml",
                "//etc/passwd",
                "/js/main.js%00.html",
                "/js/main.js/",
                "/console/js/main.js",
                "/.",
                "/css/base.css?/../../x%2f"
            })
    void noPathLeadsOutOfThePage(String path) throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).doesNotContain("root:", "<configuration", "Manifest-Version");
        if (!path.equals("/.") && !path.startsWith("/css/base.css")) {
            assertThat(answer).matches("(?s)HTTP/1.1 (400|404) .*");
        }
    }

    @Test
    void healthTellsLiveAndReady() {
        assertThat(get("/health/live").body()).isEqualTo("live\n");
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").body())
                .matches("\\{\"status\":\"ready\",\"parts\":\\[(\\{\"name\":\"(server|log|engine|store)\",\"ok\":true,"
                        + "\"since\":\"20[0-9T:.-]+Z\"},?){4}]}");
        assertThat(get("/health/other").statusCode()).isEqualTo(404);
    }

    @Test
    void aLongBodyThatComesInPiecesIsReadToItsEnd() throws IOException {
        String trade = trade("BTC-USDT", id());
        byte[] body = ("[" + trade + " ".repeat(200_000) + "]").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", market.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            for (int at = 0; at < body.length; at += 10_000) {
                get("/health/live"); // So that the piece before was read alone.
                out.write(body, at, Math.min(10_000, body.length - at));
                out.flush();
            }
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void bodiesThatDripAreCutAndNobodyElseWaitsForThem() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 220; i++) {
                Socket socket = new Socket("127.0.0.1", market.port());
                socket.setSoTimeout(30_000);
                socket.getOutputStream()
                        .write(("POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 100000\r\n\r\n[")
                                .getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            long startNanos = System.nanoTime();
            assertThat(get("/health/live").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(5));
            await().atMost(Duration.ofSeconds(25))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() ->
                            slow.stream().filter(RestTest::isCutWhileDripping).count() == slow.size());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(codes(post("/api/v1/trades", "[" + trade("BTC-USDT", id()) + "]")))
                .containsExactly("ok");
    }

    /** Writes one more byte; whether the server has answered or hung up. */
    private static boolean isCutWhileDripping(Socket socket) {
        try {
            if (socket.getInputStream().available() > 0) {
                return true;
            }
            socket.getOutputStream().write(' ');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static String instrument(String symbol) {
        return "{\"symbol\":\"" + symbol + "\",\"baseAsset\":\"NEW\",\"quoteAsset\":\"USDT\",\"priceScale\":2,"
                + "\"quantityScale\":3,\"tickSize\":\"0.01\",\"stepSize\":\"0.001\"}";
    }

    private static String trade(String symbol, String id) {
        return "{\"symbol\":\"" + symbol + "\",\"id\":\"" + id
                + "\",\"price\":\"100.01\",\"qty\":\"0.5\",\"takerSide\":\"buy\",\"time\":" + System.currentTimeMillis()
                + "}";
    }

    private static synchronized String id() {
        return "rest-" + nextId++;
    }

    /** {@code ok}, {@code duplicate} or the code of each result. */
    private static List<String> codes(HttpResponse<String> answer) {
        List<String> codes = new ArrayList<>();
        for (String result : answer.body().split("\\{\"ok\":", -1)) {
            if (result.startsWith("true,\"seq\"")) {
                codes.add("ok");
            } else if (result.startsWith("true,\"duplicate\"")) {
                codes.add("duplicate");
            } else if (result.startsWith("false")) {
                codes.add(result.split("\"", -1)[3]);
            }
        }
        return codes;
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status, "\"code\":\"" + code + "\"");
        if (field != null) {
            assertThat(answer.body()).contains("\"field\":\"" + field + "\"");
        }
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + market.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> get(String path) {
        return send(request(path));
    }

    private static HttpResponse<String> post(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Sends bytes as they are, and reads until the server hangs up. */
    private static String raw(String text) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", market.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
