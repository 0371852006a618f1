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
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The portable transport: {@code RemoteEndpoint.Async}, one message in flight per connection, the next from its completion.
 * Containers queue what is sent beyond that without a bound (Jetty) or refuse it (Tomcat), so it is never sent.
 */
final class JakartaTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(JakartaTransport.class);

    /** Close handshakes may block in a container; they never run on the flush thread. Bounded, then the connection is left to die. */
    private static final Executor CLOSER = closer();

    private final Session session;
    private final SessionAborter aborter;
    private final RemoteEndpoint.Async remote;
    private final AtomicBoolean ended = new AtomicBoolean();

    JakartaTransport(Session session, SessionAborter aborter) {
        this.session = session;
        this.aborter = aborter;
        this.remote = session.getAsyncRemote();
    }

    @Override
    public String name() {
        return "portable";
    }

    @Override
    public boolean write(List<Publication> messages, Runnable done) {
        return new Write(messages, done).start();
    }

    @Override
    public void ping() {
        try {
            remote.sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            LOG.debug("ping failed: session={} cause={}", session.getId(), e.toString());
        }
    }

    @Override
    public void close(CloseCode code, String reason) {
        if (ended.compareAndSet(false, true)) {
            CLOSER.execute(
                    () -> close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code.code()), clip(reason))));
        }
    }

    @Override
    public void abort() {
        if (ended.compareAndSet(false, true)) {
            CLOSER.execute(() -> {
                if (!aborter.abort(session)) {
                    // The portable API has none; a close whose frame cannot be written ends in the container's
                    // time-out.
                    close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, ""));
                }
            });
        }
    }

    @Override
    public boolean isOpen() {
        return !ended.get() && session.isOpen();
    }

    private void close(CloseReason reason) {
        try {
            session.close(reason);
        } catch (IOException | RuntimeException e) {
            LOG.debug("close failed: session={} cause={}", session.getId(), e.toString());
        }
    }

    /** A close reason has at most 123 bytes (RFC 6455 section 5.5); ours are ASCII. */
    private static String clip(String reason) {
        return reason.length() <= 120 ? reason : reason.substring(0, 120);
    }

    private static Executor closer() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                4,
                4,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(65_536),
                task -> {
                    Thread thread = new Thread(task, "market-close");
                    thread.setDaemon(true);
                    return thread;
                },
                (task, pool) -> LOG.warn("too many connections are closing; one is left to its time-out"));
        executor.allowCoreThreadTimeOut(true);
        return executor;
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

        boolean start() {
            return sendAll();
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
                    LOG.debug("write failed: session={} cause={}", session.getId(), e.toString());
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

        private void onSent(SendResult result) {
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
