package io.agx.market.core.model;

import org.jspecify.annotations.Nullable;

/**
 * The rolling 24 hours of an instrument, exact to one second. Immutable.
 *
 * <p>The window at time {@code t} is the second that holds {@code t} and the 86,399 before it. {@code last} is the price of
 * the trade with the highest (time, seq) ever. With no trade in the window, {@code count} and the volumes are 0, and
 * {@code open}, {@code high} and {@code low} are {@code last}.
 *
 * @param seq highest {@code seq} applied; the state is that of all trades up to it
 * @param timeMillis the moment of this state, epoch milliseconds UTC
 * @param last price of the newest trade, in price units
 * @param lastQuantity quantity of the newest trade, in quantity units
 * @param open price of the window's trade with the lowest (time, seq)
 * @param high highest price in the window
 * @param low lowest price in the window
 * @param volume sum of quantities in the window
 * @param quoteVolume sum of price × quantity in the window, at scale priceScale + quantityScale
 * @param count number of trades in the window
 * @param openTimeMillis inclusive start of the window: a whole second
 * @param closeTimeMillis inclusive end of the window: {@code timeMillis}
 * @param quote the newest quote, which is no part of the window and of no trade; null if none was told since the start
 */
public record Ticker(
        long seq,
        long timeMillis,
        long last,
        long lastQuantity,
        long open,
        long high,
        long low,
        Sum128 volume,
        Sum128 quoteVolume,
        long count,
        long openTimeMillis,
        long closeTimeMillis,
        @Nullable Quote quote) {

    /** Length of the window: 24 hours, in seconds. */
    public static final int WINDOW_SECONDS = 86_400;

    /** Without a quote. */
    public Ticker(
            long seq,
            long timeMillis,
            long last,
            long lastQuantity,
            long open,
            long high,
            long low,
            Sum128 volume,
            Sum128 quoteVolume,
            long count,
            long openTimeMillis,
            long closeTimeMillis) {
        this(
                seq,
                timeMillis,
                last,
                lastQuantity,
                open,
                high,
                low,
                volume,
                quoteVolume,
                count,
                openTimeMillis,
                closeTimeMillis,
                null);
    }

    /** {@link Quote#version()} of the quote; 0 without one. */
    public long quoteVersion() {
        return quote == null ? 0 : quote.version();
    }

    /** {@code last − open}, in price units. */
    public long change() {
        return last - open;
    }
}
