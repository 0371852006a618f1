package io.agx.market.server.jetty;

import io.agx.market.server.config.EdgeConfig.Deadlines;
import io.agx.market.server.handshake.EdgeCounters.Reason;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far one connection is with what it must finish in time: a request's head, its body, the response, a WebSocket message. Each has a
 * deadline for the whole of it, which no drip of bytes moves. Thread-safe: told by the threads that read and by handlers, asked by {@link
 * DeadlineWatch}.
 */
final class Progress {
    /** How long a peer that was told to go may keep its connection. */
    private static final long CLOSE_MILLIS = 5_000;

    /** For a body that is taken in while it comes: behind the 120 s that its servlet gives it. */
    private static final long STREAM_MILLIS = 125_000;

    private enum Phase {
        /** Nothing is to be finished: idleness is judged by others. */
        REST,
        HEADER,
        BODY,
        RESPONSE,
        WEB_SOCKET,
        CLOSING,
    }

    private final Deadlines deadlines;
    private final LongSupplier nanoClock;
    // All guarded by this.
    private Phase phase = Phase.HEADER;
    private boolean armed = true;
    private long deadlineNanos;
    private HeadScanner head = new HeadScanner();
    private FrameScanner frames = new FrameScanner();
    private int seenBoundaries;
    private boolean readSinceRequest;
    private boolean framesAreKnown = true;
    private @Nullable Runnable whenOverdue;

    Progress(Deadlines deadlines, LongSupplier nanoClock) {
        this.deadlines = deadlines;
        this.nanoClock = nanoClock;
        arm(deadlines.headerMillis()); // From the accept on, so that who sends nothing at all is in it.
    }

    /** Bytes have come, decrypted. They stay in the buffer. */
    synchronized void read(ByteBuffer bytes) {
        if (phase == Phase.WEB_SOCKET) {
            readFrames(bytes);
            return;
        }
        if (phase == Phase.REST) {
            phase = Phase.HEADER;
            head = new HeadScanner();
            arm(deadlines.headerMillis());
        }
        if (phase == Phase.HEADER) {
            readSinceRequest = true;
            readHead(bytes.slice());
        }
    }

    /** A request's head is whole. */
    synchronized void requestBegins(boolean hasBody) {
        // Two requests in one segment: where the second one's head ends was not looked at.
        framesAreKnown = readSinceRequest && head.hasEnded();
        readSinceRequest = false;
        phase = hasBody ? Phase.BODY : Phase.RESPONSE;
        arm(deadlines.bodyMillis());
    }

    /** A servlet reads the rest of the body, and has its own deadline for it: this one is behind it. */
    synchronized void bodyStreams() {
        if (phase == Phase.BODY) {
            arm(Math.max(deadlines.bodyMillis(), STREAM_MILLIS));
        }
    }

    /** The request's body is whole. */
    synchronized void bodyEnds() {
        if (phase == Phase.BODY) {
            phase = Phase.RESPONSE;
            whenOverdue = null;
            arm(deadlines.bodyMillis());
        }
    }

    /** The response is written, and no WebSocket. */
    synchronized void exchangeEnds() {
        if (phase == Phase.BODY || phase == Phase.RESPONSE) {
            phase = Phase.REST;
            whenOverdue = null;
            armed = false;
        }
    }

    /** The connection is a WebSocket from here on; the bytes behind the handshake's head are its first. */
    synchronized void becomesWebSocket() {
        phase = Phase.WEB_SOCKET;
        armed = false;
        whenOverdue = null;
        judgeFrames();
    }

    /** Whether frames can be followed from the first on: only if the handshake was alone in what was read. */
    synchronized boolean knowsFrames() {
        return framesAreKnown;
    }

    /** What to do first when the deadline of the body or of a message passes; the connection is cut only later. */
    synchronized void whenOverdue(Runnable action) {
        whenOverdue = action;
    }

    /** What is overdue now, or null. */
    synchronized @Nullable Overdue overdue() {
        if (!armed || nanoClock.getAsLong() - deadlineNanos < 0) {
            return null;
        }
        Reason reason = switch (phase) {
            case HEADER, REST -> Reason.HEADER_DEADLINE;
            case BODY -> Reason.BODY_DEADLINE;
            case RESPONSE -> Reason.RESPONSE_DEADLINE;
            case WEB_SOCKET -> Reason.MESSAGE_DEADLINE;
            case CLOSING -> null;
        };
        Runnable action = whenOverdue;
        whenOverdue = null;
        if (action == null) {
            armed = false;
        } else {
            phase = Phase.CLOSING;
            arm(CLOSE_MILLIS);
        }
        return new Overdue(reason, action);
    }

    /**
     * @param reason null where it was told already
     * @param action what ends the connection with a word, or null if it is to be cut
     */
    record Overdue(@Nullable Reason reason, @Nullable Runnable action) {}

    private void readHead(ByteBuffer bytes) {
        while (bytes.hasRemaining() && !head.hasEnded()) {
            if (head.take(bytes.get())) {
                frames = new FrameScanner();
                seenBoundaries = 0;
            }
        }
        if (head.hasEnded()) {
            frames.read(bytes); // If it is a handshake.
        }
    }

    private void readFrames(ByteBuffer bytes) {
        frames.read(bytes);
        judgeFrames();
    }

    private void judgeFrames() {
        boolean another = frames.boundaries() != seenBoundaries;
        seenBoundaries = frames.boundaries();
        if (!frames.isUnfinished()) {
            armed = false;
        } else if (!armed || another) {
            arm(deadlines.messageMillis());
        }
    }

    private void arm(long millis) {
        armed = true;
        deadlineNanos = nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
