package io.agx.market.server;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.admin.Admin;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.room.DeliveryLatency;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** What {@code /metrics} tells of delivery. */
final class DeliveryMeters {
    /** Bounds of the latency are powers of two in microseconds: from 128 us to 8.4 s. */
    private static final int FIRST_BOUND_BITS = 7;

    private static final int LAST_BOUND_BITS = 23;

    private DeliveryMeters() {}

    static void register(Metrics metrics, SubscriberRegistry subscribers, RoomLoop loop, RoomEncoder encoder) {
        DeliveryCounters counters = subscribers.counters();
        for (DeliveryCounters.Count count : DeliveryCounters.Count.values()) {
            metrics.counter("market.delivery." + count.id(), count.sentence(), () -> counters.count(count));
        }
        for (CloseCode code : CloseCode.values()) {
            metrics.counter(
                    "market.delivery.ends",
                    "Connections that the server ended, by the code that says why.",
                    () -> counters.endCount(code),
                    "code",
                    String.valueOf(code.code()));
        }
        for (String transport : List.of("fast", "portable")) {
            metrics.gauge(
                    "market.delivery.subscribers",
                    "Connections now, by how they are written to.",
                    () -> subscribers.count(transport),
                    "transport",
                    transport);
        }
        metrics.counter(
                "market.room.encodings",
                "Messages encoded for rooms: one for each publication and selection of fields, whatever the number of members.",
                encoder::encodingCount);
        metrics.counter("market.room.rounds", "Rounds of the flush thread.", loop::roundCount);
        DeliveryLatency latency = loop.latency();
        metrics.histogram(
                "market_delivery_latency_seconds",
                "From a trade's being durable to the sockets of its readers, sampled.",
                IntStream.rangeClosed(FIRST_BOUND_BITS, LAST_BOUND_BITS)
                        .mapToDouble(bits -> (1L << bits) / 1e6)
                        .toArray(),
                () -> countsByBound(latency.counts()),
                () -> latency.totalNanos() / 1e9);
    }

    /** Each bound is a power of two, and so the end of a place: no place is shared by two bounds. */
    private static long[] countsByBound(long[] counts) {
        long[] byBound = new long[LAST_BOUND_BITS - FIRST_BOUND_BITS + 2];
        for (int place = 0; place < counts.length; place++) {
            long lastMicros = DeliveryLatency.endMicros(place) - 1;
            int bits = Long.SIZE - Long.numberOfLeadingZeros(lastMicros);
            byBound[Math.max(0, Math.min(bits - FIRST_BOUND_BITS, byBound.length - 1))] += counts[place];
        }
        return byBound;
    }

    static void registerAdmin(Metrics metrics, Admin admin) {
        metrics.counter(
                "market.admin.questions", "Operators' questions that the flush thread came to.", admin::questionCount);
        metrics.counter(
                "market.admin.hold.micros",
                "How long operators' questions held up the flush thread, in microseconds.",
                () -> TimeUnit.NANOSECONDS.toMicros(admin.totalHoldNanos()));
        metrics.gauge(
                "market.admin.longest.hold.micros",
                "The longest that an operator's question held up the flush thread since the start, in microseconds.",
                () -> TimeUnit.NANOSECONDS.toMicros(admin.longestHoldNanos()));
    }

    static void registerCompression(Metrics metrics, LongSupplier compressions) {
        metrics.counter(
                "market.delivery.compressions",
                "Messages compressed, each once for all connections that get it.",
                compressions);
    }
}
