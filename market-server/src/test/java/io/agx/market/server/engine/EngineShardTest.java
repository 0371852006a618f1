package io.agx.market.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class EngineShardTest {
    private static final Instrument BTC = RandomTrades.instrument(1);

    @Test
    void anInstrumentThatIsDefinedLaterShowsTheClockBeforeItTrades() {
        SnapshotCache cache = new SnapshotCache();
        try (Engine engine = engine(List.of(), cache, MarketListener.NOBODY, false)) {
            engine.start();

            engine.onDurable(List.of(new LogEntry.InstrumentDefined(BTC)), 1);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> cache.snapshot(BTC.symbol())
                            .map(InstrumentSnapshot::clockMillis)
                            .filter(clock -> clock == RandomTrades.START)
                            .isPresent());
        }
    }

    /** A replay at full speed gives many trades at a time, and they move the clock: 1,499 seconds without a trade close before each. */
    @Test
    void aBoundedNumberOfCandlesWaitsHoweverRarelyWasTraded() {
        int trades = 1_000;
        FlushSizes sizes = new FlushSizes();
        InstrumentState state = new InstrumentState(BTC, StateLimits.DEFAULT);
        try (Engine engine = engine(List.of(state), new SnapshotCache(), sizes, true)) {
            engine.start();

            engine.onDurable(FlushSizes.rareTrades(trades).toList(), 1);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> state.snapshot().seq() == trades);
        }
        assertThat(sizes.all()).isGreaterThan(1_500L * (trades - 1));
        assertThat(sizes.largest()).isLessThan(FlushSizes.BOUND);
    }

    private static Engine engine(
            List<InstrumentState> states, SnapshotCache cache, MarketListener listener, boolean tradesMoveClock) {
        return new Engine(
                states, StateLimits.DEFAULT, cache, durable -> listener, () -> RandomTrades.START, tradesMoveClock, 1);
    }
}
