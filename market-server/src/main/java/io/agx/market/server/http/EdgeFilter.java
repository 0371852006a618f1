package io.agx.market.server.http;

import io.agx.market.core.protocol.Problem;
import io.agx.market.server.handshake.Admission;
import io.agx.market.server.handshake.HandshakeRequest;
import io.agx.market.server.handshake.OriginPolicy.Relation;
import io.agx.market.server.handshake.Verdict;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What holds for every resource: the methods there are, the pages that may read it (CORS), and what a browser is told not to do with an
 * answer. Thread-safe.
 *
 * <p>A page from elsewhere reads nothing unless its origin is listed: its browser keeps the answer from it. With a token or cookie, and for anything but
 * reading, it is refused here, for then the request itself does the harm.
 */
final class EdgeFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String ALLOW = "GET, HEAD, POST, OPTIONS";

    private final transient Admission admission;
    private final long hstsSeconds;

    private EdgeFilter(Admission admission, long hstsSeconds) {
        this.admission = admission;
        this.hstsSeconds = hstsSeconds;
    }

    /** Before all resources, while the context starts. */
    static void install(ServletContext context, Admission admission, long hstsSeconds) {
        FilterRegistration.Dynamic filter = context.addFilter("market-edge", new EdgeFilter(admission, hstsSeconds));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** As the handshake's rules know a request. */
    static HandshakeRequest requestOf(HttpServletRequest request) {
        String query = request.getQueryString();
        return new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                query,
                name -> Collections.list(request.getHeaders(name)),
                request.getRemoteAddr(),
                request.isSecure());
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HandshakeRequest asked = requestOf(request);
        if (asked.asksForWebSocket()) {
            chain.doFilter(request, response); // Judged already, or upgraded nowhere.
            return;
        }
        SecurityHeaders.OF_DATA.forEach(response::setHeader);
        if (hstsSeconds > 0 && request.isSecure()) {
            response.setHeader("Strict-Transport-Security", "max-age=" + hstsSeconds);
        }
        String method = request.getMethod();
        if (!METHODS.contains(method)) { // TRACE among them: it would send a request's headers back, tokens among them.
            response.setHeader("Allow", ALLOW);
            send(response, 405, ProblemDocument.problemOf(405));
            return;
        }
        Relation relation = admission.origins().relation(asked);
        if (relation != Relation.NONE) {
            response.addHeader("Vary", "Origin");
        }
        if (relation == Relation.ALLOWED) {
            response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));
            response.setHeader("Access-Control-Expose-Headers", "ETag, Retry-After");
        }
        if (method.equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null) {
            preflight(request, response, relation);
        } else if (relation == Relation.FOREIGN && (!READING.contains(method) || asked.hasCredentials())) {
            Verdict.Refused refused = admission.refuseForeign(asked);
            send(response, refused.status(), refused.problem());
        } else {
            chain.doFilter(request, new WithoutPages(response));
        }
    }

    /** For reading only, with a token where the page has one. Who may not is told nothing, and its browser asks no further. */
    private static void preflight(HttpServletRequest request, HttpServletResponse response, Relation relation) {
        String wanted = String.valueOf(request.getHeader("Access-Control-Request-Method"));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        if (relation == Relation.ALLOWED && READING.contains(wanted.toUpperCase(Locale.ROOT))) {
            response.setHeader("Access-Control-Allow-Methods", "GET, HEAD");
            response.setHeader("Access-Control-Allow-Headers", "Authorization, If-None-Match");
            response.setHeader("Access-Control-Max-Age", "600");
        }
    }

    private static void send(HttpServletResponse response, int status, Problem problem) throws IOException {
        JsonServlet.send(response, status, ProblemDocument.TYPE, ProblemDocument.bytes(status, problem));
    }

    /** An answer whose errors are problem documents, and no page of a container's. */
    private static final class WithoutPages extends HttpServletResponseWrapper {
        WithoutPages(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void sendError(int status) throws IOException {
            resetBuffer();
            int told = status == 501 ? 405 : status; // The servlet API's word for a method that it does not know.
            send((HttpServletResponse) getResponse(), told, ProblemDocument.problemOf(told));
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            sendError(status);
        }
    }
}
