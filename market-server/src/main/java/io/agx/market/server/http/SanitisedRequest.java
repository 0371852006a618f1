package io.agx.market.server.http;

import io.agx.market.server.handshake.DeflateOffer;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.handshake.HandshakeToken;
import io.agx.market.server.handshake.Lease;
import io.agx.market.server.handshake.Verdict;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A handshake whose {@code Sec-WebSocket-Extensions} is one offer, or absent, and whose token is in one place only. Its principal holds its place among
 * the connections of its address: of all that a handshake has, a session in every container keeps that. Tomcat keeps query and
 * parameters for as long as the session lives.
 */
final class SanitisedRequest extends HttpServletRequestWrapper {
    // By the name in lower case; an empty list hides the header.
    private final Map<String, List<String>> replaced = new LinkedHashMap<>();
    private final Optional<HandshakeToken> token;
    private final Lease lease;

    SanitisedRequest(HttpServletRequest request, Verdict.Accepted accepted) {
        super(request);
        token = accepted.token();
        lease = accepted.lease();
        replace(
                HandshakeGuard.EXTENSIONS,
                accepted.deflate().map(DeflateOffer::header).stream().toList());
        token.ifPresent(found -> {
            replace(HandshakeToken.HEADER, List.of(found.header()));
            replace(
                    HandshakeGuard.PROTOCOL,
                    found.subprotocols().isEmpty() ? List.of() : List.of(String.join(", ", found.subprotocols())));
        });
    }

    private void replace(String name, List<String> values) {
        replaced.put(name.toLowerCase(Locale.ROOT), values);
    }

    private @Nullable List<String> replaced(String name) {
        return replaced.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public @Nullable String getHeader(String name) {
        List<String> values = replaced(name);
        if (values == null) {
            return super.getHeader(name);
        }
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        List<String> values = replaced(name);
        return values == null ? super.getHeaders(name) : Collections.enumeration(values);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = Collections.list(super.getHeaderNames());
        names.removeIf(name -> replaced(name) != null);
        replaced.forEach((name, values) -> {
            if (!values.isEmpty()) {
                names.add(name);
            }
        });
        return Collections.enumeration(names);
    }

    @Override
    public @Nullable String getQueryString() {
        return token.isPresent() ? token.get().query() : super.getQueryString();
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (token.isEmpty()) {
            return super.getParameterMap();
        }
        Map<String, String[]> parameters = new LinkedHashMap<>(super.getParameterMap());
        parameters.remove(HandshakeToken.PARAMETER);
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public @Nullable String getParameter(String name) {
        return token.isPresent() && name.equals(HandshakeToken.PARAMETER) ? null : super.getParameter(name);
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return token.isPresent() && name.equals(HandshakeToken.PARAMETER) ? null : super.getParameterValues(name);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    @Override
    public Principal getUserPrincipal() {
        Principal known = super.getUserPrincipal();
        return new Holder(known == null ? "anonymous" : known.getName(), lease);
    }

    /** @param name of whom the container knows */
    private record Holder(String name, Lease lease) implements Principal, Lease {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public void release() {
            lease.release();
        }
    }
}
