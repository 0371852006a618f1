package io.agx.market.server;

import io.agx.market.server.handshake.Admission;
import io.agx.market.server.handshake.EdgeCounters;
import io.agx.market.server.metrics.Metrics;

/** What {@code /metrics} tells of the server's edge. */
final class EdgeMeters {
    private EdgeMeters() {}

    static void register(Metrics metrics, Admission admission) {
        EdgeCounters counters = admission.counters();
        for (EdgeCounters.Reason reason : EdgeCounters.Reason.values()) {
            metrics.counter(
                    "market.edge.refusals",
                    "Requests that were refused and connections that were cut before the server saw them, by the reason.",
                    () -> counters.of(reason),
                    "reason",
                    reason.id());
        }
        metrics.gauge(
                "market.edge.addresses",
                "Addresses whose connections and handshakes are counted now.",
                admission::addressCount);
    }
}
