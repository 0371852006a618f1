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
    private final ArrayDeque<Publication> waiting = new ArrayDeque<>(1); // Few connections ever play.
    // Written by the flush thread, read by the replay's.
    private volatile long waitingBytes;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int waitingMessages() {
        return waiting.size();
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

    /**
     * Moves messages to a write until it is full; at least one if the write has none yet.
     *
     * @param bytes of what the write has already
     * @return bytes of what it has then
     */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One writer.
    long fill(List<Publication> write, long bytes, int maxBytes) {
        long filled = bytes;
        while (!waiting.isEmpty()
                && (write.isEmpty() || filled + waiting.element().sizeBytes() <= maxBytes)) {
            Publication message = waiting.remove();
            filled += message.sizeBytes();
            write.add(message);
        }
        waitingBytes = waitingBytes - (filled - bytes);
        return filled;
    }

    void clear() {
        waiting.clear();
        waitingBytes = 0;
    }
}
