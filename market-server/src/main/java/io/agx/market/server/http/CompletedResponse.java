package io.agx.market.server.http;

import io.agx.market.server.handshake.DeflateOffer;
import io.agx.market.server.handshake.HandshakeGuard;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/** The response to a handshake, which tells of the parameters that it must: see {@link DeflateOffer#completed}. */
final class CompletedResponse extends HttpServletResponseWrapper {
    private final DeflateOffer offer;

    CompletedResponse(HttpServletResponse response, DeflateOffer offer) {
        super(response);
        this.offer = offer;
    }

    @Override
    public void setHeader(String name, String value) {
        super.setHeader(name, completed(name, value));
    }

    @Override
    public void addHeader(String name, String value) {
        super.addHeader(name, completed(name, value));
    }

    private String completed(String name, String value) {
        // Jetty sets null to remove it.
        return value != null && name.equalsIgnoreCase(HandshakeGuard.EXTENSIONS) ? offer.completed(value) : value;
    }
}
