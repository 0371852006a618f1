package io.agx.market.server.http;

import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Puts all HTTP resources into a servlet context: one way for the embedded server and the WAR. */
public final class HttpRoutes {
    private HttpRoutes() {}

    /**
     * @param clockMillis the market's clock, for published trades that tell no time
     * @param notReady why the server is not ready, or nothing if it is; asked on the container's threads
     * @param metrics the text of {@code /metrics}
     */
    public static void install(
            ServletContext context,
            MarketHistory history,
            TradeHistory trades,
            Ingest ingest,
            InstrumentRegistry registry,
            LongSupplier clockMillis,
            Supplier<Optional<String>> notReady,
            Supplier<String> metrics) {
        add(context, "instruments", new InstrumentsServlet(history, registry), "/api/v1/instruments");
        add(context, "tickers", new TickersServlet(history), "/api/v1/tickers/*");
        add(context, "klines", new KlinesServlet(history), "/api/v1/klines");
        add(context, "trades", new TradesServlet(trades, ingest, registry, clockMillis), "/api/v1/trades");
        add(context, "health", new HealthServlet(notReady), "/health/*");
        add(context, "metrics", new MetricsServlet(metrics), "/metrics");
        add(context, "console", new ConsoleServlet(), "/");
    }

    private static void add(ServletContext context, String name, Servlet servlet, String path) {
        context.addServlet("market-" + name, servlet).addMapping(path);
    }
}
