package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The typed fields of one JSON object. A null field counts as absent. Every failure is a {@link ProtocolException} that names
 * field, limit and value.
 */
final class JsonFields {
    private final JsonNode object;

    private JsonFields(JsonNode object) {
        this.object = object;
    }

    /** @param what how the object is called in a message */
    static JsonFields of(JsonNode node, String what) {
        if (!node.isObject()) {
            throw bad(what, what + " must be an object, was " + shown(node));
        }
        return new JsonFields(node);
    }

    /** The field's value, or null if it is absent or null. */
    @Nullable
    JsonNode find(String field) {
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? null : node;
    }

    JsonNode require(String field) {
        JsonNode node = find(field);
        if (node == null) {
            throw bad(field, field + " is missing");
        }
        return node;
    }

    String text(String field, int maxLength) {
        JsonNode node = require(field);
        if (!node.isTextual()) {
            throw bad(field, field + " must be a string, was " + shown(node));
        }
        String text = node.textValue();
        if (text.length() > maxLength) {
            throw bad(field, field + " must have at most " + maxLength + " characters, had " + text.length());
        }
        return text;
    }

    String text(String field, int maxLength, String absent) {
        return find(field) == null ? absent : text(field, maxLength);
    }

    @Nullable
    String optionalText(String field, int maxLength) {
        return find(field) == null ? null : text(field, maxLength);
    }

    long number(String field, long least, long most) {
        JsonNode node = require(field);
        if (!node.isIntegralNumber()) {
            throw bad(field, field + " must be an integer, was " + shown(node));
        }
        if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
            throw bad(field, field + " must be " + least + " to " + most + ", was " + shown(node));
        }
        return node.longValue();
    }

    long number(String field, long least, long most, long absent) {
        return find(field) == null ? absent : number(field, least, most);
    }

    /** A count, a seq or a time: 0 or higher. */
    long natural(String field) {
        return number(field, 0, Long.MAX_VALUE);
    }

    long natural(String field, long absent) {
        return number(field, 0, Long.MAX_VALUE, absent);
    }

    @Nullable
    Long optionalNumber(String field) {
        return optionalNumber(field, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Nullable
    Long optionalNumber(String field, long least, long most) {
        return find(field) == null ? null : (Long) number(field, least, most);
    }

    boolean flag(String field, boolean absent) {
        JsonNode node = find(field);
        if (node == null) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw bad(field, field + " must be true or false, was " + shown(node));
        }
        return node.booleanValue();
    }

    /** A decimal string, without exponent: what an exponent can do to memory is not for a peer to choose. */
    BigDecimal decimal(String field) {
        String text = text(field, Json.MAX_NUMBER_LENGTH);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-') {
                throw notDecimal(field, text);
            }
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw notDecimal(field, text);
        }
    }

    @Nullable
    BigDecimal optionalDecimal(String field) {
        return find(field) == null ? null : decimal(field);
    }

    Symbol symbol(String field) {
        String text = text(field, Json.MAX_COMMAND_STRING);
        try {
            return new Symbol(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.UNKNOWN_SYMBOL, field, String.valueOf(e.getMessage()));
        }
    }

    JsonNode array(String field) {
        JsonNode node = require(field);
        if (!node.isArray()) {
            throw bad(field, field + " must be an array, was " + shown(node));
        }
        return node;
    }

    /** What a wrong value looks like in a message: short, on one line, containers only by their kind. */
    static String shown(JsonNode node) {
        if (node.isObject()) {
            return "an object";
        }
        if (node.isArray()) {
            return "an array";
        }
        return node.isTextual() ? "\"" + Texts.clip(node.textValue()) + "\"" : Texts.clip(node.toString());
    }

    static ProtocolException bad(String field, String message) {
        return new ProtocolException(ErrorCode.BAD_FIELD, field, message);
    }

    private static ProtocolException notDecimal(String field, String text) {
        return bad(field, field + " must be a plain decimal, was \"" + Texts.clip(text) + "\"");
    }
}
