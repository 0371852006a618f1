package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import java.util.concurrent.atomic.AtomicLongArray;

/** What was delivered since the start, over all connections. Counted by the flush thread, read by anyone. */
public final class DeliveryCounters {
    /** A count that only rises. */
    public enum Count {
        CONNECTIONS("connections", "Connections that were opened."),
        MESSAGES("messages", "Messages handed to sockets, one for each receiver."),
        BYTES("bytes", "Bytes of these messages, before compression and framing."),
        WRITES("writes", "Writes to sockets: each holds all that was due to a connection."),
        STALLED_WRITES("writes.stalled", "Writes of which the socket took only a part at once."),
        CONFLATED("conflated", "Messages that a newer value of the same key replaced while they waited."),
        DROPPED("dropped", "Messages of log rooms that were dropped for a slow reader, who was told the gap.");

        private final String id;
        private final String sentence;

        Count(String id, String sentence) {
            this.id = id;
            this.sentence = sentence;
        }

        /** Stable name, with dots. */
        public String id() {
            return id;
        }

        public String sentence() {
            return sentence;
        }
    }

    private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);
    private final AtomicLongArray ends = new AtomicLongArray(CloseCode.values().length);

    /** Called on the flush thread. */
    void add(Count count, long number) {
        addTo(counts, count.ordinal(), number);
    }

    /** The server ended a connection. Called on the flush thread. */
    void ended(CloseCode code) {
        addTo(ends, code.ordinal(), 1);
    }

    public long count(Count count) {
        return counts.get(count.ordinal());
    }

    /** Connections that the server ended with this code, or for this reason without a Close frame. */
    public long endCount(CloseCode code) {
        return ends.get(code.ordinal());
    }

    /** One writer: no atomic step is needed. */
    private static void addTo(AtomicLongArray array, int index, long number) {
        array.setOpaque(index, array.getPlain(index) + number);
    }
}
