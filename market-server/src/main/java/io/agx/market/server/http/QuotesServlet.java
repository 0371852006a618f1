package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.publish.QuotePublishing;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code POST /api/v1/quotes}: a JSON array of quotes, gzip or not, {@code ?atomic=true} for all or nothing. Answered at once: they are in
 * memory only. Thread-safe.
 */
final class QuotesServlet extends JsonServlet {
    /** Quotes of one request. */
    static final int MAX_QUOTES = 5_000;

    /** Bytes of one request: room for 5,000 quotes of 200 bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final long SECONDS = 30;
    private static final long serialVersionUID = 1;

    private final transient QuotePublishing publishing;
    private final transient BodyPlaces places;

    QuotesServlet(QuotePublishing publishing, BodyPlaces places, HttpAccess access) {
        super(access);
        this.publishing = publishing;
        this.places = places;
    }

    @Override
    protected String allowed() {
        return "POST";
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        access().requireWrite(request, Scope.PUBLISH);
        places.within(() -> publish(request, response));
    }

    private void publish(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long receivedMillis = publishing.nowMillis();
        boolean atomic = new Query(request).flag("atomic", false);
        List<QuotePublishing.Parsed> parsed;
        try (PublishedBody body = PublishedBody.of(request, MAX_BYTES, SECONDS)) {
            parsed = body.array("quotes", MAX_QUOTES, json -> publishing.read(json, receivedMillis));
        }
        List<Optional<Rejected>> results = publishing.offer(parsed, atomic);
        boolean refused = atomic && results.stream().anyMatch(Optional::isPresent);
        send(response, refused ? 422 : HttpServletResponse.SC_OK, encode(results));
    }

    private static byte[] encode(List<Optional<Rejected>> results) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + results.size() * 16);
        long rejected = 0;
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (Optional<Rejected> result : results) {
                json.writeStartObject();
                json.writeBooleanField("ok", result.isEmpty());
                if (result.isPresent()) {
                    rejected++;
                    json.writeStringField("code", result.get().code());
                    json.writeStringField("message", result.get().message());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("accepted", results.size() - rejected);
            json.writeNumberField("rejected", rejected);
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
