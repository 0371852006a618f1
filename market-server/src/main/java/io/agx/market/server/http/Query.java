package io.agx.market.server.http;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.UtcOffsets;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The parameters of a request; every bad one becomes a problem that names it. */
final class Query {
    private final HttpServletRequest request;

    Query(HttpServletRequest request) {
        this.request = request;
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

    private String required(String name) {
        String text = optional(name);
        if (text == null || text.isEmpty()) {
            throw HttpProblem.badField(name, name + " is missing");
        }
        return text;
    }

    private @Nullable String optional(String name) {
        String[] values = request.getParameterValues(name);
        if (values == null || values.length == 0) {
            return null;
        }
        if (values.length > 1) {
            throw HttpProblem.badField(name, name + " must be given once, was given " + values.length + " times");
        }
        return values[0];
    }
}
