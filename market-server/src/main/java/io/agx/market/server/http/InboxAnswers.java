package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.inbox.SendResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What inboxes answer, as REST: waits for what is to be durable, and writes results. Stateless. */
final class InboxAnswers {
    private static final long MAX_DURABLE_SECONDS = 10;

    private InboxAnswers() {}

    /** @throws HttpProblem if it failed, or is not known to be durable in time */
    static <T> T await(CompletableFuture<T> durable) {
        try {
            return durable.get(MAX_DURABLE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable) {
                throw TradeStream.unavailable(unavailable);
            }
            if (e.getCause() instanceof ProtocolException problem) {
                throw HttpProblem.of(problem);
            }
            throw new IllegalStateException("the inbox failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown();
        } catch (TimeoutException e) {
            throw unknown();
        }
    }

    static HttpProblem refused(SendResult.Refused refused) {
        return HttpProblem.of(new ProtocolException(refused.code(), null, refused.message()));
    }

    static byte[] one(SendResult.Kept kept) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            json.writeStringField("id", Long.toString(kept.seq()));
            json.writeNumberField("seq", kept.seq());
            json.writeBooleanField("duplicate", kept.duplicate());
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    static byte[] many(List<SendResult> results) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 48 * results.size());
        int kept = 0;
        int duplicates = 0;
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (SendResult result : results) {
                json.writeStartObject();
                if (result instanceof SendResult.Kept it) {
                    json.writeBooleanField("ok", true);
                    json.writeStringField("id", Long.toString(it.seq()));
                    json.writeNumberField("seq", it.seq());
                    if (it.duplicate()) {
                        json.writeBooleanField("duplicate", true);
                        duplicates++;
                    } else {
                        kept++;
                    }
                } else if (result instanceof SendResult.Refused it) {
                    json.writeBooleanField("ok", false);
                    json.writeStringField("code", it.code().code());
                    json.writeStringField("message", it.message());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("kept", kept);
            json.writeNumberField("duplicates", duplicates);
            json.writeNumberField("refused", results.size() - kept - duplicates);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    static byte[] number(String name, long value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(32);
        try (JsonGenerator json = JsonServlet.generator(out)) {
            json.writeStartObject();
            json.writeNumberField(name, value);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static HttpProblem unknown() {
        return new HttpProblem(
                503,
                new Problem(
                        ErrorCode.LOG_UNAVAILABLE,
                        null,
                        "not known to be durable yet; send it again, an idempotencyKey keeps it from doubling"),
                1);
    }
}
