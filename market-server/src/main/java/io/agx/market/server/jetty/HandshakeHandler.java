package io.agx.market.server.jetty;

import io.agx.market.server.handshake.DeflateOffer;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.handshake.HandshakeRequest;
import io.agx.market.server.handshake.HandshakeToken;
import io.agx.market.server.handshake.Verdict;
import io.agx.market.server.http.ProblemDocument;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The {@link HandshakeGuard} in front of Jetty's context. Jetty upgrades from the headers of its core request, which a servlet filter cannot
 * replace, so it stands before the servlets. Thread-safe.
 */
final class HandshakeHandler extends Handler.Wrapper {
    private final HandshakeGuard guard;
    private final String path;

    /** @param path where the WebSocket is; compared to the decoded path, as Jetty's own mapping does */
    HandshakeHandler(HandshakeGuard guard, String path, Handler next) {
        super(next);
        this.guard = guard;
        this.path = path;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!Request.getPathInContext(request).equals(path)) {
            return super.handle(request, response, callback);
        }
        HttpFields headers = request.getHeaders();
        Verdict verdict = guard.judge(new HandshakeRequest(
                request.getMethod(),
                request.getConnectionMetaData().getHttpVersion().asString(),
                request.getHttpURI().getQuery(),
                headers::getValuesList));
        if (verdict instanceof Verdict.Accepted accepted) {
            Optional<DeflateOffer> deflate = accepted.deflate();
            return super.handle(
                    new Sanitised(request, accepted),
                    deflate.isPresent() ? new Completed(request, response, deflate.get()) : response,
                    callback);
        }
        refuse((Verdict.Refused) verdict, response, callback);
        return true;
    }

    private static void refuse(Verdict.Refused refused, Response response, Callback callback) {
        byte[] body = ProblemDocument.bytes(refused.status(), refused.problem());
        response.setStatus(refused.status());
        HttpFields.Mutable headers = response.getHeaders();
        refused.headers().forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, ProblemDocument.TYPE);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** The request with the one offer that can be agreed on, or none, and with its token in one place only. */
    private static final class Sanitised extends Request.Wrapper {
        private final HttpFields headers;
        private final HttpURI uri;

        Sanitised(Request request, Verdict.Accepted accepted) {
            super(request);
            HttpFields.Mutable changed = HttpFields.build(request.getHeaders());
            changed.remove(HttpHeader.SEC_WEBSOCKET_EXTENSIONS);
            accepted.deflate()
                    .ifPresent(
                            offer -> changed.add(new HttpField(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, offer.header())));
            HttpURI shown = request.getHttpURI();
            if (accepted.token().isPresent()) {
                HandshakeToken token = accepted.token().get();
                changed.put(HandshakeToken.HEADER, token.header());
                changed.remove(HandshakeGuard.PROTOCOL);
                if (!token.subprotocols().isEmpty()) {
                    changed.add(HandshakeGuard.PROTOCOL, String.join(", ", token.subprotocols()));
                }
                shown = HttpURI.build(shown).query(token.query()).asImmutable();
            }
            headers = changed.asImmutable();
            uri = shown;
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }
    }

    /** The response, which tells of the parameters that it must: see {@link DeflateOffer#completed}. */
    private static final class Completed extends Response.Wrapper {
        private final DeflateOffer offer;

        Completed(Request request, Response response, DeflateOffer offer) {
            super(request, response);
            this.offer = offer;
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            HttpFields.Mutable headers = getHeaders();
            String answered = headers.get(HttpHeader.SEC_WEBSOCKET_EXTENSIONS);
            if (answered != null && getStatus() == HttpStatus.SWITCHING_PROTOCOLS_101 && !isCommitted()) {
                headers.put(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, offer.completed(answered));
            }
            super.write(last, content, callback);
        }
    }
}
