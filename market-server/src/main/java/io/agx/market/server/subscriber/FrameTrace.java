package io.agx.market.server.subscriber;

import io.agx.market.server.room.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The newest text messages of one connection, both ways, as an operator looks at them. Owned by the flush thread, but for what is said to be
 * thread-safe. It holds at most 3 MB: {@link #MAX_FRAMES} beginnings of at most {@link #MAX_CHARS} characters.
 */
public final class FrameTrace {
    /** Messages that are kept; older ones are lost. */
    public static final int MAX_FRAMES = 1_000;

    /** Characters of a message that are shown. */
    public static final int MAX_CHARS = 1_024;

    /** UTF-8 needs at most three bytes for a char of Java; one more character, so that the last that is shown is whole. */
    private static final int MAX_BYTES = 3 * (MAX_CHARS + 1);

    /** Messages of the peer that wait for the flush thread; more are lost, so that a flood is bounded. */
    private static final int MAX_ARRIVING = 256;

    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private final AtomicInteger arriving = new AtomicInteger();
    private final AtomicInteger overrun = new AtomicInteger();
    private long lastNumber;

    /** One message. Immutable; its text is made when it is asked for, on the thread that asks. */
    public static final class Frame {
        private final long number;
        private final long timeMillis;
        private final boolean incoming;
        private final int bytes;
        // Its first bytes, UTF-8.
        private final byte[] start;

        private Frame(long number, long timeMillis, boolean incoming, int bytes, byte[] start) {
            this.number = number;
            this.timeMillis = timeMillis;
            this.incoming = incoming;
            this.bytes = bytes;
            this.start = start;
        }

        /** Counts the messages of the trace, from 1. */
        public long number() {
            return number;
        }

        /** When it was handed to the socket, or had arrived; epoch milliseconds. */
        public long timeMillis() {
            return timeMillis;
        }

        /** Whether the peer sent it. */
        public boolean incoming() {
            return incoming;
        }

        /** Of the whole message. */
        public int bytes() {
            return bytes;
        }

        /** Its first {@link #MAX_CHARS} characters, without what looks like a token. */
        public String text() {
            return TraceText.clip(TraceText.withoutTokens(new String(start, StandardCharsets.UTF_8)), MAX_CHARS);
        }
    }

    /**
     * What came after a message.
     *
     * @param next number of the newest one: ask for what comes after it
     * @param lost how many of those asked for are gone already
     */
    public record Page(long next, long lost, List<Frame> frames) {}

    /** Keeps what is written now. */
    void out(List<Publication> written, long nowMillis) {
        for (int i = 0; i < written.size(); i++) {
            byte[] json = written.get(i).json();
            add(nowMillis, false, json.length, Arrays.copyOf(json, Math.min(json.length, MAX_BYTES)));
        }
    }

    /**
     * What the flush thread is to do to keep a message of the peer, or null if too many wait for it. What holds a secret is left out here.
     * Thread-safe.
     */
    @Nullable
    Runnable in(String text, long nowMillis) {
        if (arriving.incrementAndGet() > MAX_ARRIVING) {
            arriving.decrementAndGet();
            overrun.incrementAndGet();
            return null;
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        byte[] start = TraceText.clip(TraceText.ofPeer(text), MAX_CHARS).getBytes(StandardCharsets.UTF_8);
        return () -> {
            arriving.decrementAndGet();
            add(nowMillis, true, bytes, start);
        };
    }

    /** The messages after that of a number. */
    public Page after(long number) {
        List<Frame> asked = new ArrayList<>();
        for (Frame frame : frames) {
            if (frame.number > number) {
                asked.add(frame);
            }
        }
        long lost = Math.max(0, lastNumber - Math.max(0, number) - asked.size());
        return new Page(lastNumber, lost, asked);
    }

    private void add(long timeMillis, boolean incoming, int bytes, byte[] start) {
        lastNumber += overrun.getAndSet(0) + 1; // What was overrun has numbers, and is lost.
        if (frames.size() == MAX_FRAMES) {
            frames.remove();
        }
        frames.add(new Frame(lastNumber, timeMillis, incoming, bytes, start));
    }
}
