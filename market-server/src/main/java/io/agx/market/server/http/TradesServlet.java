package io.agx.market.server.http;

import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.publish.ParsedTrade;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.TradeParser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/trades?symbol&fromSeq&startTime&endTime&limit}; {@code POST}: publishes trades, answered when all that was
 * accepted is durable. Thread-safe.
 *
 * <p>The body is a JSON array of trades, or one trade per line ({@code application/x-ndjson}), gzip or not. Lines are published while they
 * come, so there may be many. {@code ?atomic=true} refuses all if one is not valid, so all are read first; {@code ?backfill=true} marks
 * them as history. A trade without a time has that of the request's receipt.
 */
final class TradesServlet extends JsonServlet {
    /** Trades of an array, or of an atomic request: a group of the log holds 8,192. Of lines, those whose results are told one by one. */
    static final int MAX_TRADES = 20_000;

    /** Bytes of them: room for 20,000 trades of 400 bytes. */
    static final int MAX_BYTES = 8 << 20;

    /** Trades of a request of lines. */
    static final int MAX_STREAMED_TRADES = 1_000_000;

    /** Bytes of a request of lines: room for 1,000,000 trades of 250 bytes. */
    static final long MAX_STREAMED_BYTES = 256L << 20;

    /** Until the body is whole: 8 MiB at 2.2 Mbit/s. */
    private static final long SECONDS = 30;
    /** Until a body of lines is whole: 8,300 trades a second. */
    private static final long STREAMED_SECONDS = 120;

    private static final long serialVersionUID = 1;

    private final transient TradeHistory history;
    private final transient Publishing publishing;
    private final transient BodyPlaces places;

    TradesServlet(TradeHistory history, Publishing publishing, BodyPlaces places, HttpAccess access) {
        super(access);
        this.history = history;
        this.publishing = publishing;
        this.places = places;
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
        access().requireWrite(request, Scope.PUBLISH);
        places.within(() -> publish(request, response));
    }

    private void publish(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long receivedMillis = publishing.nowMillis(); // Before the body is read, which the peer may send slowly.
        Query query = new Query(request);
        boolean atomic = query.flag("atomic", false);
        TradeParser parser = publishing.parser(query.flag("backfill", false), receivedMillis);
        if (isLines(request) && !atomic) {
            try (PublishedBody body = PublishedBody.of(request, MAX_STREAMED_BYTES, STREAMED_SECONDS)) {
                send(
                        response,
                        HttpServletResponse.SC_OK,
                        stream(new TradeLines(body, parser)).encode());
            }
            return;
        }
        List<ParsedTrade> parsed;
        try (PublishedBody body = PublishedBody.of(request, MAX_BYTES, SECONDS)) {
            parsed = isLines(request)
                    ? lines(new TradeLines(body, parser))
                    : body.array("trades", MAX_TRADES, parser::read);
        }
        PublishAnswer answer = new PublishAnswer();
        int status = HttpServletResponse.SC_OK;
        List<TradeResult> results;
        try {
            results = TradeStream.settle(
                    publishing,
                    parsed,
                    TradeStream.offer(publishing, parsed, atomic).durable());
        } catch (TradeStream.AtomicRefusal refusal) {
            status = 422;
            results = refusal.results();
        }
        answer.add(results, new long[results.size()]);
        send(response, status, answer.encode());
    }

    private static boolean isLines(HttpServletRequest request) {
        String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
        return type.startsWith("application/x-ndjson") || type.startsWith("application/jsonl");
    }

    private PublishAnswer stream(TradeLines lines) throws IOException {
        TradeStream stream = new TradeStream(publishing);
        try {
            int count = 0;
            for (@Nullable ParsedTrade next = lines.next(); next != null; next = lines.next()) {
                if (++count > MAX_STREAMED_TRADES) {
                    throw PublishedBody.tooMany("trades", MAX_STREAMED_TRADES);
                }
                stream.add(next, lines.line());
            }
            return stream.finish();
        } catch (HttpProblem e) {
            throw stream.because(e);
        }
    }

    private static List<ParsedTrade> lines(TradeLines lines) throws IOException {
        List<ParsedTrade> parsed = new ArrayList<>();
        for (@Nullable ParsedTrade next = lines.next(); next != null; next = lines.next()) {
            requireRoom(parsed);
            parsed.add(next);
        }
        return parsed;
    }

    private static void requireRoom(List<ParsedTrade> parsed) {
        if (parsed.size() == MAX_TRADES) {
            throw PublishedBody.tooMany("trades", MAX_TRADES);
        }
    }
}
