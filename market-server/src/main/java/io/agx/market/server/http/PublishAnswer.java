package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.server.feed.TradeResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the trades of one request: every result, or of more than {@link TradesServlet#MAX_TRADES} the counts and the first
 * {@value #MAX_REJECTIONS} that were rejected. Not thread-safe.
 */
final class PublishAnswer {
    static final int MAX_REJECTIONS = 100;

    private final List<Rejection> rejections = new ArrayList<>();
    // Null once there are too many to tell.
    private @Nullable List<TradeResult> results = new ArrayList<>();
    private long accepted;
    private long duplicates;
    private long rejected;

    private record Rejection(long line, TradeResult.Rejected why) {}

    /**
     * Adds the results of trades that follow those before.
     *
     * @param lines the number of the line of each
     */
    void add(List<TradeResult> more, long[] lines) {
        List<TradeResult> all = results;
        if (all != null && all.size() + more.size() > TradesServlet.MAX_TRADES) {
            all = null;
            results = null;
        }
        for (int i = 0; i < more.size(); i++) {
            TradeResult result = more.get(i);
            if (result instanceof TradeResult.Accepted) {
                accepted++;
            } else if (result instanceof TradeResult.Rejected why) {
                rejected++;
                if (rejections.size() < MAX_REJECTIONS) {
                    rejections.add(new Rejection(lines[i], why));
                }
            } else {
                duplicates++;
            }
        }
        if (all != null) {
            all.addAll(more);
        }
    }

    /** Trades that are in the log now. */
    long keptCount() {
        return accepted + duplicates;
    }

    /** The answer's JSON. */
    byte[] encode() throws IOException {
        List<TradeResult> all = results;
        ByteArrayOutputStream out = new ByteArrayOutputStream(all == null ? 16_384 : 64 + all.size() * 24);
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            if (all != null) {
                json.writeArrayFieldStart("results");
                for (TradeResult result : all) {
                    write(json, result);
                }
                json.writeEndArray();
            }
            json.writeNumberField("accepted", accepted);
            json.writeNumberField("duplicates", duplicates);
            json.writeNumberField("rejected", rejected);
            if (all == null) {
                json.writeArrayFieldStart("rejections");
                for (Rejection rejection : rejections) {
                    json.writeStartObject();
                    json.writeNumberField("line", rejection.line);
                    json.writeStringField("code", rejection.why.code());
                    json.writeStringField("message", rejection.why.message());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, TradeResult result) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("ok", !(result instanceof TradeResult.Rejected));
        if (result instanceof TradeResult.Accepted it) {
            json.writeNumberField("seq", it.seq());
        } else if (result instanceof TradeResult.Rejected it) {
            json.writeStringField("code", it.code());
            json.writeStringField("message", it.message());
        } else {
            json.writeBooleanField("duplicate", true);
        }
        json.writeEndObject();
    }
}
