package io.agx.market.server.websocket;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.room.Publication;
import io.agx.market.server.subscriber.Transport;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The portable transport: {@code RemoteEndpoint.Async}, one message in flight per connection, the next from its completion.
 * Containers queue what is sent beyond that without a bound (Jetty) or refuse it (Tomcat), so it is never sent.
 */
final class JakartaTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(JakartaTransport.class);

    /** How long a peer may be silent after a Close frame before its TCP connection is ended. */
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

    private final Session session;
    private final ContainerSessions sessions;
    private final BlockingCalls calls;
    private final RemoteEndpoint.Async remote;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean pinging = new AtomicBoolean();

    JakartaTransport(Session session, ContainerSessions sessions, BlockingCalls calls) {
        this.session = session;
        this.sessions = sessions;
        this.calls = calls;
        this.remote = session.getAsyncRemote();
    }

    @Override
    public String name() {
        return "portable";
    }

    @Override
    public boolean write(List<Publication> messages, Runnable done) {
        return new Write(List.copyOf(messages), done).sendAll();
    }

    /** Control frames may go out between a container's data frames, so a write that begins meanwhile is no harm. */
    @Override
    public void ping(int nonce) {
        if (!ended.get() && pinging.compareAndSet(false, true)) {
            boolean taken = calls.ping(() -> {
                try {
                    remote.sendPing(
                            ByteBuffer.allocate(Integer.BYTES).putInt(nonce).flip());
                } catch (IOException | RuntimeException e) {
                    LOG.debug("ping failed: session={} cause={}", session.getId(), e.toString());
                } finally {
                    pinging.set(false);
                }
            });
            if (!taken) {
                pinging.set(false);
            }
        }
    }

    @Override
    public void close(CloseCode code, String reason) {
        if (ended.compareAndSet(false, true)) {
            calls.close(() -> close(
                    new CloseReason(CloseReason.CloseCodes.getCloseCode(code.code()), CloseCode.clipReason(reason))));
        }
    }

    @Override
    public void abort() {
        boolean first = ended.compareAndSet(false, true);
        // Not behind the closes that wait for their peers: it is what ends those.
        if (!sessions.abort(session) && first) {
            // The portable API has none; a close whose frame cannot be written ends in the container's time-out.
            calls.close(() -> close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "")));
        }
    }

    private void close(CloseReason reason) {
        try {
            session.setMaxIdleTimeout(
                    CLOSE_TIMEOUT_MILLIS); // A peer that never answers the Close frame is ended by it.
            session.close(reason);
        } catch (IOException | RuntimeException e) {
            LOG.debug("close failed: session={} cause={}", session.getId(), e.toString());
        }
    }

    /**
     * Sends a list, one by one. A completion that comes while {@code sendText} is still on the stack only asks the loop to go on, so
     * that a long list does not become a deep stack.
     */
    private final class Write {
        private final List<Publication> messages;
        private final Runnable done;
        private int next;
        private boolean sending;
        private boolean completedInline;

        Write(List<Publication> messages, Runnable done) {
            this.messages = messages;
            this.done = done;
        }

        /** Whether all has been sent. */
        private boolean sendAll() {
            while (true) {
                Publication message;
                synchronized (this) {
                    if (next == messages.size() || !session.isOpen()) {
                        return true;
                    }
                    message = messages.get(next++);
                    sending = true;
                    completedInline = false;
                }
                try {
                    remote.sendText(message.text(), this::onSent);
                } catch (RuntimeException e) {
                    fail(e);
                    return true;
                }
                synchronized (this) {
                    sending = false;
                    if (!completedInline) {
                        return false;
                    }
                }
            }
        }

        /** A message that was not sent is a hole that the peer cannot see, so the connection does not go on. */
        private void fail(@Nullable Throwable cause) {
            LOG.debug("write failed: session={} cause={}", session.getId(), String.valueOf(cause));
            abort();
        }

        private void onSent(SendResult result) {
            if (!result.isOK()) {
                fail(result.getException());
            }
            synchronized (this) {
                if (!result.isOK()) {
                    next = messages.size();
                }
                if (sending) {
                    completedInline = true;
                    return;
                }
            }
            if (sendAll()) {
                done.run();
            }
        }
    }
}
