package io.agx.market.server.handshake;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What was refused or cut at the server's edge, and why. Thread-safe. */
public final class EdgeCounters {
    /** Why. */
    public enum Reason {
        /** A page from elsewhere. */
        ORIGIN,
        /** More handshakes of an address than it may begin. */
        HANDSHAKE_RATE,
        /** More connections of an address than it may have. */
        CONNECTIONS_PER_ADDRESS,
        /** A handshake that is none. */
        HANDSHAKE,
        /** A request's head that was not whole in time. */
        HEADER_DEADLINE,
        /** A request's body that was not whole in time. */
        BODY_DEADLINE,
        /** A response that was not read in time. */
        RESPONSE_DEADLINE,
        /** A WebSocket message that was not whole in time. */
        MESSAGE_DEADLINE,
        /** A body for which there was no room beside those that are being read. */
        BODY_ROOM;

        private final String id = name().toLowerCase(Locale.ROOT);

        /** As the metric's tag tells it. */
        public String id() {
            return id;
        }
    }

    private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

    public EdgeCounters() {
        for (Reason reason : Reason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    public void count(Reason reason) {
        adder(reason).increment();
    }

    public long of(Reason reason) {
        return adder(reason).sum();
    }

    private LongAdder adder(Reason reason) {
        LongAdder adder = counts.get(reason);
        if (adder == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        return adder;
    }
}
