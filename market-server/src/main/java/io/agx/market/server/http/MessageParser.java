package io.agx.market.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message to a user: {@code {"userId","type","title","content","data","sender":{"nickname","avatar"},"idempotencyKey"}}; all but title and
 * user have a default. Unknown fields are passed over. Stateless.
 */
final class MessageParser {
    /** Deepest nesting of {@code data}. */
    static final int MAX_DATA_DEPTH = 16;

    private static final String KEY = "idempotencyKey";

    private MessageParser() {}

    /**
     * @param userId whose it is to be; null where the object tells it
     * @param headerKey the key of the header {@code Idempotency-Key}; null if there is none
     * @throws HttpProblem if a field is missing, of the wrong type, or out of its range
     */
    static UserMessage parse(JsonNode object, @Nullable String userId, @Nullable String headerKey, String defaultType) {
        if (!object.isObject()) {
            throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "a message must be a JSON object");
        }
        String key = text(object, KEY, KEY);
        if (headerKey != null && key != null && !headerKey.equals(key)) {
            throw HttpProblem.badField(KEY, "idempotencyKey is another one than the header Idempotency-Key");
        }
        JsonNode sender = object.path("sender");
        if (!sender.isMissingNode() && !sender.isNull() && !sender.isObject()) {
            throw HttpProblem.badField("sender", "sender must be an object");
        }
        String name = text(sender, "nickname", "sender.nickname");
        try {
            return new UserMessage(
                    userId == null ? required(object, "userId") : userId,
                    0,
                    orElse(text(object, "type", "type"), defaultType),
                    required(object, "title"),
                    orElse(text(object, "content", "content"), ""),
                    data(object.get("data")),
                    orElse(name, UserMessage.DEFAULT_SENDER),
                    text(sender, "avatar", "sender.avatar"),
                    0,
                    headerKey == null ? key : headerKey);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            // A message of the model begins with the field that it is about.
            throw HttpProblem.badField(message.substring(0, message.indexOf(' ')), message);
        }
    }

    private static @Nullable String data(@Nullable JsonNode data) {
        if (data == null || data.isNull()) {
            return null;
        }
        if (isDeeper(data, MAX_DATA_DEPTH)) {
            throw HttpProblem.badField("data", "data must not be nested deeper than " + MAX_DATA_DEPTH);
        }
        return data.toString();
    }

    private static boolean isDeeper(JsonNode node, int depth) {
        if (!node.isContainerNode()) {
            return false;
        }
        if (depth == 0) {
            return true;
        }
        for (JsonNode child : node) {
            if (isDeeper(child, depth - 1)) {
                return true;
            }
        }
        return false;
    }

    private static String required(JsonNode object, String field) {
        String text = text(object, field, field);
        if (text == null) {
            throw HttpProblem.badField(field, field + " is missing");
        }
        return text;
    }

    private static @Nullable String text(JsonNode object, String field, String name) {
        JsonNode node = object.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw HttpProblem.badField(name, name + " must be a string");
        }
        return node.textValue();
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
