package io.agx.market.server.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.model.Symbol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes trades over REST at an even rate, on a thread of its own, the instruments taking turns. The schedule is fixed: what is late makes
 * the rest no later. Trades have the server's time.
 */
final class Publisher {
    /** @param price around which it trades, in steps of {@code tick} */
    record Market(Symbol symbol, BigDecimal price, BigDecimal tick, BigDecimal qty) {}

    private static final int MAX_BATCH = 500;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int PRICES = 21; // Ten ticks up, ten down.

    private final JsonFactory json = new JsonFactory();
    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest.Builder request;
    private final List<Market> markets;
    private final double tradesPerSecond;
    private final String idPrefix = "load-" + Long.toString(System.currentTimeMillis(), 36) + "-";
    private final Map<Symbol, Long> lastSeq = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "market-load-publisher");
    private volatile boolean stopping;
    private volatile long accepted;
    private volatile @Nullable String failure;

    Publisher(URI restBase, List<Market> markets, double tradesPerSecond) {
        this.request = HttpRequest.newBuilder(URI.create(restBase + "/trades"))
                .header("Content-Type", "application/json")
                .timeout(TIMEOUT);
        this.markets = List.copyOf(markets);
        this.tradesPerSecond = tradesPerSecond;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Returns when what was sent is answered. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    /** Trades that the server took. */
    long accepted() {
        return accepted;
    }

    /** The newest trade of an instrument that the server took; 0 if there is none. */
    long lastSeq(Symbol symbol) {
        return lastSeq.getOrDefault(symbol, 0L);
    }

    /** Why it ended before it was told to, or null. */
    @Nullable
    String failure() {
        return failure;
    }

    private void run() {
        long startNanos = System.nanoTime();
        long next = 0;
        try {
            while (!stopping) {
                long due = (long) ((System.nanoTime() - startNanos) / 1e9 * tradesPerSecond) - next;
                if (due <= 0) {
                    LockSupport.parkNanos(PERIOD_NANOS);
                    continue;
                }
                int count = (int) Math.min(MAX_BATCH, due);
                post(next, count);
                next += count;
            }
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage() == null ? e : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void post(long first, int count) throws IOException, InterruptedException {
        HttpRequest post = request.POST(HttpRequest.BodyPublishers.ofByteArray(body(first, count)))
                .build();
        while (true) {
            HttpResponse<byte[]> answer = http.send(post, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() == 200) {
                take(first, answer.body());
                return;
            }
            if (answer.statusCode() != 429 && answer.statusCode() != 503) {
                throw new IOException("HTTP " + answer.statusCode());
            }
            LockSupport.parkNanos(PERIOD_NANOS); // The ids are the same, so it may be sent again.
        }
    }

    private byte[] body(long first, int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(count * 100);
        try (JsonGenerator to = json.createGenerator(bytes)) {
            to.writeStartArray();
            for (long number = first; number < first + count; number++) {
                Market market = marketOf(number);
                BigDecimal moves = BigDecimal.valueOf(number / markets.size() % PRICES - PRICES / 2);
                to.writeStartObject();
                to.writeStringField("symbol", market.symbol().value());
                to.writeStringField("id", idPrefix + number);
                to.writeStringField(
                        "price",
                        market.price().add(market.tick().multiply(moves)).toPlainString());
                to.writeStringField("qty", market.qty().toPlainString());
                to.writeStringField("takerSide", number % 2 == 0 ? "buy" : "sell");
                to.writeEndObject();
            }
            to.writeEndArray();
        }
        return bytes.toByteArray();
    }

    private Market marketOf(long number) {
        return markets.get((int) (number % markets.size()));
    }

    /** One result for each trade, in their order. */
    private void take(long first, byte[] answer) throws IOException {
        List<Long> seqs = new ArrayList<>();
        try (JsonParser parser = json.createParser(answer)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && "seq".equals(parser.currentName())) {
                    parser.nextToken();
                    seqs.add(parser.getLongValue());
                } else if (token == JsonToken.FIELD_NAME && "code".equals(parser.currentName())) {
                    throw new IOException("a trade was rejected: " + parser.nextTextValue());
                }
            }
        }
        for (int i = 0; i < seqs.size(); i++) {
            lastSeq.put(marketOf(first + i).symbol(), seqs.get(i));
        }
        accepted = accepted + seqs.size(); // One writer.
    }
}
