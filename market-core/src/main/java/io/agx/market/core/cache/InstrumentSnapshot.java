package io.agx.market.core.cache;

import io.agx.market.core.kline.KlineWindow;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that the cache holds of one instrument, at one {@code seq}. Immutable. */
public final class InstrumentSnapshot {
    private final Instrument instrument;
    private final long version;
    private final long seq;
    private final long clockMillis;
    private final @Nullable Ticker ticker;
    private final KlineWindow[] klines;
    private final List<KlineWindow> offsetKlines;
    private final List<Trade> trades;

    /**
     * @param version see {@link #version()}
     * @param klines one window per interval, in UTC buckets; not copied, and not changed any more
     * @param offsetKlines the windows of series at other UTC offsets
     */
    public InstrumentSnapshot(
            Instrument instrument,
            long version,
            long seq,
            long clockMillis,
            @Nullable Ticker ticker,
            KlineWindow[] klines,
            List<KlineWindow> offsetKlines,
            List<Trade> trades) {
        this.instrument = instrument;
        this.version = version;
        this.seq = seq;
        this.clockMillis = clockMillis;
        this.ticker = ticker;
        this.klines = klines;
        this.offsetKlines = offsetKlines;
        this.trades = trades;
    }

    public Instrument instrument() {
        return instrument;
    }

    /** Counts the snapshots of this instrument in this process: a later one has a higher version. */
    public long version() {
        return version;
    }

    /** Highest {@code seq} in it; 0 before the first trade. Ticker, klines and trades are all as of it. */
    public long seq() {
        return seq;
    }

    /** The clock when it was made, epoch milliseconds; 0 if there was none yet. */
    public long clockMillis() {
        return clockMillis;
    }

    /** The rolling 24 hours; nothing before the first trade. */
    public Optional<Ticker> ticker() {
        return Optional.ofNullable(ticker);
    }

    /** The newest candles in UTC buckets. */
    public KlineWindow klines(KlineInterval interval) {
        for (KlineWindow window : klines) {
            if (window.interval() == interval) {
                return window.withClock(clockMillis);
            }
        }
        throw new IllegalStateException("no " + interval.code() + " window in the snapshot of " + instrument.symbol());
    }

    /** The newest candles at a UTC offset; nothing if no such series is live. */
    public Optional<KlineWindow> klines(KlineInterval interval, int utcOffsetMinutes) {
        if (utcOffsetMinutes == 0) {
            return Optional.of(klines(interval));
        }
        for (KlineWindow window : offsetKlines) {
            if (window.interval() == interval && window.utcOffsetMinutes() == utcOffsetMinutes) {
                return Optional.of(window.withClock(clockMillis));
            }
        }
        return Optional.empty();
    }

    /** The newest trades in {@code seq} order, unmodifiable. */
    public List<Trade> trades() {
        return trades;
    }
}
