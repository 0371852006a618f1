package io.agx.market.core.state;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import java.util.List;

/**
 * Who hears what changed. All methods but the last are called in {@link InstrumentState#flush}, on the owner's thread, after the snapshot
 * that contains the change was published; per flush first the trades, then the ticker, then the candles.
 */
public interface MarketListener {
    /** For states that are rebuilt with nobody listening. */
    MarketListener NOBODY = new MarketListener() {
        @Override
        public void onTrades(Instrument instrument, List<Trade> trades) {}

        @Override
        public void onTicker(Instrument instrument, Ticker ticker) {}

        @Override
        public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {}
    };

    /**
     * All trades since the last flush.
     *
     * @param trades in {@code seq} order, at least one; immutable, may be kept
     */
    void onTrades(Instrument instrument, List<Trade> trades);

    /** The ticker after a trade came or one left its window; once per flush. */
    void onTicker(Instrument instrument, Ticker ticker);

    /** A revision of a candle; see {@link io.agx.market.core.kline.KlineSeries} for which there are. */
    void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline);

    /** All that changed in this flush has been told; {@code snapshot} contains it. */
    default void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {}

    /**
     * The clock of all instruments of a thread has been moved to this, epoch milliseconds, and all that changed up to it has been told. Called about ten times
     * a second, whether anything changed or not.
     */
    default void onAdvanced(long clockMillis) {}
}
