package io.agx.market.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.testing.RunningMarket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/v1/trades} in lines and gzip, and {@code POST /api/v1/quotes}, over a real socket. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PublishRestTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Fill> FILLS = new CopyOnWriteArrayList<>();

    @TempDir
    static Path dataDir;

    private static RunningMarket market;
    private static HttpClient client;
    private static volatile boolean inboxFails;
    private static int nextId = 1;

    @BeforeAll
    static void start() throws IOException {
        market = RunningMarket.listeningWithFills(dataDir, told -> {
            if (inboxFails) {
                throw new LogUnavailableException(LogUnavailableException.Reason.IO_ERROR, "no inbox");
            }
            FILLS.addAll(told);
        });
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        market.trade(market.define("BTC-USDT"), 3);
    }

    @AfterAll
    static void stop() {
        market.close();
    }

    @Test
    void aLineThatIsNoTradeIsRejectedByItselfAndTheOthersAreKept() {
        String lines = trade(id()) + "\n\n17\n{\"a\":\n" + trade(id()) + " {}\n  \r\n" + trade(id()) + "\r\n"
                + trade(id()).replace("100.01", "0") + "\n" + trade(id());

        Answer answer = postLines("", lines.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.codes())
                .containsExactly("ok", "bad_request", "bad_json", "bad_json", "ok", "bad_price", "ok");
    }

    @Test
    void ofManyLinesTheCountsAreToldAndTheFirstThatWereRejectedByTheirLine() {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 30_000; i++) {
            lines.append(i % 1_000 == 0 ? "{}" : trade(id())).append('\n');
        }
        byte[] body = lines.toString().getBytes(StandardCharsets.UTF_8);

        Answer answer = postLines("", body);
        Answer again = postLines("", body);

        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.body.has("results")).isFalse();
        assertThat(answer.body.get("accepted").intValue()).isEqualTo(29_970);
        assertThat(answer.body.get("rejected").intValue()).isEqualTo(30);
        assertThat(answer.body.get("rejections")).hasSize(30);
        assertThat(answer.body.get("rejections").get(1).get("line").intValue()).isEqualTo(2_000);
        assertThat(answer.body.get("rejections").get(1).get("code").textValue()).isEqualTo("bad_field");
        assertThat(again.body.get("duplicates").intValue()).isEqualTo(29_970);
    }

    @Test
    void linesAreKeptWhileTheBodyStillComes() throws Exception {
        long before = market.server().history().snapshot(new Symbol("BTC-USDT")).seq();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append(trade(id())).append('\n');
        }
        byte[] first = lines.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] last = trade(id()).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", market.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/x-ndjson\r\nContent-Length: " + (first.length + last.length)
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(first);
            out.flush();
            await().until(() ->
                    market.server().history().snapshot(new Symbol("BTC-USDT")).seq() == before + 1_000);

            out.write(last);
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").contains("\"accepted\":1001,");
        }
    }

    @Test
    void aProblemAmidManyLinesTellsWhatWasKept() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_200; i++) {
            lines.append(trade(id())).append('\n');
        }
        lines.append("x".repeat(TradeLines.MAX_LINE_BYTES + 1));

        Answer answer = postLines("", lines.toString().getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status).isEqualTo(413);
        assertThat(answer.body.get("code").textValue()).isEqualTo("too_large");
        assertThat(answer.body.get("detail").textValue()).contains("line 1201", "1000 trades", "were kept");
    }

    @Test
    void aLineHasExactlySoManyBytes() {
        String most = trade(id()).replace("}", ",\"x\":\"" + "x".repeat(40_000) + "\",\"y\":\"");
        String full = most + "y".repeat(TradeLines.MAX_LINE_BYTES - most.length() - 2) + "\"}";

        assertThat(postLines("", (full + "\n" + trade(id())).getBytes(StandardCharsets.UTF_8))
                        .codes())
                .containsExactly("ok", "ok");
        assertThat(postLines("", (" " + full + "\n" + trade(id())).getBytes(StandardCharsets.UTF_8)).status)
                .isEqualTo(413);
    }

    @Test
    void atomicLinesAreKeptAllOrNone() {
        String good = trade(id());
        assertThat(postLines("?atomic=true", (good + "\n{}\n").getBytes(StandardCharsets.UTF_8)))
                .satisfies(refused -> {
                    assertThat(refused.status).isEqualTo(422);
                    assertThat(refused.codes()).containsExactly("atomic", "bad_field");
                });
        assertThat(postLines("?atomic=true", good.getBytes(StandardCharsets.UTF_8))
                        .codes())
                .containsExactly("ok");
        byte[] tooMany = "{}\n".repeat(20_001).getBytes(StandardCharsets.UTF_8);
        assertThat(postLines("?atomic=true", tooMany).status).isEqualTo(413);
    }

    @Test
    void gzipIsReadInBothForms() throws IOException {
        byte[] array = ("[" + trade(id()) + "," + trade(id()) + "]").getBytes(StandardCharsets.UTF_8);
        byte[] lines = (trade(id()) + "\n" + trade(id())).getBytes(StandardCharsets.UTF_8);

        assertThat(post("/trades", "application/json", "gzip", gzip(array)).codes())
                .containsExactly("ok", "ok");
        assertThat(post("/trades", "application/x-ndjson", "GZIP", gzip(lines)).codes())
                .containsExactly("ok", "ok");
        assertThat(post("/trades", "application/json", "identity", array).codes())
                .containsExactly("duplicate", "duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "br", "gzip, gzip", "zstd"})
    void anotherEncodingIsRefused(String encoding) {
        assertThat(post("/trades", "application/json", encoding, new byte[] {'[', ']'}).status)
                .isEqualTo(415);
    }

    @Test
    void whatIsNoGzipIsTheClientsFault() throws IOException {
        byte[] good = gzip("[]".getBytes(StandardCharsets.UTF_8));
        byte[] wrongSum = good.clone();
        wrongSum[good.length - 5] ^= 1;
        for (byte[] body :
                List.of(new byte[0], new byte[] {'[', ']'}, Arrays.copyOf(good, good.length - 3), wrongSum)) {
            Answer answer = post("/trades", "application/json", "gzip", body);
            assertThat(answer.status).isEqualTo(400);
            assertThat(answer.body.get("field").textValue()).isEqualTo("Content-Encoding");
        }
    }

    /** 20 MiB that would become 20 GiB, of what each form passes over; and 20 bodies whose answer is plain. */
    @Test
    void aBombIsRefusedWithinBoundedMemory() throws IOException {
        postBomb("application/json", ' ', 2);
        postBomb("application/x-ndjson", '\n', 2);
        for (int i = 0; i < 5; i++) {
            post("/trades", "application/json", "gzip", gzip("[]".getBytes(StandardCharsets.UTF_8)));
        }
        long before = residentMiB();

        assertThat(postBomb("application/json", ' ', 2_000).status).isEqualTo(413);
        assertThat(postBomb("application/x-ndjson", 'x', 2_000).status).isEqualTo(413);
        assertThat(postBomb("application/x-ndjson", '\n', 2_000).status).isEqualTo(413);
        for (int i = 0; i < 20; i++) {
            post("/trades", "application/json", "gzip", gzip("[]".getBytes(StandardCharsets.UTF_8)));
            post("/trades", "application/json", "gzip", "no gzip at all".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(residentMiB() - before).as("MiB more than before").isLessThan(200);
    }

    @Test
    void fillsAreToldBeforeTheAnswerOrTheAnswerIsThatTheyWereNot() {
        String fill = trade(id()).replace("}", ",\"buyerUserId\":\"alice\"}");
        FILLS.clear();
        inboxFails = true;
        try {
            Answer answer =
                    post("/trades", "application/json", null, ("[" + fill + "]").getBytes(StandardCharsets.UTF_8));
            assertThat(answer.status).isEqualTo(503);
            assertThat(answer.retryAfter).isEqualTo("1");
            assertThat(answer.body.get("code").textValue()).isEqualTo("log_unavailable");
        } finally {
            inboxFails = false;
        }
        assertThat(postLines("", fill.getBytes(StandardCharsets.UTF_8)).codes()).containsExactly("duplicate");
        assertThat(FILLS).extracting(Fill::buyerUserId).containsExactly("alice");
    }

    @Test
    void quotesAreShownByTheTicker() {
        Answer answer = post(
                "/quotes",
                "application/json",
                null,
                ("[" + quote("99.5", "99.75") + "," + quote("5", "4") + ",7]").getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.codes()).containsExactly("ok", "crossed_quote", "bad_request");
        assertThat(answer.body.get("accepted").intValue()).isEqualTo(1);
        assertThat(answer.body.get("rejected").intValue()).isEqualTo(2);
        await().until(() -> get("/tickers/BTC-USDT")
                .contains("\"bid\":\"99.5\",\"bidQty\":\"1\",\"ask\":\"99.75\",\"askQty\":\"2.5\"}"));
    }

    @Test
    void quotesAreBoundedAndAtomicIfAsked() {
        byte[] tooMany =
                ("[" + String.join(",", Collections.nCopies(5_001, "0")) + "]").getBytes(StandardCharsets.UTF_8);
        assertThat(post("/quotes", "application/json", null, tooMany).status).isEqualTo(413);
        assertThat(post(
                                "/quotes?atomic=true",
                                "application/json",
                                null,
                                ("[" + quote("1", "2") + ",7]").getBytes(StandardCharsets.UTF_8))
                        .codes())
                .containsExactly("atomic", "bad_request");
        assertThat(send(
                                "/quotes",
                                HttpRequest.newBuilder(market.rest("/quotes")).GET())
                        .status)
                .isEqualTo(405);
        assertThat(post("/quotes", "application/json", null, "{}".getBytes(StandardCharsets.UTF_8)).status)
                .isEqualTo(400);
    }

    private record Answer(int status, JsonNode body, String retryAfter) {
        List<String> codes() {
            return IntStream.range(0, body.get("results").size())
                    .mapToObj(i -> body.get("results").get(i))
                    .map(result -> result.has("code")
                            ? result.get("code").textValue()
                            : result.has("duplicate") ? "duplicate" : "ok")
                    .toList();
        }
    }

    private static Answer postLines(String query, byte[] body) {
        return post("/trades" + query, "application/x-ndjson", null, body);
    }

    private static Answer post(String path, String type, String encoding, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(market.rest(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }
        return send(path, request);
    }

    private static Answer send(String path, HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(),
                    JSON.readTree(response.body()),
                    response.headers().firstValue("Retry-After").orElse(""));
        } catch (IOException e) {
            throw new AssertionError(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(path, e);
        }
    }

    private static String get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(market.rest(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** So many gzip members of 10 MiB each, over a raw socket: the answer comes before the body has gone. */
    private static Answer postBomb(String type, char content, int members) throws IOException {
        byte[] plain = new byte[10 << 20];
        Arrays.fill(plain, (byte) content);
        byte[] member = gzip(plain);
        try (Socket socket = new Socket("127.0.0.1", market.port())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
                                    + "Content-Type: " + type + "\r\nContent-Length: " + (long) member.length * members
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < members; i++) {
                        out.write(member);
                    }
                } catch (IOException expected) {
                    // The server has answered and gone.
                }
            });
            writer.start();
            InputStream in = socket.getInputStream();
            String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            return new Answer(Integer.parseInt(head.substring(9, 12)), JSON.createObjectNode(), "");
        }
    }

    private static long residentMiB() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1_024;
            }
        }
        throw new IOException("no VmRSS");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static String id() {
        return "n" + nextId++;
    }

    private static String trade(String id) {
        return "{\"symbol\":\"BTC-USDT\",\"id\":\"" + id + "\",\"price\":\"100.01\",\"qty\":\"0.5\"}";
    }

    private static String quote(String bid, String ask) {
        return "{\"symbol\":\"BTC-USDT\",\"bid\":\"" + bid + "\",\"bidQty\":\"1\",\"ask\":\"" + ask
                + "\",\"askQty\":\"2.5\"}";
    }
}
