package io.agx.market.server;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.metrics.Metrics;
import java.util.List;

/** What {@code /metrics} tells of the engine, by shard. */
final class EngineMeters {
    private static final double NANOS_PER_SECOND = 1e9;

    private EngineMeters() {}

    static void register(Metrics metrics, Engine engine, SnapshotCache cache) {
        List<Engine.ShardFigures> shards = engine.shards();
        for (int i = 0; i < shards.size(); i++) {
            Engine.ShardFigures shard = shards.get(i);
            String name = String.valueOf(i);
            metrics.counter(
                    "market.engine.trades", "Trades applied since the start.", shard::appliedTrades, "shard", name);
            metrics.gauge(
                    "market.engine.lag.seconds",
                    "How long the oldest group that is durable and not published yet has been so.",
                    () -> shard.lagNanos() / NANOS_PER_SECOND,
                    "shard",
                    name);
            metrics.gauge(
                    "market.engine.failed",
                    "1 if the shard's thread has stopped by a fault: its instruments stand still until a restart.",
                    () -> shard.hasFailed() ? 1 : 0,
                    "shard",
                    name);
        }
        metrics.gauge(
                "market.engine.instruments",
                "Instruments that are known.",
                () -> cache.all().size());
    }
}
