package io.agx.market.server.jetty;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.room.Publication;
import io.agx.market.server.subscriber.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The fast transport: prebuilt frames, written by the flush thread itself, one system call for all that is due. What Jetty keeps of
 * the connection is reading, pongs and Close; its core session sends those without blocking.
 */
final class DirectTransport implements Transport {
    /** How long a peer may be silent after a Close frame before its TCP connection is ended. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final CoreSession session;
    private final DirectEndPoint endPoint;
    private final FrameBuffer frames;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** @param frames shared by all connections with the same encoding */
    DirectTransport(CoreSession session, DirectEndPoint endPoint, FrameBuffer frames) {
        this.session = session;
        this.endPoint = endPoint;
        this.frames = frames;
        endPoint.becomesWebSocket();
    }

    @Override
    public String name() {
        return "fast";
    }

    @Override
    public boolean write(List<Publication> messages, Runnable done) {
        frames.hold(messages);
        return endPoint.writeFrames(frames, done);
    }

    @Override
    public void ping(int nonce) {
        if (!ended.get()) {
            ByteBuffer payload =
                    ByteBuffer.allocate(Integer.BYTES).putInt(nonce).flip();
            session.sendFrame(new Frame(OpCode.PING, payload), Callback.NOOP, false);
        }
    }

    @Override
    public void close(CloseCode code, String reason) {
        if (ended.compareAndSet(false, true)) {
            session.close(code.code(), CloseCode.clipReason(reason), Callback.NOOP);
            endPoint.notIdle(); // Jetty does not see our writes, and would take it for long idle.
            session.setIdleTimeout(CLOSE_TIMEOUT);
        }
    }

    @Override
    public void abort() {
        ended.set(true);
        session.abort();
    }
}
