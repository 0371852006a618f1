package io.agx.market.server.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection with two writers: Jetty, as ever (handshake, pongs, Close), and the flush thread, which writes prebuilt frames
 * straight to the socket. One of them owns the write side at a time; the other's write is kept and follows. Each has at most one
 * write under way, so at most one of each waits.
 *
 * <p>Nothing follows a Close frame: Jetty's writes are looked at for one under the monitor under which the write side is taken. To ask
 * Jetty's session instead takes two of its locks for each write, a fifth of what a write costs us.
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
    // Guarded by writeSide: from the first transport on, Jetty writes control frames only; after a Close nobody writes.
    private boolean webSocket;
    private boolean closing;

    private final Progress progress;
    private final boolean encrypted;
    // Guarded by itself; null once they ran.
    private @Nullable List<Runnable> atEnd = new ArrayList<>(2);
    private final Object endMonitor = new Object();

    /** @param encrypted whether the bytes on the socket are TLS: then somebody above tells {@link #progress()} what they mean */
    DirectEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Progress progress,
            boolean encrypted) {
        super(channel, selector, key, scheduler);
        this.progress = progress;
        this.encrypted = encrypted;
    }

    /** The endpoint at the socket, or null if it is none of ours. */
    static @Nullable DirectEndPoint of(EndPoint endPoint) {
        EndPoint bare = endPoint;
        while (bare instanceof EndPoint.Wrapper wrapper) {
            bare = wrapper.unwrap();
        }
        return bare instanceof DirectEndPoint direct ? direct : null;
    }

    /** What this connection must finish in time. */
    Progress progress() {
        return progress;
    }

    /** Runs something when the connection has ended, at once if it has. */
    void whenEnded(Runnable action) {
        synchronized (endMonitor) {
            if (atEnd != null) {
                atEnd.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        List<Runnable> actions;
        synchronized (endMonitor) {
            actions = atEnd == null ? List.of() : atEnd;
            atEnd = null;
        }
        actions.forEach(Runnable::run);
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0 && !encrypted) {
            progress.read(filledPart(buffer, filled));
        }
        return filled;
    }

    /** What came last: Jetty fills behind what is there. */
    static ByteBuffer filledPart(ByteBuffer buffer, int filled) {
        return buffer.asReadOnlyBuffer().position(buffer.limit() - filled);
    }

    /** From now on it is a WebSocket: what Jetty writes are control frames. Called while the session opens. */
    void becomesWebSocket() {
        synchronized (writeSide) {
            webSocket = true;
        }
    }

    /** Jetty's writes: called on its threads, and on the flush thread for pings and closes. */
    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
        JettyWrite write = new JettyWrite(callback, buffers);
        synchronized (writeSide) {
            closing |= webSocket && ControlFrames.containClose(buffers);
            if (owner == Owner.FRAMES) {
                parked = write;
                return;
            }
            owner = Owner.JETTY;
        }
        super.write(write, buffers);
    }

    /**
     * Writes frames, as one piece. Called on the flush thread, when its last write has ended.
     *
     * @param frames read before this returns; not written after a Close frame
     * @param done called once, on any thread, when the write has ended, well or not; only if this returned false
     * @return whether the write has ended already
     */
    boolean writeFrames(FrameBuffer frames, Runnable done) {
        FrameWrite rest;
        try {
            synchronized (writeSide) {
                if (closing) {
                    return true;
                }
                if (owner == Owner.JETTY) {
                    waiting = new FrameWrite(frames.rest(), done);
                    return false;
                }
                if (frames.writeTo(getChannel())) {
                    return true;
                }
                rest = new FrameWrite(frames.rest(), done);
                owner = Owner.FRAMES; // Behind what allocates: nobody would give the write side back.
            }
        } catch (IOException e) {
            close(e); // The peer is gone. Outside of the monitor: this tells the session and its endpoint.
            return true;
        } catch (RuntimeException | Error e) {
            close(e); // A part of a frame may be written: nothing can follow it, not even a Close.
            throw e;
        }
        rest.iterate();
        return false;
    }

    private void superWrite(Callback callback, ByteBuffer... buffers) {
        super.write(callback, buffers);
    }

    /** The owner's write has ended: the write that waits follows. */
    private void release() {
        JettyWrite jettys;
        FrameWrite frames;
        boolean open;
        synchronized (writeSide) {
            owner = Owner.NOBODY;
            open = !closing;
            jettys = parked;
            frames = jettys == null ? waiting : null;
            if (jettys != null) {
                parked = null;
                owner = Owner.JETTY;
            } else if (frames != null) {
                waiting = null;
                owner = open ? Owner.FRAMES : Owner.NOBODY;
            }
        }
        if (jettys != null) {
            superWrite(jettys, jettys.buffers);
        } else if (frames != null && open) {
            frames.iterate();
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

    /**
     * What the socket did not take at once. Its pieces go through Jetty's own writing, which waits for the socket; where it does not have
     * to, the next piece follows without a deeper stack.
     */
    private final class FrameWrite extends IteratingCallback {
        private final Runnable done;
        private final FrameBuffer.Rest rest;

        FrameWrite(FrameBuffer.Rest rest, Runnable done) {
            this.rest = rest;
            this.done = done;
        }

        @Override
        protected Action process() {
            if (!rest.hasNext()) {
                return Action.SUCCEEDED;
            }
            superWrite(this, rest.next());
            return Action.SCHEDULED;
        }

        @Override
        protected void onCompleteSuccess() {
            release();
            done.run();
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            DirectEndPoint.this.close(cause);
            release();
            done.run();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
