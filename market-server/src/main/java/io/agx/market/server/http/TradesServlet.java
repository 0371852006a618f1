package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/trades?symbol&fromSeq&startTime&endTime&limit}; {@code POST}: publishes trades, answered when all that was
 * accepted is durable. Thread-safe.
 *
 * <p>The body is a JSON array of trades, or one trade per line ({@code application/x-ndjson}). {@code ?atomic=true} refuses all if
 * one is not valid; {@code ?backfill=true} marks them as history. A trade without a time has that of the request's receipt.
 */
final class TradesServlet extends JsonServlet {
    /** Trades of one request: a group of the log holds 8,192. */
    static final int MAX_TRADES = 20_000;

    /** Bytes of one request: room for 20,000 trades of 400 bytes. */
    static final int MAX_BYTES = 8 << 20;

    private static final long serialVersionUID = 1;
    private static final long MAX_PUSHED_BACK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_DURABLE_SECONDS = 10;

    private final transient TradeHistory history;
    private final transient Ingest ingest;
    private final transient InstrumentRegistry registry;
    private final transient LongSupplier clockMillis;

    /** @param clockMillis the market's clock, for trades that tell no time */
    TradesServlet(TradeHistory history, Ingest ingest, InstrumentRegistry registry, LongSupplier clockMillis) {
        this.history = history;
        this.ingest = ingest;
        this.registry = registry;
        this.clockMillis = clockMillis;
    }

    @Override
    protected Payload read(Query query, HttpServletRequest request) {
        return history.trades(new TradesQuery(
                query.symbol(),
                query.number("fromSeq"),
                query.number("startTime"),
                query.number("endTime"),
                query.integer("limit", TradesQuery.DEFAULT_LIMIT)));
    }

    @Override
    protected String allowed() {
        return "GET, HEAD, POST";
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long receivedMillis = clockMillis.getAsLong(); // Before the body is read, which the peer may send slowly.
        Query query = new Query(request);
        boolean atomic = query.flag("atomic", false);
        TradeParser parser = new TradeParser(registry, query.flag("backfill", false), receivedMillis);
        List<TradeParser.Parsed> parsed = parse(request, parser);
        List<NewTrade> trades = new ArrayList<>(parsed.size());
        for (TradeParser.Parsed each : parsed) {
            if (each.trade() != null) {
                trades.add(each.trade());
            }
        }
        if (atomic) {
            Optional<List<TradeResult>> refusal = refuseAll(parsed, trades);
            if (refusal.isPresent()) {
                send(response, 422, encode(refusal.get()));
                return;
            }
        }
        List<TradeResult> results = trades.isEmpty() ? List.of() : publish(trades);
        send(response, HttpServletResponse.SC_OK, encode(merge(parsed, results)));
    }

    /** What a trade log that takes nothing means to a publisher. */
    static HttpProblem unavailable(LogUnavailableException e) {
        int status = e.reason() == LogUnavailableException.Reason.DISK_FULL ? 507 : 503;
        return new HttpProblem(
                status, new Problem(ErrorCode.LOG_UNAVAILABLE, null, "nothing was kept: " + e.reason()), 1);
    }

    private static List<TradeParser.Parsed> parse(HttpServletRequest request, TradeParser parser) throws IOException {
        byte[] body = JsonBody.bytes(request, MAX_BYTES);
        String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
        boolean lines = type.startsWith("application/x-ndjson") || type.startsWith("application/jsonl");
        List<TradeParser.Parsed> parsed = new ArrayList<>();
        try (JsonParser json = JsonBody.FACTORY.createParser(body)) {
            JsonToken end = null;
            if (!lines) {
                if (json.nextToken() != JsonToken.START_ARRAY) {
                    throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "the body must be a JSON array of trades");
                }
                end = JsonToken.END_ARRAY;
            }
            while (json.nextToken() != end) {
                if (parsed.size() == MAX_TRADES) {
                    throw new HttpProblem(
                            413, ErrorCode.TOO_LARGE, null, "a request may have " + MAX_TRADES + " trades");
                }
                parsed.add(parser.read(json));
            }
            if (!lines && json.nextToken() != null) {
                throw new HttpProblem(400, ErrorCode.BAD_JSON, null, "something follows the array");
            }
        } catch (JsonProcessingException e) {
            throw JsonBody.badJson(e);
        }
        return parsed;
    }

    private Optional<List<TradeResult>> refuseAll(List<TradeParser.Parsed> parsed, List<NewTrade> trades) {
        List<Optional<TradeResult.Rejected>> rules = ingest.check(trades);
        boolean allValid = trades.size() == parsed.size() && rules.stream().allMatch(Optional::isEmpty);
        if (allValid) {
            return Optional.empty();
        }
        TradeResult.Rejected because = new TradeResult.Rejected("atomic", "another trade of the batch is not valid");
        List<TradeResult> results = new ArrayList<>(parsed.size());
        int next = 0;
        for (TradeParser.Parsed each : parsed) {
            results.add(
                    each.rejected() != null
                            ? each.rejected()
                            : rules.get(next++).orElse(because));
        }
        return Optional.of(results);
    }

    private List<TradeResult> publish(List<NewTrade> trades) {
        long deadline = System.nanoTime() + MAX_PUSHED_BACK_NANOS;
        while (true) {
            Offer offer = ingest.offer(trades);
            if (offer instanceof Offer.Accepted accepted) {
                return await(accepted.durable());
            }
            long retryAfterMillis = ((Offer.BackPressured) offer).retryAfterMillis();
            if (System.nanoTime() - deadline > 0) {
                throw new HttpProblem(
                        503, new Problem(ErrorCode.BACK_PRESSURE, null, "too much is in flight; nothing was kept"), 1);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(retryAfterMillis));
        }
    }

    private static List<TradeResult> await(CompletableFuture<List<TradeResult>> durable) {
        @Nullable Throwable cause;
        try {
            return durable.get(MAX_DURABLE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            cause = e.getCause();
        } catch (TimeoutException e) {
            cause = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cause = e;
        }
        if (cause instanceof LogUnavailableException unavailable) {
            throw unavailable(unavailable);
        }
        throw new HttpProblem(
                503,
                new Problem(
                        ErrorCode.LOG_UNAVAILABLE,
                        null,
                        "not known to be durable yet; offer the same trades again, ids keep them from doubling"),
                1);
    }

    private static List<TradeResult> merge(List<TradeParser.Parsed> parsed, List<TradeResult> results) {
        List<TradeResult> merged = new ArrayList<>(parsed.size());
        int next = 0;
        for (TradeParser.Parsed each : parsed) {
            merged.add(each.rejected() != null ? each.rejected() : results.get(next++));
        }
        return merged;
    }

    private static byte[] encode(List<TradeResult> results) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(32 + results.size() * 16);
        int accepted = 0;
        int duplicates = 0;
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (TradeResult result : results) {
                json.writeStartObject();
                json.writeBooleanField("ok", !(result instanceof TradeResult.Rejected));
                if (result instanceof TradeResult.Accepted it) {
                    accepted++;
                    json.writeNumberField("seq", it.seq());
                } else if (result instanceof TradeResult.Rejected it) {
                    json.writeStringField("code", it.code());
                    json.writeStringField("message", it.message());
                } else {
                    duplicates++;
                    json.writeBooleanField("duplicate", true);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("accepted", accepted);
            json.writeNumberField("duplicates", duplicates);
            json.writeNumberField("rejected", results.size() - accepted - duplicates);
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
