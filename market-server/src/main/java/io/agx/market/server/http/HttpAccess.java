package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Authenticator;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Who sends a request, by its header {@code Authorization: Bearer}, and what it may do. Thread-safe. */
public final class HttpAccess {
    private static final String HEADER = "Authorization";
    private static final String SCHEME = "bearer ";
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    /** Who has one of these came through somebody else: its own address is not the peer's. */
    private static final Set<String> FORWARDED = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "x-envoy-external-address");

    private final Authenticator authenticator;
    private final BooleanSupplier requireToken;
    private final BooleanSupplier loopbackWrites;

    /**
     * @param requireToken whether reading needs a token too
     * @param loopbackWrites whether programs of this machine may write without one: where no key is configured
     */
    public HttpAccess(Authenticator authenticator, BooleanSupplier requireToken, BooleanSupplier loopbackWrites) {
        this.authenticator = authenticator;
        this.requireToken = requireToken;
        this.loopbackWrites = loopbackWrites;
    }

    /** @throws ProtocolException if there is no good token */
    Identity require(HttpServletRequest request) {
        return identity(request)
                .orElseThrow(() -> new ProtocolException(
                        ErrorCode.NOT_AUTHENTICATED, HEADER, "this needs the header Authorization: Bearer <token>"));
    }

    /** @throws ProtocolException if there is no good token, or it does not have the scope */
    Identity require(HttpServletRequest request, Scope scope) {
        Identity identity = require(request);
        if (!identity.may(scope)) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, HEADER, "this needs a token with scope " + scope.code());
        }
        return identity;
    }

    /**
     * Lets a request read what is public. Where that needs no token, one that came is not looked at.
     *
     * @throws ProtocolException if a token is needed and there is no good one
     */
    void requireRead(HttpServletRequest request) {
        if (requireToken.getAsBoolean()) {
            require(request);
        }
    }

    /**
     * Lets a request change the market: with a token of this scope, or from a program of this machine where no key is configured.
     *
     * @throws ProtocolException if it may not
     */
    void requireWrite(HttpServletRequest request, Scope scope) {
        if (!loopbackWrites.getAsBoolean() || request.getHeader(HEADER) != null) {
            require(request, scope);
            return;
        }
        String reason = whyNotLocal(request);
        if (reason != null) {
            throw new ProtocolException(
                    ErrorCode.NOT_AUTHENTICATED,
                    HEADER,
                    "without a token only programs of the server's own machine may write, and " + reason
                            + "; send Authorization: Bearer <token>");
        }
    }

    /** Why it is not a program of this machine; null if it is. A page of a browser on this machine is none. */
    private static @Nullable String whyNotLocal(HttpServletRequest request) {
        if (!isLoopback(request.getRemoteAddr())) {
            return "this came from another";
        }
        for (String name : Collections.list(request.getHeaderNames())) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-forwarded-") || FORWARDED.contains(lower)) {
                return "this was forwarded (" + lower + ")";
            }
        }
        List<String> hosts = Collections.list(request.getHeaders("Host"));
        // A name that somebody else's DNS leads to loopback is no name of this machine.
        if (hosts.size() != 1 || !isLoopbackName(hostOf(hosts.get(0)))) {
            return "this was sent to a Host that is not localhost";
        }
        for (String origin : Collections.list(request.getHeaders("Origin"))) {
            if (!origin.equals(HTTP + hosts.get(0)) && !origin.equals(HTTPS + hosts.get(0))) {
                return "this was made by a page of another origin";
            }
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "this was made by a page of another site";
        }
        return null;
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            // A literal, as the container tells it: nothing is looked up.
            return address != null
                    && !address.isEmpty()
                    && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String hostOf(String header) {
        int colon = header.lastIndexOf(':');
        return colon > header.lastIndexOf(']') ? header.substring(0, colon) : header;
    }

    private static boolean isLoopbackName(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private Optional<Identity> identity(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HEADER));
        if (headers.size() > 1) {
            throw new ProtocolException(ErrorCode.TOKEN_MALFORMED, HEADER, "there may be one token");
        }
        if (headers.isEmpty() || !headers.get(0).toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        return Optional.of(authenticator.authenticate(
                headers.get(0).substring(SCHEME.length()).strip()));
    }
}
