package io.agx.market.server.durability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** The REST API of a server on the loopback address. Thread-safe. */
public final class RestClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 1_500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;

    /** An answer. */
    public record Answer(int status, JsonNode body) {}

    public RestClient(int port) {
        base = "http://127.0.0.1:" + port;
    }

    public Answer get(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE));
    }

    public Answer post(String path, String body) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Defines an instrument. */
    public void define(String symbol, int priceScale, int quantityScale) throws IOException {
        String[] assets = symbol.split("-", -1);
        Answer answer = post(
                "/api/v1/instruments",
                "{\"symbol\":\"" + symbol + "\",\"baseAsset\":\"" + assets[0] + "\",\"quoteAsset\":\"" + assets[1]
                        + "\",\"priceScale\":" + priceScale + ",\"quantityScale\":" + quantityScale + "}");
        if (answer.status() != 201) {
            throw new IOException("not defined: " + answer);
        }
    }

    /** Publishes trades; the answer's {@code results} are in their order. */
    public Answer publish(List<SentTrade> trades) throws IOException {
        StringBuilder json = new StringBuilder(trades.size() * 128).append('[');
        for (SentTrade trade : trades) {
            if (json.length() > 1) {
                json.append(',');
            }
            trade.appendTo(json);
        }
        return post("/api/v1/trades", json.append(']').toString());
    }

    /** All trades from a seq on, page by page. */
    public List<SentTrade> trades(String symbol, long fromSeq) throws IOException {
        List<SentTrade> trades = new ArrayList<>();
        long next = fromSeq;
        while (true) {
            JsonNode page = ok("/api/v1/trades?symbol=" + symbol + "&limit=" + PAGE + "&fromSeq=" + next);
            for (JsonNode each : page) {
                trades.add(SentTrade.of(symbol, each));
            }
            if (page.size() < PAGE) {
                return trades;
            }
            next = trades.get(trades.size() - 1).seq() + 1;
        }
    }

    /** All candles with trades from a time on, page by page. */
    public List<JsonNode> klines(String symbol, String interval, long fromMillis) throws IOException {
        List<JsonNode> klines = new ArrayList<>();
        long next = fromMillis;
        while (true) {
            JsonNode page = ok("/api/v1/klines?fill=false&symbol=" + symbol + "&interval=" + interval + "&limit=" + PAGE
                    + "&startTime=" + next);
            page.forEach(klines::add);
            if (page.size() < PAGE) {
                return klines;
            }
            next = klines.get(klines.size() - 1).get("openTime").longValue() + 1;
        }
    }

    /** The body of a successful answer; while the database has not caught up (503), asks again. */
    public JsonNode ok(String path) throws IOException {
        Answer first = get(path);
        Answer answer = first.status() != 503
                ? first
                : Awaitility.await(path)
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> get(path), each -> each.status() != 503);
        if (answer.status() != 200) {
            throw new IOException(path + ": " + answer);
        }
        return answer.body();
    }

    private Answer send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            boolean json = response.headers()
                    .firstValue("Content-Type")
                    .filter(type -> type.contains("json"))
                    .isPresent();
            return new Answer(response.statusCode(), json ? JSON.readTree(response.body()) : JSON.createObjectNode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
