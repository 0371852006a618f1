package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How JSON is read and written here: the limits, and what breaking one is called. Thread-safe. */
final class Json {
    /** Deepest nesting of a message. */
    static final int MAX_DEPTH = 32;
    /** Longest number, in characters. */
    static final int MAX_NUMBER_LENGTH = 64;
    /** Longest string in a command: a whole message of the default limit. */
    static final int MAX_COMMAND_STRING = 64 * 1024;
    /** Longest string in an event. */
    static final int MAX_EVENT_STRING = 1024 * 1024;

    private static final ObjectMapper COMMANDS = mapper(MAX_COMMAND_STRING, true);
    private static final ObjectMapper EVENTS = mapper(MAX_EVENT_STRING, false);
    private static final JsonFactory WRITER = new JsonFactory();

    private Json() {}

    /** What is written into a generator. */
    @FunctionalInterface
    interface Body {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Reads one command: no duplicate names, nothing behind the value. */
    static JsonNode readCommand(String text) {
        return read(COMMANDS, text);
    }

    /**
     * The characters of an array within an object within the one object that is the text: what a tree makes of numbers is not what
     * was sent.
     *
     * @param text what {@link #readCommand} has read, and found to have the array
     */
    static String sourceOfArray(String text, String outer, String inner) {
        try (JsonParser json = COMMANDS.createParser(text)) {
            json.nextToken();
            enter(json, outer);
            enter(json, inner);
            int start = (int) json.currentTokenLocation().getCharOffset();
            json.skipChildren();
            return text.substring(start, (int) json.currentLocation().getCharOffset());
        } catch (IOException e) {
            throw new UncheckedIOException("reading again what was read failed", e);
        }
    }

    /** From the start of an object to the value of one of its fields. */
    private static void enter(JsonParser json, String field) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = json.currentName().equals(field);
            json.nextToken();
            if (found) {
                return;
            }
            json.skipChildren();
        }
        throw new IllegalStateException("no field " + field);
    }

    /** Reads one event. */
    static JsonNode readEvent(String text) {
        return read(EVENTS, text);
    }

    /** Writes UTF-8. */
    static byte[] write(int expectedBytes, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(expectedBytes);
        try (JsonGenerator json = WRITER.createGenerator(bytes)) {
            body.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON into memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static JsonNode read(ObjectMapper mapper, String text) {
        try {
            JsonNode node = mapper.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new ProtocolException(ErrorCode.BAD_JSON, null, "the message is empty");
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw new ProtocolException(ErrorCode.BAD_JSON, null, brokenLimit(e.getOriginalMessage()));
        } catch (NumberFormatException e) {
            // An exponent of more digits than BigDecimal takes escapes from Jackson as this.
            throw new ProtocolException(
                    ErrorCode.BAD_JSON, null, "the message has a number with too large an exponent");
        } catch (JsonProcessingException e) {
            throw new ProtocolException(
                    ErrorCode.BAD_JSON,
                    null,
                    "the message is not one JSON value: " + Texts.clip(e.getOriginalMessage()));
        }
    }

    /** Says a limit in our words; Jackson's name its own methods. */
    private static String brokenLimit(String message) {
        if (message.contains("nesting depth")) {
            return "the message is nested deeper than " + MAX_DEPTH;
        }
        if (message.startsWith("Number")) {
            return "the message has a number longer than " + MAX_NUMBER_LENGTH + " characters";
        }
        return "the message has a string or name that is too long";
    }

    private static ObjectMapper mapper(int maxString, boolean strict) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxStringLength(maxString)
                        .maxNameLength(1_024)
                        .build())
                // Names come from the peer: neither intern them nor keep them in a table for ever.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }
}
