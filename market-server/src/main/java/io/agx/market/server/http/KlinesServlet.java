package io.agx.market.server.http;

import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.Payload;
import io.agx.market.server.history.MarketHistory;
import jakarta.servlet.http.HttpServletRequest;

/** {@code GET /api/v1/klines?symbol&interval&startTime&endTime&limit&utcOffset&fill}. Thread-safe. */
final class KlinesServlet extends JsonServlet {
    private static final long serialVersionUID = 1;

    private final transient MarketHistory history;

    KlinesServlet(MarketHistory history, HttpAccess access) {
        super(access);
        this.history = history;
    }

    @Override
    protected Payload read(Query query, HttpServletRequest request) {
        return history.klines(new KlinesQuery(
                query.symbol(),
                query.interval(),
                query.number("startTime"),
                query.number("endTime"),
                query.integer("limit", KlinesQuery.DEFAULT_LIMIT),
                query.utcOffsetMinutes(),
                query.flag("fill", true)));
    }
}
