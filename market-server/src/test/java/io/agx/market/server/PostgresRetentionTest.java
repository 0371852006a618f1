package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.history.TradeStretch;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.SeqRange;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreInfo;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old trades go by whole partitions; what is left says so. */
final class PostgresRetentionTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final long MONDAY = Instant.parse("2026-08-03T00:00:00Z").toEpochMilli();
    private static final long DAY = TimeUnit.DAYS.toMillis(1);
    private static final int WEEKS = 6;
    private static final int PER_WEEK = 300;
    /** The newest trade is of the 42nd day: the 14 days before begin amid the fourth week, which is kept whole. */
    private static final long KEPT = MONDAY + 3 * 7 * DAY;

    @TempDir
    private Path folder;

    private final List<Trade> trades = trades();
    private final StoreConfig database = Postgres.shared().newDatabase().withRetainDays(14);

    @Test
    void whatIsTooOldIsGoneAndItsCandlesStay() throws IOException {
        fill();
        try (MarketData data = MarketData.open(folder, database)) {
            assertThat(data.store().keptTimeMillis()).isEqualTo(KEPT);
            assertThat(data.store().tradesBySeq(1, 1, Long.MAX_VALUE, Integer.MAX_VALUE))
                    .isEqualTo(kept());
            assertThat(data.store().tradesBySeq(1, 1, Long.MAX_VALUE, 7)).isEqualTo(kept().subList(0, 7));
            assertThat(data.store().tradesByTime(1, SeqRange.ALL, 0, Long.MAX_VALUE, 10, false))
                    .isEqualTo(kept().subList(0, 10));
            assertThat(data.store().containsTrade(1, "1")).isFalse();
            assertThat(data.store().containsTrade(1, kept().get(0).id())).isTrue();
            assertThat(data.store().lastSeq(1)).isEqualTo(trades.size());
            assertEqual(data);
        }
        StoreInfo.Content content = StoreDatabase.info(MarketData.locationOf(folder, database))
                .content()
                .orElseThrow();
        assertThat(content.tradeCount()).isEqualTo(kept().size());
        assertThat(content.partitions().stream().map(StoreInfo.Partition::name))
                .containsExactly("trade_w20260824", "trade_w20260831", "trade_w20260907", "trade_w20260914");
    }

    @Test
    void aLateTradeOfADroppedWeekIsInItsCandlesOnly() throws IOException {
        fill();
        Trade late = new Trade(trades.size() + 1L, "late", 5_000, 7, Side.BUY, MONDAY + DAY, true);
        Trade next = new Trade(trades.size() + 2L, "next", 5_001, 7, Side.BUY, MONDAY + 41 * DAY, true);
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.TradeAccepted(1, late));
            log.append(new LogEntry.TradeAccepted(1, next));
            log.force();
        }
        trades.add(late);
        trades.add(next);
        try (MarketData data = MarketData.open(folder, database)) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();

            assertThat(data.store().containsTrade(1, "late")).isFalse();
            assertThat(data.store().containsTrade(1, "next")).isTrue();
            assertThat(data.store().keptSeq(1)).isEqualTo(next.seq());
            assertThat(data.store().checkpoint(BTC, 0, 1, 25).recentTrades()).containsExactly(next);
            assertEqual(data);
        }
    }

    @Test
    void aRestartFromTheDatabaseIsAsIfNothingHadBeenDropped() throws IOException {
        fill();
        InstrumentState expected = new InstrumentState(BTC, LIMITS);
        trades.forEach(expected::apply);
        expected.advance(MONDAY + 43 * DAY);
        expected.flush(MarketListener.NOBODY);
        try (MarketData data = MarketData.open(folder, database)) {
            InstrumentSnapshot restored =
                    data.recover(LIMITS, MONDAY + 43 * DAY, 0).states().get(1).snapshot();

            assertThat(restored.seq()).isEqualTo(expected.snapshot().seq());
            assertThat(restored.ticker()).isEqualTo(expected.snapshot().ticker());
            assertThat(restored.trades()).isEqualTo(expected.snapshot().trades());
        }
    }

    @Test
    void aReplayOfWhatWasDroppedIsRefusedAndOneOfTheRestIsWhole() throws IOException {
        fill();
        try (MarketData data = MarketData.open(folder, database)) {
            SnapshotCache cache = new SnapshotCache();
            data.recover(LIMITS, MONDAY + 43 * DAY, 0).states().values().forEach(cache::register);
            MarketHistory market = new MarketHistory(cache, data.store(), LIMITS);
            TradeHistory history = new TradeHistory(
                    market, data.store(), data.log(), () -> data.log().durablePosition());

            assertThatThrownBy(() -> history.stretch(BTC.symbol(), KEPT - 1, KEPT + DAY))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                    .hasMessageContaining("trades before 2026-08-24T00:00:00Z are no longer kept");
            List<Trade> played = new ArrayList<>();
            TradeStretch stretch = history.stretch(BTC.symbol(), KEPT, MONDAY + 50 * DAY);
            for (Trade trade = stretch.peek(); trade != null; trade = stretch.peek()) {
                played.add(trade);
                stretch.take();
            }
            assertThat(played).isEqualTo(kept());
        }
    }

    /** Logs all trades and copies them, as a server does. */
    private void fill() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            trades.forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
            log.force();
        }
        try (MarketData data = MarketData.open(folder, database)) {
            StoreWriter writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
            writer.start();
            writer.close(); // Writes what is left, and then drops.
            assertThat(writer.failure()).isNull();
        }
    }

    private void assertEqual(MarketData data) throws IOException {
        List<String> differences = new ArrayList<>();
        StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), differences::add);
        verifier.run();
        assertThat(differences).isEmpty();
        assertThat(verifier.tradeCount()).isEqualTo(kept().size());
        assertThat(verifier.droppedCount()).isEqualTo(trades.size() - kept().size());
        assertThat(verifier.klineCount()).isPositive();
    }

    private List<Trade> kept() {
        return trades.stream().filter(trade -> trade.timeMillis() >= KEPT).toList();
    }

    /** Evenly over six weeks; now and then one that is some hours late, which crosses the weeks' ends. */
    private static List<Trade> trades() {
        List<Trade> trades = new ArrayList<>();
        long step = 7 * DAY / PER_WEEK;
        for (int i = 0; i < WEEKS * PER_WEEK; i++) {
            long late = i % 10 == 9 ? 5 * step : 0;
            trades.add(new Trade(
                    i + 1L,
                    Long.toString(i + 1L),
                    1_000 + i % 97,
                    1 + i % 13,
                    Side.SELL,
                    Math.max(MONDAY, MONDAY + i * step - late),
                    false));
        }
        return trades;
    }
}
