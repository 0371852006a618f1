package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.measure.Distribution;
import io.agx.market.server.measure.WordCounts;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** What was delivered since the start, over all connections. Counted by the flush thread, read by anyone. */
public final class DeliveryCounters {
    /** Codes of RFC 6455 section 7.4.1 that a peer may send, or a container tell; any other is one of "other". */
    private static final List<String> PEER_CODES =
            List.of("1000", "1001", "1002", "1003", "1005", "1006", "1007", "1008", "1009", "1010", "1011");

    /** A count that only rises. */
    public enum Count {
        CONNECTIONS("connections", "Connections that were opened."),
        MESSAGES("messages", "Messages handed to sockets, one for each receiver."),
        BYTES("bytes", "Bytes of these messages, before compression and framing."),
        WRITES("writes", "Writes to sockets: each holds all that was due to a connection."),
        STALLED_WRITES("writes.stalled", "Writes of which the socket took only a part at once."),
        CONFLATED("conflated", "Messages that a newer value of the same key replaced while they waited."),
        DROPPED("dropped", "Messages of log rooms that were dropped for a slow reader, who was told the gap."),
        GAPS("gaps", "Gaps that were told: log messages of a room that a connection does not get."),
        PINGS("pings", "WebSocket pings sent.");

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
    private final WordCounts peerEnds = new WordCounts(PEER_CODES);
    private final AtomicLongArray errors = new AtomicLongArray(ErrorCode.values().length);
    private final Distribution roundTrips = Distribution.ofDurations(7, 25);
    // Looked at about once a second, on the flush thread; read by anyone.
    private volatile Waiting waiting = new Waiting(0, 0, 0, 0);

    /**
     * What waits to be read by peers. Immutable.
     *
     * @param messages behind the writes that are under way
     * @param bytes of these messages; what several connections wait for is counted for each
     * @param mostBytes of one connection
     * @param writing connections whose socket has not taken the last write yet
     */
    public record Waiting(long messages, long bytes, long mostBytes, long writing) {}

    /** Called on the flush thread. */
    void add(Count count, long number) {
        addTo(counts, count.ordinal(), number);
    }

    /** The server ended a connection. Called on the flush thread. */
    void ended(CloseCode code) {
        addTo(ends, code.ordinal(), 1);
    }

    /** The peer or the network ended a connection. Called on the flush thread. */
    void endedByPeer(int code) {
        peerEnds.add(String.valueOf(code));
    }

    /** A command was answered with an error. Thread-safe. */
    void error(ErrorCode code) {
        errors.incrementAndGet(code.ordinal());
    }

    /** Called on the flush thread. */
    void waiting(Waiting now) {
        waiting = now;
    }

    /** As of the last second. */
    public Waiting waiting() {
        return waiting;
    }

    /** From a WebSocket ping to its pong: what the network and the peer take. */
    public Distribution roundTrips() {
        return roundTrips;
    }

    /** Errors sent with this code. */
    public long errorCount(ErrorCode code) {
        return errors.get(code.ordinal());
    }

    /** Connections that the peer or the network ended, by the code; 1006 without a Close frame. */
    public WordCounts peerEnds() {
        return peerEnds;
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
