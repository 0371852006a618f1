package io.agx.market.server;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.List;
import java.util.function.LongSupplier;

/** What {@code /metrics} tells of delivery. */
final class DeliveryMeters {
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
    }

    static void registerCompression(Metrics metrics, LongSupplier compressions) {
        metrics.counter(
                "market.delivery.compressions",
                "Messages compressed, each once for all connections that get it.",
                compressions);
    }
}
