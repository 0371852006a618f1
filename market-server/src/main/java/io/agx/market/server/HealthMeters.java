package io.agx.market.server;

import io.agx.market.server.health.Health;
import io.agx.market.server.metrics.Metrics;
import java.util.List;

/** What {@code /metrics} tells of health: the same that {@code /health/ready} tells. */
final class HealthMeters {
    private HealthMeters() {}

    static void register(Metrics metrics, Health health, List<String> parts) {
        metrics.gauge(
                "market.health.ready",
                "1 if /health/ready answers 200.",
                () -> health.report().status() == Health.Status.READY ? 1 : 0);
        for (String name : parts) {
            metrics.gauge(
                    "market.health.part",
                    "1 if that part of the server is well.",
                    () -> health.report().parts().stream()
                            .filter(part -> part.name().equals(name) && part.ok())
                            .count(),
                    "part",
                    name);
        }
    }
}
