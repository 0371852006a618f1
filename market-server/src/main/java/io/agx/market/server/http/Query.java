package io.agx.market.server.http;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.UtcOffsets;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters in a request's query string; every bad one becomes a problem that names it. Never asks the container, which would
 * take a form's body for parameters, and fails on what is not percent-encoded.
 */
final class Query {
    private final Map<String, List<String>> parameters;

    Query(HttpServletRequest request) {
        parameters = parse(request.getQueryString());
    }

    private static Map<String, List<String>> parse(@Nullable String query) {
        Map<String, List<String>> parsed = new HashMap<>();
        if (query == null) {
            return parsed;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            parsed.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
        }
        return parsed;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "the query string is not percent-encoded");
        }
    }

    Symbol symbol() {
        return symbol("symbol", required("symbol"));
    }

    static Symbol symbol(String field, String text) {
        try {
            return new Symbol(text);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, ErrorCode.BAD_FIELD, field, String.valueOf(e.getMessage()));
        }
    }

    KlineInterval interval() {
        String text = required("interval");
        return KlineInterval.ofCode(text)
                .orElseThrow(() -> new HttpProblem(
                        400, ErrorCode.UNKNOWN_INTERVAL, "interval", KlinesQuery.intervalMessage(text)));
    }

    int utcOffsetMinutes() {
        String text = optional("utcOffset");
        // A plus sign in a query string means a space, and nobody writes %2B by heart.
        return text == null ? 0 : UtcOffsets.parse(text.replace(' ', '+'));
    }

    boolean flag(String name, boolean otherwise) {
        String text = optional(name);
        if (text == null) {
            return otherwise;
        }
        if (!"true".equals(text) && !"false".equals(text)) {
            throw HttpProblem.badField(name, name + " must be true or false, was \"" + Texts.clip(text) + "\"");
        }
        return "true".equals(text);
    }

    int integer(String name, int otherwise) {
        Long value = number(name);
        if (value == null) {
            return otherwise;
        }
        if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
            throw HttpProblem.badField(name, name + " is out of range, was " + value);
        }
        return value.intValue();
    }

    @Nullable
    Long number(String name) {
        String text = optional(name);
        if (text == null) {
            return null;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw HttpProblem.badField(name, name + " must be an integer, was \"" + Texts.clip(text) + "\"");
        }
    }

    String text(String name, String otherwise) {
        String text = optional(name);
        return text == null ? otherwise : text;
    }

    private String required(String name) {
        String text = optional(name);
        if (text == null || text.isEmpty()) {
            throw HttpProblem.badField(name, name + " is missing");
        }
        return text;
    }

    private @Nullable String optional(String name) {
        List<String> values = parameters.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            throw HttpProblem.badField(name, name + " must be given once, was given " + values.size() + " times");
        }
        return values.get(0);
    }
}
