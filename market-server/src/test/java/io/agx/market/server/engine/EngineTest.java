package io.agx.market.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EngineTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final Instrument ETH = RandomTrades.instrument(2);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);

    private final Engine engine = new Engine(
            List.of(new InstrumentState(BTC, LIMITS), new InstrumentState(ETH, LIMITS)),
            LIMITS,
            new SnapshotCache(),
            durable -> MarketListener.NOBODY,
            () -> RandomTrades.START,
            false,
            2);

    @AfterEach
    void close() {
        engine.close();
    }

    private void failShardOf(Instrument instrument) {
        engine.withState(instrument, state -> {
            throw new StackOverflowError("a bug");
        });
        Awaitility.await()
                .dontCatchUncaughtExceptions() // The shard's thread ends with it.
                .atMost(Duration.ofSeconds(10))
                .until(engine::hasFailed);
    }

    private void makeDurable(Instrument instrument, int count) {
        for (Trade trade : new RandomTrades(1).next(instrument, 1, count)) {
            engine.onDurable(List.of(new LogEntry.TradeAccepted(instrument.id(), trade)), trade.seq());
        }
    }

    @Test
    void anErrorThatEndsAShardIsTold() {
        engine.start();
        assertThat(engine.hasFailed()).isFalse();

        failShardOf(BTC);

        assertThat(engine.shards().stream().filter(Engine.ShardFigures::hasFailed))
                .hasSize(1);
    }

    @Test
    void aShardThatFailedHoldsUpNoOther() {
        engine.start();
        failShardOf(BTC);
        int moreThanAQueue = 2 * Engine.QUEUE_CAPACITY;

        makeDurable(ETH, moreThanAQueue);

        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(10))
                .until(() -> engine.appliedTrades() == moreThanAQueue);
    }

    @Test
    void theLagOfAThreadThatHangsIsThatOfTheTradesBehindWhatWakesIt() throws InterruptedException {
        engine.start();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        engine.withState(BTC, state -> {
            hangs.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        hangs.await();
        engine.withState(BTC, state -> {});
        makeDurable(BTC, 1);

        assertThat(engine.shards().get(BTC.id() % 2).lagNanos()).isPositive();
        goOn.countDown();
    }
}
