package io.agx.market.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MarketRecoveryTest {
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final int COUNT = 200;
    private static final Instrument BTC = RandomTrades.instrument(1);

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

    /** As an import recovers, with the clock at 0: each trade closes the oldest second early, and 1,499 without a trade behind it. */
    @Test
    void aBoundedNumberOfCandlesWaitsHoweverRarelyWasTraded() throws IOException {
        int trades = 5_000;
        MarketRecovery recovery = new MarketRecovery(
                StateLimits.DEFAULT,
                1,
                instrument -> new InstrumentCheckpoint(0, 0, 0, 0, 0, Map.of(), List.of(), List.of()));
        FlushSizes sizes = new FlushSizes();
        Iterator<LogEntry> entries = Stream.concat(
                        Stream.of(new LogEntry.InstrumentDefined(BTC)), FlushSizes.rareTrades(trades))
                .iterator();

        recovery.replay(
                new LogReader() {
                    @Override
                    public @Nullable LogEntry next() {
                        return entries.hasNext() ? entries.next() : null;
                    }

                    @Override
                    public long position() {
                        return 0;
                    }

                    @Override
                    public void close() {}
                },
                sizes);

        assertThat(sizes.all()).isGreaterThan(1_500L * (trades - 2_000));
        assertThat(sizes.largest()).isLessThan(FlushSizes.BOUND);
        assertThat(recovery.finish(0).get(BTC.id()).seq()).isEqualTo(trades);
    }

    private static InstrumentCheckpoint checkpoint(long seq) {
        return new InstrumentCheckpoint(
                seq, RandomTrades.START, 1, 1, RandomTrades.START, Map.of(), List.of(), List.of());
    }
}
