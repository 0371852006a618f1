package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.history.LiveOffsets;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Series at a quarter hour's offset begin while trades come: between the read of older candles and the engine's turn. Their finer window, of
 * 40 quarter hours, is shorter than any of their buckets, as 1,500 are shorter than a month. Compared with a straight loop over all trades.
 */
final class LiveOffsetsTest {
    private static final Instrument BTC = RandomTrades.instrument(1);
    private static final StateLimits LIMITS = new StateLimits(40, 25, 2_000);
    private static final ZoneOffset KATHMANDU = ZoneOffset.ofHoursMinutes(5, 45);
    private static final int OFFSET = 345;
    private static final long START = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli();
    /** To 21 November, three an hour. */
    private static final int STORED = 47 * 72;

    private static final long CLOCK = START + (STORED + 1) * 1_200_000L;

    @TempDir
    private Path folder;

    private final List<Trade> trades = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(names = {"DAY_1", "WEEK_1", "MONTH_1"})
    void noTradeIsMissedThatComesWhileOlderCandlesAreRead(KlineInterval interval) throws IOException {
        assertSeries(interval, 2, 1);
    }

    /** An import of two days, say: all that was read has left the window. */
    @Test
    void whatWasReadIsReadAgainIfTheWindowHasLeftItBehind() throws IOException {
        assertSeries(KlineInterval.MONTH_1, 2 * 72, 2);
    }

    /** Half of October's candles are not read any more: a trade that comes to it late makes no candle of its own. */
    @Test
    void aTradeBeforeWhatWasReadOfALongHistoryMakesNoCandle() throws IOException {
        store(STORED);
        try (MarketData data = MarketData.open(folder)) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
            SnapshotCache cache = new SnapshotCache();
            try (Engine engine = engine(data, cache)) {
                MarketHistory history = new MarketHistory(cache, data.store(), LIMITS, 1_500);
                new LiveOffsets(history, engine, LIMITS)
                        .prepare(RoomName.kline(BTC.symbol(), KlineInterval.MONTH_1, OFFSET));
                List<Figures> november = expected(KlineInterval.MONTH_1).subList(1, 2);
                assertThat(candles(cache, KlineInterval.MONTH_1)).isEqualTo(november);

                publish(List.of(trade(START + 7_000)), data, engine);

                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> snapshot(cache).seq() == trades.size());
                assertThat(candles(cache, KlineInterval.MONTH_1)).isEqualTo(november);
            }
        }
    }

    /** At midnight UTC eight hours have closed, and the day of +08:00 is eight hours old. */
    @Test
    void theOpenCandleOfADayIsATradesThoughItsLastPartHasClosed() throws IOException {
        store(STORED - 1);
        try (MarketData data = MarketData.open(folder)) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
            SnapshotCache cache = new SnapshotCache();
            try (Engine engine = engine(data, cache)) {
                MarketHistory history = new MarketHistory(cache, data.store(), LIMITS);
                RoomName room = RoomName.kline(BTC.symbol(), KlineInterval.DAY_1, 480);
                new LiveOffsets(history, engine, LIMITS).prepare(room);

                List<Kline> rest = history.klines(
                                new KlinesQuery(BTC.symbol(), KlineInterval.DAY_1, null, null, 2, 480, false))
                        .klines();
                assertOpenByTrade(rest);
                assertOpenByTrade(snapshot(cache)
                        .klines(KlineInterval.DAY_1, 480)
                        .orElseThrow()
                        .newest(2));
                publish(2, data, engine);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> snapshot(cache).seq() == trades.size());
                assertOpenByTrade(snapshot(cache)
                        .klines(KlineInterval.DAY_1, 480)
                        .orElseThrow()
                        .newest(2));
            }
        }
    }

    private static void assertOpenByTrade(List<Kline> klines) {
        assertThat(klines).extracting(Kline::closed).containsExactly(true, false);
        assertThat(klines).extracting(Kline::cause).containsExactly(KlineCause.CLOCK, KlineCause.TRADE);
    }

    private void store(int count) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.InstrumentDefined(BTC));
            next(count).forEach(log::append);
            log.force();
        }
    }

    /** Started, with what is recovered in the cache. */
    private static Engine engine(MarketData data, SnapshotCache cache) throws IOException {
        MarketData.Recovered recovered = data.recover(LIMITS, CLOCK);
        recovered.states().values().forEach(cache::register);
        Engine engine = new Engine(
                recovered.states().values(), LIMITS, cache, durable -> MarketListener.NOBODY, () -> CLOCK, false, 1);
        engine.start();
        return engine;
    }

    private void assertSeries(KlineInterval interval, int whileRead, int reads) throws IOException {
        SnapshotCache cache = new SnapshotCache();
        store(STORED);
        try (MarketData data = MarketData.open(folder)) {
            StoreWriter writer = new StoreWriter(data.store(), data.log(), Map::of, position -> {});
            writer.drain();
            try (Engine engine = engine(data, cache)) {
                AtomicInteger readCount = new AtomicInteger();
                MarketStore store = watched(data.store(), () -> {
                    if (readCount.incrementAndGet() == 1) {
                        publish(whileRead, data, engine);
                        drain(writer);
                    }
                });
                MarketHistory history = new MarketHistory(cache, store, LIMITS);
                LiveOffsets offsets = new LiveOffsets(history, engine, LIMITS);

                offsets.prepare(RoomName.kline(BTC.symbol(), interval, OFFSET));

                assertThat(readCount).hasValue(reads);
                assertThat(candles(cache, interval)).isEqualTo(expected(interval));
                assertThat(candles(history.klines(new KlinesQuery(
                                        BTC.symbol(), interval, null, null, LIMITS.klinesKept(), OFFSET, false))
                                .klines()))
                        .as("over REST")
                        .isEqualTo(expected(interval));

                publish(10, data, engine);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> snapshot(cache).seq() == trades.size());
                assertThat(candles(cache, interval)).isEqualTo(expected(interval));
            }
        }
    }

    private void publish(int count, MarketData data, Engine engine) {
        publish(next(count), data, engine);
    }

    private static void publish(List<LogEntry> entries, MarketData data, Engine engine) {
        entries.forEach(data.log()::append);
        engine.onDurable(entries, data.log().force());
    }

    /** Three an hour. */
    private List<LogEntry> next(int count) {
        List<LogEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(trade(START + (trades.size() + 1L) * 20 * 60_000));
        }
        return entries;
    }

    private LogEntry trade(long timeMillis) {
        long seq = trades.size() + 1L;
        Trade trade = new Trade(
                seq,
                Long.toString(seq),
                10_000 + seq * 7_919 % 997,
                1 + seq * 104_729 % 1_009,
                Side.BUY,
                timeMillis,
                false);
        trades.add(trade);
        return new LogEntry.TradeAccepted(BTC.id(), trade);
    }

    private static void drain(StoreWriter writer) {
        try {
            writer.drain();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param afterRead called when candles were read, before the reader has them */
    private static MarketStore watched(MarketStore store, Runnable afterRead) {
        return (MarketStore) Proxy.newProxyInstance(
                MarketStore.class.getClassLoader(), new Class<?>[] {MarketStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(store, arguments);
                        if (method.getName().equals("klines")) {
                            afterRead.run();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static InstrumentSnapshot snapshot(SnapshotCache cache) {
        return cache.snapshot(BTC.symbol()).orElseThrow();
    }

    private static List<Figures> candles(SnapshotCache cache, KlineInterval interval) {
        KlineWindow window = snapshot(cache).klines(interval, OFFSET).orElseThrow();
        return candles(window.newest(window.size()));
    }

    private static List<Figures> candles(List<Kline> klines) {
        return klines.stream().map(Figures::of).toList();
    }

    private List<Figures> expected(KlineInterval interval) {
        TreeMap<Long, Figures> buckets = new TreeMap<>();
        for (Trade trade : trades) {
            LocalDate day =
                    Instant.ofEpochMilli(trade.timeMillis()).atOffset(KATHMANDU).toLocalDate();
            LocalDate first = switch (interval) {
                case MONTH_1 -> day.withDayOfMonth(1);
                case WEEK_1 -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                default -> day;
            };
            long open = first.atStartOfDay().toInstant(KATHMANDU).toEpochMilli();
            buckets.merge(open, Figures.of(open, trade), Figures::plus);
        }
        List<Figures> all = List.copyOf(buckets.values());
        return all.subList(Math.max(0, all.size() - LIMITS.klinesKept()), all.size());
    }

    /** Trades come in the order of their times here. */
    private record Figures(
            long openTimeMillis,
            long open,
            long high,
            long low,
            long close,
            BigInteger volume,
            BigInteger quoteVolume,
            long count,
            long firstSeq,
            long seq) {
        static Figures of(Kline kline) {
            return new Figures(
                    kline.openTimeMillis(),
                    kline.open(),
                    kline.high(),
                    kline.low(),
                    kline.close(),
                    kline.volume().toBigInteger(),
                    kline.quoteVolume().toBigInteger(),
                    kline.count(),
                    kline.firstSeq(),
                    kline.seq());
        }

        static Figures of(long openTimeMillis, Trade trade) {
            BigInteger quantity = BigInteger.valueOf(trade.quantity());
            return new Figures(
                    openTimeMillis,
                    trade.price(),
                    trade.price(),
                    trade.price(),
                    trade.price(),
                    quantity,
                    quantity.multiply(BigInteger.valueOf(trade.price())),
                    1,
                    trade.seq(),
                    trade.seq());
        }

        Figures plus(Figures later) {
            return new Figures(
                    openTimeMillis,
                    open,
                    Math.max(high, later.high),
                    Math.min(low, later.low),
                    later.close,
                    volume.add(later.volume),
                    quoteVolume.add(later.quoteVolume),
                    count + later.count,
                    firstSeq,
                    later.seq);
        }
    }
}
