package io.agx.market.server.jetty;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.server.handshake.DeflateOffer;
import io.agx.market.server.handshake.HandshakeGuard;
import io.agx.market.server.handshake.HandshakeRequest;
import io.agx.market.server.handshake.HandshakeToken;
import io.agx.market.server.handshake.Lease;
import io.agx.market.server.handshake.Verdict;
import java.nio.ByteBuffer;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;

/**
 * The {@link HandshakeGuard} in front of Jetty's context. Jetty upgrades from the headers of its core request, which a servlet filter cannot
 * replace, so it stands before the servlets. Thread-safe.
 */
final class HandshakeHandler extends Handler.Wrapper {
    private static final Problem NOT_HERE =
            new Problem(ErrorCode.NOT_FOUND, null, "there is no WebSocket at this path");
    private static final Problem PIPELINED = new Problem(
            ErrorCode.BAD_REQUEST, null, "a WebSocket handshake must not follow another request without its answer");

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
        boolean here = Request.getPathInContext(request).equals(path);
        if (!here && !asksForWebSocket(request)) {
            return super.handle(request, response, callback);
        }
        if (!here) { // So that no other spelling of the path leads around the guard.
            ProblemPages.send(response, callback, 404, NOT_HERE, Map.of());
            return true;
        }
        Verdict verdict = guard.judge(handshake(request));
        if (verdict instanceof Verdict.Refused refused) {
            ProblemPages.send(response, callback, refused.status(), refused.problem(), refused.headers());
            return true;
        }
        Verdict.Accepted accepted = (Verdict.Accepted) verdict;
        DirectEndPoint connection = DirectEndPoint.of(
                request.getConnectionMetaData().getConnection().getEndPoint());
        if (connection != null && !connection.progress().knowsFrames()) {
            accepted.lease().release();
            ProblemPages.send(response, callback, 400, PIPELINED, Map.of());
            return true;
        }
        hold(accepted.lease(), connection, request, response);
        Optional<DeflateOffer> deflate = accepted.deflate();
        return super.handle(
                new Sanitised(request, accepted),
                deflate.isPresent() ? new Completed(request, response, deflate.get()) : response,
                callback);
    }

    /** As {@link HandshakeGuard} knows it. */
    static HandshakeRequest handshake(Request request) {
        String query = request.getHttpURI().getQuery();
        return new HandshakeRequest(
                request.getMethod(),
                request.getConnectionMetaData().getHttpVersion().asString(),
                query,
                request.getHeaders()::getValuesList,
                Request.getRemoteAddr(request),
                request.isSecure());
    }

    private static boolean asksForWebSocket(Request request) {
        return request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
    }

    /** Until the connection ends, or the handshake has come to nothing. */
    private static void hold(Lease lease, @Nullable DirectEndPoint connection, Request request, Response response) {
        if (connection != null) {
            connection.whenEnded(lease::release);
        }
        Request.addCompletionListener(request, failure -> {
            if (connection == null || response.getStatus() != HttpStatus.SWITCHING_PROTOCOLS_101) {
                lease.release();
            }
        });
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
