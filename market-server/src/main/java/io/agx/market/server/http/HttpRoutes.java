package io.agx.market.server.http;

import io.agx.market.server.admin.Admin;
import io.agx.market.server.handshake.Admission;
import io.agx.market.server.health.Health;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.QuotePublishing;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Puts all HTTP resources into a servlet context: one way for the embedded server and the WAR. */
public final class HttpRoutes {
    private HttpRoutes() {}

    /**
     * The API and the page.
     *
     * @param access who may read, and who may write
     * @param toAll sends a notice to every connection
     * @param places how many requests may publish
     */
    public static void install(
            ServletContext context,
            MarketHistory history,
            TradeHistory trades,
            Publishing publishing,
            QuotePublishing quotes,
            InstrumentRegistry registry,
            HttpAccess access,
            Inbox inbox,
            Consumer<String> toAll,
            BodyPlaces places) {
        add(context, "instruments", new InstrumentsServlet(history, registry, access), "/api/v1/instruments");
        add(context, "tickers", new TickersServlet(history, access), "/api/v1/tickers/*");
        add(context, "klines", new KlinesServlet(history, access), "/api/v1/klines");
        add(context, "trades", new TradesServlet(trades, publishing, places, access), "/api/v1/trades");
        add(context, "quotes", new QuotesServlet(quotes, places, access), "/api/v1/quotes");
        add(context, "users", new UsersServlet(access, inbox), "/api/v1/users/*");
        add(context, "notifications", new NotificationsServlet(access, inbox), "/api/v1/notifications");
        add(context, "broadcast", new BroadcastServlet(access, inbox, toAll), "/api/v1/broadcast");
        add(context, "openapi", new ApiDocumentServlet(ApiDocuments::openApi, access), "/api/v1/openapi.json");
        add(context, "asyncapi", new ApiDocumentServlet(ApiDocuments::asyncApi, access), "/api/v1/asyncapi.json");
        add(context, "console", new ConsoleServlet(), "/");
    }

    /** Puts the operator's resources into a servlet context. */
    public static void installAdmin(ServletContext context, Admin admin, HttpAccess access) {
        add(context, "admin", new AdminServlet(admin, access), "/api/v1/admin/*");
    }

    /**
     * What holds for all resources of a context; before any of them.
     *
     * @param hstsSeconds told on encrypted connections; 0 for nothing
     * @param requests where they are counted
     */
    public static void installEdge(
            ServletContext context, Admission admission, long hstsSeconds, RequestFigures requests) {
        RequestMeter.install(context, requests);
        EdgeFilter.install(context, admission, hstsSeconds);
    }

    /**
     * What tells how the server is.
     *
     * @param health what the server's parts say; asked on the container's threads
     * @param metrics the text of {@code /metrics}
     */
    public static void installHealth(ServletContext context, Supplier<Health.Report> health, Supplier<String> metrics) {
        add(context, "health", new HealthServlet(health), "/health/*");
        add(context, "metrics", new MetricsServlet(metrics), "/metrics");
    }

    private static void add(ServletContext context, String name, Servlet servlet, String path) {
        ServletRegistration.Dynamic added = context.addServlet("market-" + name, servlet);
        added.setAsyncSupported(true);
        added.addMapping(path);
    }
}
