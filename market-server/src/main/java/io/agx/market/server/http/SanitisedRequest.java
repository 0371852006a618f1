package io.agx.market.server.http;

import io.agx.market.server.handshake.DeflateOffer;
import io.agx.market.server.handshake.HandshakeGuard;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A handshake whose {@code Sec-WebSocket-Extensions} is one offer, or absent. */
final class SanitisedRequest extends HttpServletRequestWrapper {
    private final List<String> offers;

    SanitisedRequest(HttpServletRequest request, Optional<DeflateOffer> deflate) {
        super(request);
        offers = deflate.map(DeflateOffer::header).stream().toList();
    }

    @Override
    public @Nullable String getHeader(String name) {
        if (isExtensions(name)) {
            return offers.isEmpty() ? null : offers.get(0);
        }
        return super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return isExtensions(name) ? Collections.enumeration(offers) : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = Collections.list(super.getHeaderNames());
        names.removeIf(name -> offers.isEmpty() && isExtensions(name));
        return Collections.enumeration(names);
    }

    private static boolean isExtensions(String name) {
        return name.equalsIgnoreCase(HandshakeGuard.EXTENSIONS);
    }
}
