package io.agx.market.server.jetty;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.config.EdgeConfig.Deadlines;
import io.agx.market.server.room.FrameCompressor;
import io.agx.market.server.subscriber.Transport;
import io.agx.market.server.websocket.ContainerSessions;
import jakarta.websocket.Session;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee10.websocket.jakarta.common.decoders.RegisteredDecoder;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of the embedded Jetty: their TCP connections can be ended without a Close frame, and they get the fast transport where they can
 * have it: the connection is a {@link DirectEndPoint}, and it negotiated no extension or our own. Picks on any thread; what it
 * hands out is the flush thread's.
 */
final class JettySessions implements ContainerSessions {
    private final boolean fast;
    private final FrameCompressor compressor = new FrameCompressor();
    private final FrameBuffer plain = new FrameBuffer(null);
    private final FrameBuffer compressed = new FrameBuffer(compressor);

    private final Deadlines deadlines;

    /** @param fast whether the fast transport may be used */
    JettySessions(boolean fast, Deadlines deadlines) {
        this.fast = fast;
        this.deadlines = deadlines;
    }

    @Override
    public Map<String, Long> limits() {
        return Map.of("messageMillis", deadlines.messageMillis());
    }

    @Override
    public Transport transport(Session session, Supplier<Transport> portable) {
        if (session instanceof JakartaWebSocketSession jakarta) {
            forgetWhatIsNotNeeded(jakarta);
            watch(jakarta.getCoreSession());
        }
        if (fast
                && session instanceof JakartaWebSocketSession jakarta
                && jakarta.getCoreSession() instanceof WebSocketCoreSession core
                && core.getConnection().getEndPoint() instanceof DirectEndPoint endPoint) {
            FrameBuffer frames = framesFor(core);
            if (frames != null) {
                return new DirectTransport(core, endPoint, frames);
            }
        }
        return portable.get();
    }

    @Override
    public String address(Session session) {
        return session instanceof JakartaWebSocketSession jakarta
                ? ContainerSessions.addressOf(jakarta.getCoreSession().getRemoteAddress())
                : "";
    }

    @Override
    public long compressionCount() {
        return compressor.compressionCount();
    }

    @Override
    public boolean abort(Session session) {
        if (session instanceof JakartaWebSocketSession jakarta) {
            jakarta.getCoreSession().abort();
            return true;
        }
        return false;
    }

    /** A message that is begun has its deadline from here on. */
    private void watch(CoreSession session) {
        DirectEndPoint bare = session instanceof WebSocketCoreSession core
                ? DirectEndPoint.of(core.getConnection().getEndPoint())
                : null;
        if (bare != null) {
            bare.progress().becomesWebSocket();
            bare.progress()
                    .whenOverdue(() -> session.close(
                            CloseCode.POLICY_VIOLATION.code(),
                            "a message took more than " + deadlines.messageMillis() + " ms",
                            Callback.NOOP));
        }
    }

    /**
     * Each session has a list of two dozen decoders, most of which decode types that we never take, and a map of what the handshake said: about a
     * kilobyte that would stay as long as the connection. The decoders in use are held by the message handlers already.
     */
    private static void forgetWhatIsNotNeeded(JakartaWebSocketSession session) {
        session.getUserProperties().clear();
        Iterator<RegisteredDecoder> decoders = session.getDecoders().iterator();
        while (decoders.hasNext()) {
            decoders.next();
            decoders.remove();
        }
    }

    private @Nullable FrameBuffer framesFor(CoreSession session) {
        List<ExtensionConfig> extensions = session.getNegotiatedExtensions();
        if (extensions.isEmpty()) {
            return plain;
        }
        boolean onlyOurs = extensions.size() == 1 && extensions.get(0).getName().equals(SharedDeflateExtension.NAME);
        return onlyOurs ? compressed : null;
    }
}
