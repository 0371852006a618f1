package io.agx.market.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class EngineTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);

    @Test
    void anErrorThatEndsAShardIsTold() {
        try (Engine engine = new Engine(
                List.of(new InstrumentState(BTC, LIMITS)),
                LIMITS,
                new SnapshotCache(),
                durable -> MarketListener.NOBODY,
                () -> RandomTrades.START,
                false,
                2)) {
            engine.start();
            assertThat(engine.hasFailed()).isFalse();

            engine.withState(BTC, state -> {
                throw new StackOverflowError("a bug");
            });

            Awaitility.await()
                    .dontCatchUncaughtExceptions() // The shard's thread ends with it.
                    .atMost(Duration.ofSeconds(10))
                    .until(engine::hasFailed);
            assertThat(engine.shards().stream().filter(Engine.ShardFigures::hasFailed))
                    .hasSize(1);
        }
    }
}
