package io.agx.market.server.replay;

import io.agx.market.core.kline.KlineFold;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.history.TradeStretch;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Brings a state to where it stood when a replay's stretch began: its candles that had begun, and the 24 hours. Thread-safe; waits
 * for the disk.
 *
 * <p>At most a day of trades is read: what a longer candle had before that comes from the quarter hours that are kept. The state
 * knows all trades of the time before the stretch, also those that came late.
 */
final class WarmUp {
    /** Every offset is a whole number of it, so every longer candle is made of whole ones. */
    private static final KlineInterval QUARTER = KlineInterval.MINUTE_15;

    private final MarketHistory history;
    private final TradeHistory trades;
    private final StateLimits limits;
    private final long maxTrades;

    WarmUp(MarketHistory history, TradeHistory trades, StateLimits limits, long maxTrades) {
        this.history = history;
        this.trades = trades;
        this.limits = limits;
        this.maxTrades = maxTrades;
    }

    /**
     * @param isCancelled asked now and then; true ends it early
     * @throws ProtocolException {@link ErrorCode#TOO_LARGE} if there are too many trades; {@link ErrorCode#STORE_BEHIND} if history
     *     cannot be read
     */
    void run(PlayedState state, long fromMillis, BooleanSupplier isCancelled) {
        Symbol symbol = state.instrument().symbol();
        long warmFromMillis = begin(state, symbol, fromMillis);
        if (warmFromMillis < fromMillis) {
            trades.newestBefore(symbol, warmFromMillis).ifPresent(state::warm);
            TradeStretch stretch = trades.stretch(symbol, warmFromMillis, fromMillis);
            if (stretch.span() > maxTrades) {
                throw new ProtocolException(
                        ErrorCode.TOO_LARGE,
                        "fromTime",
                        "at most " + maxTrades + " trades before fromTime are read to begin candles and tickers, these"
                                + " rooms need " + stretch.span() + "; replay fewer or shorter ones");
            }
            for (Trade trade = stretch.peek(); trade != null && !isCancelled.getAsBoolean(); trade = stretch.peek()) {
                state.warm(trade);
                stretch.take();
            }
        }
        state.warmedUp(fromMillis);
    }

    /** Gives each series its beginning, and returns from when on all of them need trades. */
    private long begin(PlayedState state, Symbol symbol, long fromMillis) {
        long dayBeforeMillis = fromMillis - Ticker.WINDOW_SECONDS * 1_000L;
        long longestMillis = QUARTER.openTimeMillis(dayBeforeMillis);
        long warmFromMillis = state.showsTicker() ? dayBeforeMillis : fromMillis;
        for (PlayedSeries series : state.series()) {
            KlineInterval interval = series.interval();
            int offset = series.utcOffsetMinutes();
            // Within the grace the candle before is still open.
            long openMillis = interval.openTimeMillis(fromMillis - limits.graceMillis(), offset);
            if (openMillis < longestMillis) {
                List<Kline> quarters = history.traded(symbol, QUARTER, openMillis, longestMillis);
                series.beginAt(longestMillis, KlineFold.fold(quarters, interval, offset));
                warmFromMillis = Math.min(warmFromMillis, longestMillis);
            } else {
                series.beginAt(openMillis, List.of());
                warmFromMillis = Math.min(warmFromMillis, openMillis);
            }
        }
        return warmFromMillis;
    }
}
