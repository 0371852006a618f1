package io.agx.market.server.http;

import io.agx.market.server.admin.Admin;
import io.agx.market.server.api.AsyncApi;
import io.agx.market.server.api.OpenApi;
import io.agx.market.server.api.RestLimits;

/** The machine-readable documents of this server, with the bounds of its servlets. Pure functions. */
public final class ApiDocuments {
    private ApiDocuments() {}

    /** REST. */
    public static String openApi() {
        return OpenApi.document(new RestLimits(
                TradesServlet.MAX_TRADES,
                TradesServlet.MAX_BYTES,
                TradesServlet.MAX_STREAMED_TRADES,
                TradesServlet.MAX_STREAMED_BYTES,
                QuotesServlet.MAX_QUOTES,
                QuotesServlet.MAX_BYTES,
                NotificationsServlet.MAX_BYTES,
                JsonBody.MAX_BYTES,
                Admin.MAX_LIMIT));
    }

    /** The WebSocket. */
    public static String asyncApi() {
        return AsyncApi.document();
    }
}
