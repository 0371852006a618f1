package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agx.market.core.protocol.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A small request body: one JSON object, within the same limits as a command. */
final class JsonBody {
    /** Longest body of a request that is not a stream of trades. */
    static final int MAX_BYTES = 65_536;

    /** Depth, number and string bounds of every JSON text that the server takes. */
    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(32)
            .maxNumberLength(64)
            .maxStringLength(65_536)
            .build();

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(CONSTRAINTS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // What belongs to a message is handed on digit by digit.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final JsonNode object;

    private JsonBody(JsonNode object) {
        this.object = object;
    }

    static JsonBody object(HttpServletRequest request) throws IOException {
        return object(bytes(request, MAX_BYTES));
    }

    /** The same where a body may be left out: then nothing. How long it is says not every request. */
    static Optional<JsonBody> optionalObject(HttpServletRequest request) throws IOException {
        byte[] bytes = bytes(request, MAX_BYTES);
        return bytes.length == 0 ? Optional.empty() : Optional.of(object(bytes));
    }

    private static JsonBody object(byte[] bytes) throws IOException {
        JsonNode node = tree(bytes);
        if (!node.isObject()) {
            throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "the body must be a JSON object");
        }
        return new JsonBody(node);
    }

    /** A JSON array, of at most so many bytes. */
    static JsonNode array(HttpServletRequest request, int most) throws IOException {
        JsonNode node = tree(bytes(request, most));
        if (!node.isArray()) {
            throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "the body must be a JSON array");
        }
        return node;
    }

    private static JsonNode tree(byte[] bytes) throws IOException {
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw badJson(e);
        } catch (NumberFormatException e) {
            // An exponent of more digits than BigDecimal takes escapes from Jackson as this.
            throw new HttpProblem(400, ErrorCode.BAD_JSON, null, "the body has a number with too large an exponent");
        }
    }

    /** The object. */
    JsonNode node() {
        return object;
    }

    /** The whole body, at most so many bytes. */
    static byte[] bytes(HttpServletRequest request, int most) throws IOException {
        byte[] bytes;
        try (InputStream body = request.getInputStream()) {
            bytes = body.readNBytes(most + 1);
        } catch (RuntimeException e) {
            // A container's own: it came slower than allowed, or broke HTTP.
            throw new HttpProblem(408, ErrorCode.BAD_REQUEST, null, "the body came too slowly, or not whole");
        }
        if (bytes.length > most) {
            throw new HttpProblem(413, ErrorCode.TOO_LARGE, null, "the body may have " + most + " bytes");
        }
        return bytes;
    }

    static HttpProblem badJson(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return new HttpProblem(
                400, ErrorCode.BAD_JSON, null, "the body is not JSON within the limits of depth and length" + where);
    }

    boolean has(String field) {
        return object.has(field);
    }

    JsonNode required(String field) {
        JsonNode node = object.get(field);
        if (node == null || node.isNull()) {
            throw HttpProblem.badField(field, field + " is missing");
        }
        return node;
    }

    String text(String field) {
        JsonNode node = required(field);
        if (!node.isTextual()) {
            throw HttpProblem.badField(field, field + " must be a string");
        }
        return node.textValue();
    }
}
