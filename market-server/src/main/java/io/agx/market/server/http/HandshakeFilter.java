package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.handshake.HandshakeRequest;
import io.agx.market.server.handshake.Verdict;
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
import java.util.Map;

/**
 * The {@link HandshakeGuard} in a container that is not ours: refuses what is no handshake, and shows the container's own filter the offers
 * that can be agreed on. Thread-safe.
 *
 * <p>It must stand before the filter that upgrades. Tomcat appends its own ({@code isMatchAfter}), Jetty prepends its own as not
 * programmatic; a mapping that is programmatic and not {@code isMatchAfter} comes before both. Both upgrade from the request and
 * response that they are handed, wrapped ones too (Jetty's {@code ServletCoreRequest.wrap}).
 */
public final class HandshakeFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private static final Problem NOT_HERE =
            new Problem(ErrorCode.NOT_FOUND, null, "there is no WebSocket at this path");

    private final transient HandshakeGuard guard;
    private final String path;

    private HandshakeFilter(HandshakeGuard guard, String path) {
        this.guard = guard;
        this.path = path;
    }

    /**
     * Puts it before the container's own filter, while the context starts.
     *
     * @param path where the WebSocket is, below the context path
     */
    public static void install(ServletContext context, HandshakeGuard guard, String path) {
        FilterRegistration.Dynamic filter = context.addFilter("market-handshake", new HandshakeFilter(guard, path));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HandshakeRequest handshake = EdgeFilter.requestOf(request);
        String asked = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        if (!asked.equals(path)) {
            if (handshake.asksForWebSocket()) { // So that no other spelling of the path leads around the guard.
                refuse(response, new Verdict.Refused(404, NOT_HERE, Map.of()));
            } else {
                chain.doFilter(request, response);
            }
            return;
        }
        Verdict verdict = guard.judge(handshake);
        if (verdict instanceof Verdict.Accepted accepted) {
            upgrade(request, response, chain, accepted);
        } else if (verdict instanceof Verdict.Refused refused) {
            refuse(response, refused);
        }
    }

    /** The place of the address goes on with the request, as its principal, and with that to the session. */
    private static void upgrade(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Verdict.Accepted accepted)
            throws IOException, ServletException {
        boolean upgraded = false;
        try {
            HttpServletResponse answer = accepted.deflate()
                    .<HttpServletResponse>map(offer -> new CompletedResponse(response, offer))
                    .orElse(response);
            chain.doFilter(new SanitisedRequest(request, accepted), answer);
            upgraded = response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
        } finally {
            if (!upgraded) {
                accepted.lease().release();
            }
        }
    }

    private static void refuse(HttpServletResponse response, Verdict.Refused refused) throws IOException {
        refused.headers().forEach(response::setHeader);
        SecurityHeaders.OF_DATA.forEach(response::setHeader);
        byte[] body = ProblemDocument.bytes(refused.status(), refused.problem());
        JsonServlet.send(response, refused.status(), ProblemDocument.TYPE, body);
    }
}
