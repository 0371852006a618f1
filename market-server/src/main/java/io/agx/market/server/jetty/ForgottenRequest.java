package io.agx.market.server.jetty;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Lets go of an upgrade request once the connection is a WebSocket. A Jakarta session on Jetty keeps the servlet request for ever, and
 * with it the whole graph of the HTTP exchange, some 5 KB a connection. Here it keeps a wrapper whose content is exchanged for
 * an empty request after status 101. Runs on the container's threads, before Jetty's upgrade filter.
 */
final class ForgottenRequest implements Filter {
    /** Answers null, zero or false to everything. */
    private static final HttpServletRequest EMPTY = (HttpServletRequest) Proxy.newProxyInstance(
            ForgottenRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) -> nothing(method.getReturnType()));

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequestWrapper wrapper = new HttpServletRequestWrapper((HttpServletRequest) request);
        chain.doFilter(wrapper, response);
        if (((HttpServletResponse) response).getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
            wrapper.setRequest(EMPTY);
        }
    }

    private static @Nullable Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? 0L : null;
    }
}
