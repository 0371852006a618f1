package io.agx.market.server.http;

import io.agx.market.core.protocol.Payload;
import io.agx.market.server.history.MarketHistory;
import jakarta.servlet.http.HttpServletRequest;

/** {@code GET /api/v1/tickers} and {@code /api/v1/tickers/{symbol}}. Thread-safe. */
final class TickersServlet extends JsonServlet {
    private static final long serialVersionUID = 1;

    private final transient MarketHistory history;

    TickersServlet(MarketHistory history, HttpAccess access) {
        super(access);
        this.history = history;
    }

    @Override
    protected Payload read(Query query, HttpServletRequest request) {
        String path = request.getPathInfo();
        if (path == null || path.equals("/")) {
            return new Payload.OfTickers(history.tickers());
        }
        return history.ticker(Query.symbol("symbol", path.substring(1)));
    }
}
