package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.ErrorCode;
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

    /** What a status means where nothing more may be told: a container's own refusals. */
    public static Problem problemOf(int status) {
        return switch (status) {
            case 404 -> new Problem(ErrorCode.NOT_FOUND, null, "there is nothing at this path");
            case 405, 501 -> new Problem(ErrorCode.NOT_SUPPORTED, null, "this method is not supported here");
            case 408 -> new Problem(ErrorCode.BAD_REQUEST, null, "the request came too slowly, or not whole");
            case 413 -> new Problem(ErrorCode.TOO_LARGE, null, "the body is longer than it may be");
            case 414 -> new Problem(ErrorCode.TOO_LARGE, null, "the address is longer than it may be");
            case 431 -> new Problem(ErrorCode.TOO_LARGE, null, "the headers are longer than they may be");
            case 503 -> new Problem(ErrorCode.SHUTTING_DOWN, null, "the server does not serve now");
            default ->
                status < 500
                        ? new Problem(ErrorCode.BAD_REQUEST, null, "the request cannot be understood")
                        : new Problem(ErrorCode.INTERNAL, null, "the server failed; the fault is its own");
        };
    }

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
