package io.agx.market.core.state;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotSource;
import io.agx.market.core.cache.TradeWindow;
import io.agx.market.core.kline.KlineAccumulator;
import io.agx.market.core.kline.KlineSeries;
import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Quote;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.ticker.RollingTicker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live state of one instrument: ticker, candles of all intervals, newest trades. A function of its trades and the clock.
 *
 * <p>Owned by one engine thread, except {@link #snapshot()}, {@link #symbol()} and {@link #instrument()}, which any thread
 * may call. Trades of one second are summed up first, and go on to the ticker, the one-second series and the sum of their
 * minute together; the minute goes on to the longer series. That is due when the trades leave the second or minute, before
 * the clock closes it, and at the flush: all borders lie on whole seconds and, but for the one-second series, minutes.
 *
 * <p>What waits for {@link #flush} is bounded by the trades and clock steps since the last one; the owner bounds those, and
 * flushes when the state {@linkplain #isFull() is full}: a single trade or step may close 1,500 flat candles of each series.
 * An {@link ArithmeticException} (a sum beyond 128 bits) leaves the state unusable: it must be rebuilt.
 */
public final class InstrumentState implements SnapshotSource {
    /** Closes that may wait before {@link #isFull()}: some megabytes, as many as the trades between two flushes of a recovery. */
    static final int FULL_CLOSES = 20_000;

    private static final KlineInterval[] INTERVALS = KlineInterval.values();

    private final StateLimits limits;
    private final RollingTicker ticker = new RollingTicker();
    private final KlineSeries[] series = new KlineSeries[INTERVALS.length];
    private final List<KlineSeries> offsetSeries = new ArrayList<>(0);
    private final RecentTrades recentTrades;
    private final KlineAccumulator second = new KlineAccumulator();
    private final KlineAccumulator minute = new KlineAccumulator();
    private final ArrayList<Trade> newTrades = new ArrayList<>();

    /** Written by the owner, read by all. */
    private volatile Instrument instrument;
    /** Written by the owner, read by all. */
    private volatile InstrumentSnapshot snapshot;

    /** Whether the shard's list of instruments to flush holds this one; the shard's to read and write. */
    boolean listed;

    private boolean pendingIsBackfill;
    /** Closes that wait in the series for the flush. */
    private int closeCount;

    private boolean changed;
    private @Nullable Quote quote;
    private boolean quoteChanged;
    private long seq;
    private long version;
    private long clockMillis = Long.MIN_VALUE;
    private long nextCloseMillis = Long.MAX_VALUE;

    public InstrumentState(Instrument instrument, StateLimits limits) {
        this.instrument = instrument;
        this.limits = limits;
        this.recentTrades = new RecentTrades(limits.tradesKept());
        for (int i = 0; i < INTERVALS.length; i++) {
            series[i] = new KlineSeries(INTERVALS[i], 0, limits.klinesKept(), limits.graceMillis());
        }
        // They contain no moment, so that the first trade begins new ones.
        second.reset(KlineInterval.SECOND_1, 0, 0);
        minute.reset(KlineInterval.MINUTE_1, 0, 0);
        this.snapshot = newSnapshot();
    }

    @Override
    public Symbol symbol() {
        return instrument.symbol();
    }

    public Instrument instrument() {
        return instrument;
    }

    /** The state as of the last {@link #flush} or {@link #restore}; empty before. Thread-safe. */
    @Override
    public InstrumentSnapshot snapshot() {
        return snapshot;
    }

    /** Highest {@code seq} applied; 0 before the first trade. */
    public long seq() {
        return seq;
    }

    /** Whether {@link #flush} has something to publish. */
    public boolean isChanged() {
        return changed;
    }

    /** Whether so many closes wait that they should be flushed before the next trade. Of constant cost. */
    public boolean isFull() {
        return closeCount > FULL_CLOSES;
    }

    /**
     * Changes the definition, such as the status; published at the next flush.
     *
     * @throws IllegalArgumentException if id, symbol or a scale differ: their numbers would mean something else
     */
    public void withInstrument(Instrument definition) {
        Instrument old = instrument;
        if (definition.id() != old.id()
                || !definition.symbol().equals(old.symbol())
                || definition.priceScale() != old.priceScale()
                || definition.quantityScale() != old.quantityScale()) {
            throw new IllegalArgumentException(
                    "id, symbol and scales never change: had " + old + ", was given " + definition);
        }
        instrument = definition;
        changed = true;
    }

    /**
     * Applies the next trade of the log.
     *
     * @throws IllegalStateException if its {@code seq} is not {@link #seq()} + 1; nothing changes then
     */
    public void apply(Trade trade) {
        if (trade.seq() != seq + 1) {
            throw new IllegalStateException(
                    instrument.symbol() + ": expected trade seq " + (seq + 1) + ", was given " + trade.seq());
        }
        long timeMillis = trade.timeMillis();
        if (!second.contains(timeMillis) || trade.backfill() != pendingIsBackfill) {
            startSecond(timeMillis, trade.backfill());
        }
        second.add(trade);
        ticker.applyLast(trade);
        recentTrades.add(trade);
        newTrades.add(trade);
        seq = trade.seq();
        changed = true;
    }

    /**
     * Takes a newer quote; one with an earlier time than the one there is is dropped. No part of the log: the ticker shows it, once
     * there was a trade, and nothing else depends on it.
     *
     * @param timeMillis when it was, epoch milliseconds
     */
    public void quote(long timeMillis, long bid, long bidQuantity, long ask, long askQuantity) {
        Quote known = quote;
        if (known != null && timeMillis < known.timeMillis()) {
            return;
        }
        long next = known == null ? 1 : known.version() + 1;
        quote = new Quote(next, timeMillis, bid, bidQuantity, ask, askQuantity);
        quoteChanged = true;
        changed = true;
    }

    /** Moves the clock, epoch milliseconds: closes candles and moves the ticker's window. An earlier one is ignored. */
    public void advance(long newClockMillis) {
        if (newClockMillis <= clockMillis) {
            return;
        }
        spillBeforeClose(newClockMillis);
        // The first one is published though nothing happened: it may be long before the instrument trades.
        changed |= clockMillis == Long.MIN_VALUE;
        clockMillis = newClockMillis;
        if (newClockMillis >= nextCloseMillis) {
            advanceSeries();
        }
        ticker.advance(newClockMillis);
        changed |= ticker.isChanged();
    }

    /**
     * Publishes the new snapshot, then tells what changed since the last flush. Does nothing if nothing did.
     *
     * @param listener must not call back into this state
     */
    public void flush(MarketListener listener) {
        if (!changed) {
            return;
        }
        spillSecond();
        spillMinute();
        List<Kline> klines = new ArrayList<>();
        for (KlineSeries each : series) {
            each.flush(klines);
        }
        int utcCount = klines.size();
        int[] offsetEnds = new int[offsetSeries.size()];
        for (int i = 0; i < offsetEnds.length; i++) {
            offsetSeries.get(i).flush(klines);
            offsetEnds[i] = klines.size();
        }
        List<Trade> trades = List.copyOf(newTrades);
        boolean tickerChanged = (ticker.isChanged() || quoteChanged) && ticker.hasTraded();
        newTrades.clear();
        ticker.clearChanged();
        quoteChanged = false;
        closeCount = 0;
        changed = false;
        InstrumentSnapshot published = newSnapshot();
        snapshot = published;
        Instrument definition = instrument;
        if (!trades.isEmpty()) {
            listener.onTrades(definition, trades);
        }
        if (tickerChanged) {
            published.ticker().ifPresent(now -> listener.onTicker(definition, now));
        }
        for (int i = 0; i < utcCount; i++) {
            listener.onKline(definition, 0, klines.get(i));
        }
        int at = utcCount;
        for (int i = 0; i < offsetEnds.length; i++) {
            for (; at < offsetEnds[i]; at++) {
                listener.onKline(definition, offsetSeries.get(i).utcOffsetMinutes(), klines.get(at));
            }
        }
        listener.onFlushed(definition, published);
    }

    /**
     * Takes over a stored state and publishes its snapshot, without any event. To be called before the first trade; trades
     * from {@code checkpoint.seq() + 1} on follow.
     *
     * @throws IllegalStateException if there was a trade already
     */
    public void restore(InstrumentCheckpoint checkpoint) {
        if (seq != 0) {
            throw new IllegalStateException(instrument.symbol() + " is at seq " + seq + " already");
        }
        seq = checkpoint.seq();
        clockMillis = Math.max(clockMillis, checkpoint.clockMillis());
        for (KlineSeries each : series) {
            each.restore(checkpoint.klines().getOrDefault(each.interval(), List.of()), clockMillis);
        }
        if (seq > 0) {
            ticker.restore(
                    checkpoint.seconds(),
                    checkpoint.lastPrice(),
                    checkpoint.lastQuantity(),
                    checkpoint.lastTradeTimeMillis(),
                    clockMillis);
        } else {
            ticker.advance(clockMillis);
        }
        ticker.clearChanged();
        checkpoint.recentTrades().forEach(recentTrades::add);
        findNextClose();
        snapshot = newSnapshot();
    }

    /**
     * Ends a replay of the log that followed {@link #restore}, and publishes the snapshot. Trades came to buckets that the clock had
     * passed already, and none of them was late: a closed candle says {@code CLOCK}, as it does where it is stored. Gives no event.
     *
     * @throws IllegalStateException if there is something to {@link #flush}
     */
    public void settle() {
        if (changed) {
            throw new IllegalStateException(instrument.symbol() + " has changes that were not flushed");
        }
        for (KlineSeries each : series) {
            each.settle();
        }
        snapshot = newSnapshot();
    }

    /**
     * Keeps a further series live, at another UTC offset, until {@link #dropOffset}; visible from the next flush on.
     *
     * @param history the newest traded candles at that offset, ascending, with exactly the trades up to {@link #seq()}
     * @param wholeFromMillis open time from which none of them is missing, {@link Long#MIN_VALUE} if they are all that there ever
     *     were
     * @return whether the series is live; false if {@link StateLimits#MAX_OFFSET_SERIES} others are
     */
    public boolean ensureOffset(
            KlineInterval interval, int utcOffsetMinutes, List<Kline> history, long wholeFromMillis) {
        KlineInterval.requireUtcOffset(utcOffsetMinutes);
        if (utcOffsetMinutes == 0 || hasOffset(interval, utcOffsetMinutes)) {
            return true;
        }
        if (offsetSeries.size() >= StateLimits.MAX_OFFSET_SERIES) {
            return false;
        }
        spillSecond();
        spillMinute();
        KlineSeries added = new KlineSeries(interval, utcOffsetMinutes, limits.klinesKept(), limits.graceMillis());
        added.restore(history, clockMillis, wholeFromMillis);
        offsetSeries.add(added);
        findNextClose();
        changed = true;
        return true;
    }

    /** Whether a series at another UTC offset than 0 is live. */
    public boolean hasOffset(KlineInterval interval, int utcOffsetMinutes) {
        for (KlineSeries each : offsetSeries) {
            if (each.interval() == interval && each.utcOffsetMinutes() == utcOffsetMinutes) {
                return true;
            }
        }
        return false;
    }

    /** Ends a series that {@link #ensureOffset} began; what it has not given yet is lost. Does nothing if there is none. */
    public void dropOffset(KlineInterval interval, int utcOffsetMinutes) {
        changed |= offsetSeries.removeIf(
                each -> each.interval() == interval && each.utcOffsetMinutes() == utcOffsetMinutes);
        findNextClose();
    }

    private void startSecond(long timeMillis, boolean backfill) {
        spillSecond();
        if (!minute.contains(timeMillis) || backfill != pendingIsBackfill) {
            spillMinute();
            long openTimeMillis = KlineInterval.MINUTE_1.openTimeMillis(timeMillis);
            minute.reset(KlineInterval.MINUTE_1, openTimeMillis, openTimeMillis + 60_000);
        }
        long openTimeMillis = KlineInterval.SECOND_1.openTimeMillis(timeMillis);
        second.reset(KlineInterval.SECOND_1, openTimeMillis, openTimeMillis + 1_000);
        pendingIsBackfill = backfill;
    }

    /** Trades before a close are trades in an open candle, so they go in before the clock moves over it. */
    private void spillBeforeClose(long newClockMillis) {
        long closedMillis = newClockMillis - limits.graceMillis();
        if (!second.isEmpty() && closedMillis >= second.nextOpenTimeMillis()) {
            spillSecond();
        }
        if (!minute.isEmpty() && closedMillis >= minute.nextOpenTimeMillis()) {
            spillMinute();
        }
    }

    private void spillSecond() {
        if (second.isEmpty()) {
            return;
        }
        ticker.applySecond(second);
        spill(series[0], second);
        for (int i = 0; i < offsetSeries.size(); i++) {
            if (offsetSeries.get(i).interval() == KlineInterval.SECOND_1) {
                spill(offsetSeries.get(i), second);
            }
        }
        minute.merge(second);
        second.clear();
        if (nextCloseMillis == Long.MAX_VALUE) {
            findNextClose();
        }
    }

    private void spillMinute() {
        if (minute.isEmpty()) {
            return;
        }
        for (int i = 1; i < series.length; i++) {
            spill(series[i], minute);
        }
        for (int i = 0; i < offsetSeries.size(); i++) {
            if (offsetSeries.get(i).interval() != KlineInterval.SECOND_1) {
                spill(offsetSeries.get(i), minute);
            }
        }
        minute.clear();
    }

    private void spill(KlineSeries to, KlineAccumulator trades) {
        int before = to.closeCount();
        to.advance(clockMillis);
        to.apply(trades, pendingIsBackfill);
        closeCount += to.closeCount() - before;
    }

    private void advanceSeries() {
        for (KlineSeries each : series) {
            advance(each);
        }
        for (KlineSeries each : offsetSeries) {
            advance(each);
        }
        findNextClose();
    }

    private void advance(KlineSeries each) {
        int before = each.closeCount();
        each.advance(clockMillis);
        closeCount += each.closeCount() - before;
        changed |= each.isChanged();
    }

    private void findNextClose() {
        long next = Long.MAX_VALUE;
        for (KlineSeries each : series) {
            next = Math.min(next, each.nextCloseMillis());
        }
        for (KlineSeries each : offsetSeries) {
            next = Math.min(next, each.nextCloseMillis());
        }
        nextCloseMillis = next;
    }

    private InstrumentSnapshot newSnapshot() {
        KlineWindow[] windows = new KlineWindow[series.length];
        for (int i = 0; i < series.length; i++) {
            windows[i] = series[i].window();
        }
        List<KlineWindow> offsetWindows = new ArrayList<>(offsetSeries.size());
        for (KlineSeries each : offsetSeries) {
            offsetWindows.add(each.window());
        }
        Ticker now = ticker.hasTraded() ? ticker.ticker(seq, quote) : null;
        TradeWindow trades = recentTrades.window();
        return new InstrumentSnapshot(
                instrument, ++version, seq, Math.max(0, clockMillis), now, windows, offsetWindows, trades);
    }
}
