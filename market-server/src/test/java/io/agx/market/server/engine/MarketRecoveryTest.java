package io.agx.market.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MarketRecoveryTest {
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final int COUNT = 200;

    private final List<Instrument> instruments =
            IntStream.rangeClosed(1, COUNT).mapToObj(RandomTrades::instrument).toList();

    @Test
    void noMoreCheckpointsAreReadAtOnceThanTheStoreHasReaders() {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        MarketRecovery recovery = new MarketRecovery(LIMITS, 1, instrument -> {
            readers.add(Thread.currentThread());
            most.accumulateAndGet(reading.incrementAndGet(), Math::max);
            Thread.yield();
            reading.decrementAndGet();
            return checkpoint(instrument.id());
        });

        recovery.restore(instruments);

        assertThat(readers).hasSize(1);
        assertThat(most).hasValue(1);
        assertThat(recovery.finish(RandomTrades.START))
                .hasSize(COUNT)
                .allSatisfy((id, state) -> assertThat(state.seq()).isEqualTo(id.longValue()));
    }

    @Test
    void aCheckpointThatCannotBeReadIsToldOnceNobodyReadsAnyMore() {
        IllegalStateException fault = new IllegalStateException("the 50th cannot be read");
        AtomicInteger reading = new AtomicInteger();
        MarketRecovery recovery = new MarketRecovery(LIMITS, 6, instrument -> {
            reading.incrementAndGet();
            try {
                if (instrument.id() == 50) {
                    throw fault;
                }
                return checkpoint(instrument.id());
            } finally {
                reading.decrementAndGet();
            }
        });

        assertThatThrownBy(() -> recovery.restore(instruments)).isSameAs(fault);
        assertThat(reading).hasValue(0);
    }

    private static InstrumentCheckpoint checkpoint(long seq) {
        return new InstrumentCheckpoint(
                seq, RandomTrades.START, 1, 1, RandomTrades.START, Map.of(), List.of(), List.of());
    }
}
