package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store's thread does while much is left to copy, and when something fails; the database is real, and each call of it is seen. */
final class StoreWriterTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int GROUP = 8_192;

    @TempDir
    private Path folder;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    /** What the writer told of its fault as each transaction began. */
    private final List<String> told = new CopyOnWriteArrayList<>();

    private SegmentedTradeLog log;
    private MarketStore store;

    @BeforeEach
    void open() throws IOException {
        log = SegmentedTradeLog.open(folder.resolve("log"));
        store = StoreDatabase.openEmbedded(folder.resolve("db"));
        store.bind(log.epoch());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        log.close();
    }

    @Test
    void whatElseIsToBeDoneIsDoneWhileMuchIsLeftToCopy() {
        fillLog((StoreWriter.MAX_ROUND_STRETCHES + 1) * StoreWriter.MAX_BATCH_TRADES);
        StoreWriter writer = writer(commit -> {});

        writer.start();
        awaitAllStored(writer);
        writer.close();

        List<String> made = new ArrayList<>(calls);
        int lastCommit = made.lastIndexOf("commit");
        assertThat(made.indexOf("dropOldTrades")).isBetween(0, lastCommit);
        assertThat(made.indexOf("saveTickers")).isBetween(0, lastCommit);
        assertThat(made.indexOf("onStored")).isBetween(0, lastCommit);
    }

    @Test
    void aFaultIsOverOnceAStretchIsStoredHoweverMuchIsLeft() {
        fillLog(3 * StoreWriter.MAX_BATCH_TRADES);
        StoreWriter writer = writer(commit -> {
            if (commit == 1) {
                throw new StoreException(new SQLException("refused"));
            }
        });

        writer.start();
        awaitAllStored(writer);
        writer.close();

        assertThat(told.get(0)).isEqualTo("null");
        assertThat(told.get(1)).contains("refused");
        assertThat(told.subList(2, told.size())).isNotEmpty().containsOnly("null");
    }

    @Test
    void aStopAmidARebuildEndsAfterOneRoundAndTheNextStartGoesOn() throws IOException {
        int trades = (StoreWriter.MAX_ROUND_STRETCHES + 2) * StoreWriter.MAX_BATCH_TRADES;
        fillLog(trades);
        AtomicReference<Thread> stop = new AtomicReference<>();
        StoreWriter writer = writer(commit -> {
            if (commit == 1) {
                stop.get().start();
                awaitUntil(() -> stop.get().getState() == Thread.State.TIMED_WAITING);
            }
        });
        stop.set(new Thread(writer::close, "stop"));

        writer.start();
        awaitUntil(() -> stop.get().getState() == Thread.State.TERMINATED);

        assertThat(writer.commitCount()).isBetween(1L, 1L + StoreWriter.MAX_ROUND_STRETCHES);
        assertThat(calls.get(calls.size() - 1)).as("the last of all").isEqualTo("flush");
        assertThat(store.checkpointPosition())
                .isEqualTo(writer.storedPosition())
                .isLessThan(log.durablePosition());

        new StoreWriter(store, log, Map::of, position -> {}).drain();
        assertThat(store.lastSeq(BTC.id())).isEqualTo(trades);
    }

    @Test
    void anErrorIsToldAndWhatItCutIsStoredAgain() {
        fillLog(10);
        StoreWriter writer = writer(commit -> {
            if (commit == 1) {
                throw new StackOverflowError("a bug");
            }
        });

        writer.start();
        awaitAllStored(writer);
        writer.close();

        assertThat(told.get(1)).contains("StackOverflowError: a bug");
        assertThat(writer.failure()).isNull();
        assertThat(writer.failureCount()).isEqualTo(1);
        assertThat(store.lastSeq(BTC.id())).isEqualTo(10);
    }

    /** @param beforeCommit given how many transactions there were with the one that is about to begin; called on the store's thread */
    private StoreWriter writer(Consumer<Integer> beforeCommit) {
        AtomicReference<StoreWriter> writer = new AtomicReference<>();
        MarketStore watched = (MarketStore) Proxy.newProxyInstance(
                MarketStore.class.getClassLoader(), new Class<?>[] {MarketStore.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (method.getName().equals("commit")) {
                        told.add(String.valueOf(writer.get().failure()));
                        beforeCommit.accept(told.size());
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        writer.set(new StoreWriter(watched, log, Map::of, position -> calls.add("onStored")));
        return writer.get();
    }

    /** Trades a hundredth of a second apart. */
    private void fillLog(int count) {
        log.append(new LogEntry.InstrumentDefined(BTC));
        for (int seq = 1; seq <= count; seq++) {
            log.append(new LogEntry.TradeAccepted(
                    BTC.id(),
                    new Trade(
                            seq,
                            Integer.toString(seq),
                            10_000 + seq % 97,
                            1_000,
                            Side.BUY,
                            RandomTrades.START + seq * 10L,
                            false)));
            if (seq % GROUP == 0) {
                log.force();
            }
        }
        log.force();
    }

    private void awaitAllStored(StoreWriter writer) {
        awaitUntil(() -> writer.storedPosition() == log.durablePosition());
    }

    private static void awaitUntil(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }
}
