package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The body of every refused request: RFC 9457. */
public final class ProblemDocument {
    /** Its media type. */
    public static final String TYPE = "application/problem+json";

    private static final JsonFactory JSON = new JsonFactory();

    private ProblemDocument() {}

    /** The document as UTF-8. */
    public static byte[] bytes(int status, Problem problem) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", problem.code().sentence());
            json.writeNumberField("status", status);
            json.writeStringField("code", problem.code().code());
            if (problem.field() != null) {
                json.writeStringField("field", problem.field());
            }
            json.writeStringField("detail", problem.message());
            json.writeBooleanField("temporary", problem.code().temporary());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return out.toByteArray();
    }
}
