package io.agx.market.server.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection with two writers: Jetty, as ever (handshake, pongs, Close), and the flush thread, which writes prebuilt frames
 * straight to the socket. One of them owns the write side at a time; the other's write is kept and follows. Each has at most one
 * write under way, so at most one of each waits.
 *
 * <p>Nothing follows a Close frame: whether the session's output is open is asked under the same monitor under which the write
 * side is taken, and Jetty marks it closed before it writes the frame.
 */
final class DirectEndPoint extends SocketChannelEndPoint {
    private enum Owner {
        NOBODY,
        JETTY,
        FRAMES
    }

    private final Object writeSide = new Object();
    // Guarded by writeSide.
    private Owner owner = Owner.NOBODY;
    private @Nullable JettyWrite parked;
    private @Nullable FrameWrite waiting;

    DirectEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /** Jetty's writes: called on its threads, and on the flush thread for pings and closes. */
    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
        JettyWrite write = new JettyWrite(callback, buffers);
        synchronized (writeSide) {
            if (owner == Owner.FRAMES) {
                parked = write;
                return;
            }
            owner = Owner.JETTY;
        }
        super.write(write, buffers);
    }

    @Override
    public @Nullable Callback cancelWrite(Throwable cause) {
        synchronized (writeSide) {
            if (parked != null) {
                Callback cancelled = parked.callback;
                parked = null;
                return cancelled;
            }
        }
        return super.cancelWrite(cause);
    }

    /**
     * Writes frames, as one piece. Called on the flush thread, when its last write has ended.
     *
     * @param session tells whether a Close frame went out already; then nothing is written
     * @param frames read before this returns
     * @param done called once, on any thread, when the write has ended, well or not; only if this returned false
     * @return whether the write has ended already
     */
    boolean writeFrames(CoreSession session, FrameBuffer frames, Runnable done) {
        FrameWrite rest;
        try {
            synchronized (writeSide) {
                if (!session.isOutputOpen()) {
                    return true;
                }
                if (owner == Owner.JETTY) {
                    waiting = new FrameWrite(session, frames.rest(), done);
                    return false;
                }
                if (frames.writeTo(getChannel())) {
                    return true;
                }
                owner = Owner.FRAMES;
                rest = new FrameWrite(session, frames.rest(), done);
            }
        } catch (IOException e) {
            close(e); // The peer is gone. Outside of the monitor: this tells the session and its endpoint.
            return true;
        }
        rest.writeNext();
        return false;
    }

    private void superWrite(Callback callback, ByteBuffer... buffers) {
        super.write(callback, buffers);
    }

    /** The owner's write has ended: the write that waits follows. */
    private void release() {
        JettyWrite jettys;
        FrameWrite frames;
        boolean open = true;
        synchronized (writeSide) {
            owner = Owner.NOBODY;
            jettys = parked;
            frames = jettys == null ? waiting : null;
            if (jettys != null) {
                parked = null;
                owner = Owner.JETTY;
            } else if (frames != null) {
                waiting = null;
                open = frames.session.isOutputOpen();
                owner = open ? Owner.FRAMES : Owner.NOBODY;
            }
        }
        if (jettys != null) {
            superWrite(jettys, jettys.buffers);
        } else if (frames != null && open) {
            frames.writeNext();
        } else if (frames != null) {
            frames.done.run();
        }
    }

    /** A write of Jetty: gives the write side back before Jetty hears of it, for it may write again at once. */
    private final class JettyWrite implements Callback {
        private final Callback callback;
        private final ByteBuffer[] buffers;

        JettyWrite(Callback callback, ByteBuffer[] buffers) {
            this.callback = callback;
            this.buffers = buffers;
        }

        @Override
        public void succeeded() {
            release();
            callback.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            release();
            callback.failed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return callback.getInvocationType();
        }
    }

    /** What the socket did not take at once. Its pieces go through Jetty's own writing, which waits for the socket. */
    private final class FrameWrite implements Callback {
        private final CoreSession session;
        private final Runnable done;
        private final FrameBuffer.Rest rest;

        FrameWrite(CoreSession session, FrameBuffer.Rest rest, Runnable done) {
            this.session = session;
            this.rest = rest;
            this.done = done;
        }

        void writeNext() {
            superWrite(this, rest.next());
        }

        @Override
        public void succeeded() {
            if (rest.hasNext()) {
                writeNext();
            } else {
                release();
                done.run();
            }
        }

        @Override
        public void failed(Throwable cause) {
            close(cause);
            release();
            done.run();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
