package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's writer stores all that is logged, between two reads of one query. */
final class StoredWhileReadTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);

    @TempDir
    private Path folder;

    private final List<Trade> trades = new RandomTrades(7).next(BTC, 1, 300);
    private MarketData data;
    private StoreWriter writer;
    private MarketHistory market;

    @BeforeEach
    void log() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            trades.forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }
        data = MarketData.open(folder);
        SnapshotCache cache = new SnapshotCache();
        data.recover(LIMITS, 0).states().values().forEach(cache::register);
        market = new MarketHistory(cache, data.store(), LIMITS);
        writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
    }

    @AfterEach
    void close() {
        data.close();
    }

    @Test
    void aPageBySeqHasNoHole() {
        assertThat(historyThatIsStoredAfter("tradesBySeq")
                        .trades(new TradesQuery(BTC.symbol(), 1L, null, null, 300))
                        .trades())
                .isEqualTo(trades);
    }

    @Test
    void aPageByTimeHasNoTradeTwice() {
        assertThat(historyThatIsStoredAfter("lastSeq")
                        .trades(new TradesQuery(BTC.symbol(), null, 0L, null, 1_000))
                        .trades())
                .isEqualTo(trades);
    }

    private TradeHistory historyThatIsStoredAfter(String query) {
        MarketStore store = (MarketStore) Proxy.newProxyInstance(
                MarketStore.class.getClassLoader(), new Class<?>[] {MarketStore.class}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(data.store(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals(query)) {
                        writer.drain();
                    }
                    return result;
                });
        return new TradeHistory(market, store, data.log(), writer::storedPosition);
    }
}
