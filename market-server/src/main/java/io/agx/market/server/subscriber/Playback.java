package io.agx.market.server.subscriber;

import io.agx.market.server.room.Publication;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What waits of a replay for one connection, in order. Owned by the flush thread, but for {@link #waitingBytes()}.
 *
 * <p>It goes behind the connection's replies and rooms: it fills what they leave of a gathered write. Nothing of it is dropped or
 * conflated; its bound is kept by who plays, who stops while too much waits.
 */
final class Playback {
    private final ArrayDeque<Publication> waiting = new ArrayDeque<>();
    // Written by the flush thread, read by the replay's.
    private volatile long waitingBytes;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Thread-safe. */
    long waitingBytes() {
        return waitingBytes;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One writer.
    void add(Publication message) {
        waiting.add(message);
        waitingBytes = waitingBytes + message.sizeBytes();
    }

    /** Moves messages to a write until it is full; at least one if the write has none yet. */
    void fill(List<Publication> write, int maxBytes) {
        long bytes = 0;
        for (Publication message : write) {
            bytes += message.sizeBytes();
        }
        long left = waitingBytes;
        while (!waiting.isEmpty()
                && (write.isEmpty() || bytes + waiting.element().sizeBytes() <= maxBytes)) {
            Publication message = waiting.remove();
            bytes += message.sizeBytes();
            left -= message.sizeBytes();
            write.add(message);
        }
        waitingBytes = left;
    }

    void clear() {
        waiting.clear();
        waitingBytes = 0;
    }
}
