package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreBatch;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data folder with its database: what is restored from both, and what does not belong together. */
abstract class MarketDataTest {
    static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    static final Instrument BTC = RandomTrades.instrument(1);
    static final int TRADES = 3_000;
    private static final int POSITIONS = 8;

    @TempDir
    Path folder;

    final long seed = System.nanoTime();
    final RandomTrades source = new RandomTrades(seed);

    /** Where the database of the test is; the same at every call until the next {@link #forgetDatabase()}. */
    abstract StoreConfig database();

    /** From here on {@link #database()} is a new, empty one. */
    abstract void forgetDatabase();

    /** Closed candles that no transaction has yet are in memory only: a reload of the checkpoint must bring them back from the log. */
    @ParameterizedTest(name = "logs up to {0} bytes are replayed whole")
    @ValueSource(longs = {0, Long.MAX_VALUE})
    void restoredFromACheckpointAtAnyPositionEqualsTheStateThatNeverStopped(long maxReplayedBytes) throws IOException {
        List<Trade> trades = source.next(BTC, 1, TRADES);
        log(folder, trades);
        InstrumentState neverStopped = new InstrumentState(BTC, LIMITS);
        for (Trade trade : trades) {
            neverStopped.apply(trade);
            neverStopped.advance(trade.timeMillis());
            if (trade.seq() % 7 == 0) {
                neverStopped.flush(MarketListener.NOBODY);
            }
        }
        long clock = source.timeMillis() + 90_000;
        neverStopped.advance(clock);
        neverStopped.flush(MarketListener.NOBODY);
        Random random = new Random(seed);
        for (int i = 0; i < POSITIONS; i++) {
            forgetDatabase();
            int stored = i == 0 ? 0 : i == 1 ? TRADES : random.nextInt(TRADES);
            try (MarketData data = MarketData.open(folder, database())) {
                storeFirst(data, stored, random);
            }
            try (MarketData data = MarketData.open(folder, database())) {
                MarketData.Recovered recovered = data.recover(LIMITS, clock, maxReplayedBytes);
                assertThat(recovered.replayedTrades()).isEqualTo(maxReplayedBytes == 0 ? TRADES - stored : TRADES);
                assertSame(recovered.states().get(1).snapshot(), neverStopped.snapshot(), stored);
                assertNothingIsLate(recovered.states().get(1).snapshot(), stored);
            }
        }
    }

    @Test
    void refusesTheDatabaseOfAnotherLog() throws IOException {
        Path other = folder.resolve("other");
        log(folder, source.next(BTC, 1, 10));
        log(other, source.next(BTC, 1, 10));
        MarketData.open(folder, database()).close();
        moveDatabase(folder, other);

        assertThatThrownBy(() -> MarketData.open(other, database()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("copy of another trade log");
    }

    /** The other folder gets the database of the first. */
    abstract void moveDatabase(Path from, Path to) throws IOException;

    @Test
    void refusesADatabaseThatIsAheadOfTheLog() throws IOException {
        log(folder, source.next(BTC, 1, 10));
        DataFolders.copy(folder.resolve("log"), folder.resolve("older"));
        log(folder, source.next(BTC, 11, 10));
        try (MarketData data = MarketData.open(folder, database())) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
        }
        DataFolders.delete(folder.resolve("log"));
        DataFolders.copy(folder.resolve("older"), folder.resolve("log"));

        assertThatThrownBy(() -> MarketData.open(folder, database()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ahead of the trade log");
    }

    @Test
    void refusesALogWhoseBeginningWasDroppedWithoutTheDatabaseThatHasIt() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"), 1_000)) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            for (Trade trade : source.next(BTC, 1, 200)) {
                log.append(new LogEntry.TradeAccepted(1, trade));
                log.force();
            }
            log.dropBefore(log.durablePosition(), 0);
            assertThat(log.startPosition()).isPositive();
        }

        assertThatThrownBy(() -> MarketData.open(folder, database()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("put it back");
    }

    static void log(Path dataDir, List<Trade> trades) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(dataDir.resolve("log"))) {
            if (trades.get(0).seq() == 1) {
                log.append(new LogEntry.InstrumentDefined(BTC));
            }
            trades.forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }
    }

    /** Copies that many trades into the database, in batches of any size, as the store's writer would. */
    static void storeFirst(MarketData data, int count, Random random) throws IOException {
        MarketStore store = data.store();
        long stored = 0;
        try (LogReader reader = data.log().reader(data.log().startPosition())) {
            reader.next();
            store.commit(new StoreBatch(List.of(BTC), Map.of(), Map.of(), reader.position()));
            while (stored < count) {
                int size = (int) Math.min(count - stored, 1 + random.nextInt(700));
                KlineAggregator aggregator = new KlineAggregator();
                List<Trade> batch = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    Trade trade = ((LogEntry.TradeAccepted) Objects.requireNonNull(reader.next())).trade();
                    batch.add(trade);
                    aggregator.add(trade);
                }
                store.commit(
                        new StoreBatch(List.of(), Map.of(1, batch), Map.of(1, aggregator.drain()), reader.position()));
                stored += size;
            }
        }
    }

    private void assertSame(InstrumentSnapshot restored, InstrumentSnapshot expected, int stored) {
        String as = "seed " + seed + ", restored after " + stored + " trades";
        assertThat(restored.seq()).as(as).isEqualTo(expected.seq());
        assertThat(restored.ticker()).as(as).isEqualTo(expected.ticker());
        assertThat(restored.trades()).as(as).isEqualTo(expected.trades());
        for (KlineInterval interval : KlineInterval.values()) {
            KlineWindow window = restored.klines(interval);
            KlineWindow wanted = expected.klines(interval);
            assertThat(numbers(window)).as(as + " " + interval).isEqualTo(numbers(wanted));
            assertThat(window.coversFrom()).as(as + " " + interval).isEqualTo(wanted.coversFrom());
        }
    }

    private void assertNothingIsLate(InstrumentSnapshot restored, int stored) {
        for (KlineInterval interval : KlineInterval.values()) {
            KlineWindow window = restored.klines(interval);
            assertThat(window.newest(window.size()))
                    .as("seed " + seed + ", restored after " + stored + " trades " + interval)
                    .allSatisfy(kline ->
                            assertThat(kline.cause()).isEqualTo(kline.closed() ? KlineCause.CLOCK : KlineCause.TRADE));
        }
    }

    /** All but the cause, which tells of the moment of a flush. */
    private static List<Kline> numbers(KlineWindow window) {
        return window.newest(window.size()).stream()
                .map(kline -> kline.as(kline.closed(), KlineCause.TRADE))
                .toList();
    }
}
