package io.agx.market.server.http;

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
import java.util.Collections;
import java.util.EnumSet;

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

    private final transient HandshakeGuard guard;

    private HandshakeFilter(HandshakeGuard guard) {
        this.guard = guard;
    }

    /**
     * Puts it before the container's own filter, while the context starts.
     *
     * @param path where the WebSocket is, below the context path
     */
    public static void install(ServletContext context, HandshakeGuard guard, String path) {
        FilterRegistration.Dynamic filter = context.addFilter("market-handshake", new HandshakeFilter(guard));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, path);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Verdict verdict = guard.judge(new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                request.getQueryString(),
                name -> Collections.list(request.getHeaders(name))));
        if (verdict instanceof Verdict.Accepted accepted) {
            HttpServletResponse answer = accepted.deflate()
                    .<HttpServletResponse>map(offer -> new CompletedResponse(response, offer))
                    .orElse(response);
            chain.doFilter(new SanitisedRequest(request, accepted), answer);
        } else if (verdict instanceof Verdict.Refused refused) {
            refused.headers().forEach(response::setHeader);
            byte[] body = ProblemDocument.bytes(refused.status(), refused.problem());
            JsonServlet.send(response, refused.status(), ProblemDocument.TYPE, body);
        }
    }
}
