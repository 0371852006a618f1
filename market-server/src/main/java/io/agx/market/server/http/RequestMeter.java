package io.agx.market.server.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;

/** Counts the requests of a context, those that the edge refuses among them, and not the handshakes of WebSockets. Thread-safe. */
final class RequestMeter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final transient RequestFigures figures;

    private RequestMeter(RequestFigures figures) {
        this.figures = figures;
    }

    /** Before all other filters and all resources, while the context starts. */
    static void install(ServletContext context, RequestFigures figures) {
        FilterRegistration.Dynamic filter = context.addFilter("market-requests", new RequestMeter(figures));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (EdgeFilter.requestOf(request).asksForWebSocket()) {
            chain.doFilter(request, response);
            return;
        }
        Exchange exchange = new Exchange(request, response);
        boolean goesOn = false;
        try {
            chain.doFilter(request, response);
            goesOn = request.isAsyncStarted() && exchange.isHeard(request);
        } finally {
            if (!goesOn) {
                exchange.ended();
            }
        }
    }

    /** One request until its answer is whole. */
    private final class Exchange implements AsyncListener {
        private final HttpServletResponse response;
        private final String method;
        private final String route;
        private final long startNanos = System.nanoTime();

        Exchange(HttpServletRequest request, HttpServletResponse response) {
            this.response = response;
            method = request.getMethod();
            route = request.getHttpServletMapping().getPattern();
        }

        /** Whether the end of the answer will be told here; else it has ended already. */
        boolean isHeard(HttpServletRequest request) {
            try {
                request.getAsyncContext().addListener(this);
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        void ended() {
            figures.count(method, route, response.getStatus(), System.nanoTime() - startNanos);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            ended();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this); // Who begins anew loses its listeners.
        }
    }
}
