package io.agx.market.core.model;

/**
 * One candle: what was traded in {@code [openTimeMillis, nextOpenTimeMillis)}. Immutable.
 *
 * <p>Open is the price of the trade with the lowest (time, seq), close that of the highest, whatever order they came
 * in. Prices are in units of 10^-priceScale, volumes of 10^-quantityScale, quote volumes of
 * 10^-(priceScale + quantityScale) of the instrument.
 *
 * <p>A candle without trades is <em>flat</em>: {@code count} 0, all four prices the close before it, volumes zero, and
 * {@code seq} that of the candle whose close it carries on.
 *
 * @param interval its length
 * @param openTimeMillis inclusive start, epoch milliseconds UTC
 * @param nextOpenTimeMillis exclusive end; the wire's {@code closeTime} is this − 1
 * @param volume sum of quantities
 * @param quoteVolume sum of price × quantity
 * @param takerBuyVolume the part of {@code volume} that buyers took
 * @param takerBuyQuoteVolume the part of {@code quoteVolume} that buyers took
 * @param count number of trades
 * @param firstSeq lowest {@code seq} in it; 0 for a flat candle
 * @param seq highest {@code seq} in it
 * @param firstTradeTimeMillis time of the trade that gave {@code open}; 0 for a flat candle
 * @param lastTradeTimeMillis time of the trade that gave {@code close}; 0 for a flat candle
 * @param closed whether the clock has passed its end and the grace
 * @param cause what made this revision
 */
public record Kline(
        KlineInterval interval,
        long openTimeMillis,
        long nextOpenTimeMillis,
        long open,
        long high,
        long low,
        long close,
        Sum128 volume,
        Sum128 quoteVolume,
        Sum128 takerBuyVolume,
        Sum128 takerBuyQuoteVolume,
        long count,
        long firstSeq,
        long seq,
        long firstTradeTimeMillis,
        long lastTradeTimeMillis,
        boolean closed,
        KlineCause cause) {

    /** A candle without trades, carrying on a close. */
    public static Kline flat(
            KlineInterval interval,
            long openTimeMillis,
            long nextOpenTimeMillis,
            long lastClose,
            long seq,
            boolean closed,
            KlineCause cause) {
        return new Kline(
                interval,
                openTimeMillis,
                nextOpenTimeMillis,
                lastClose,
                lastClose,
                lastClose,
                lastClose,
                Sum128.ZERO,
                Sum128.ZERO,
                Sum128.ZERO,
                Sum128.ZERO,
                0,
                0,
                seq,
                0,
                0,
                closed,
                cause);
    }

    public boolean isFlat() {
        return count == 0;
    }

    /** The same numbers as another revision. */
    public Kline as(boolean nowClosed, KlineCause newCause) {
        return new Kline(
                interval,
                openTimeMillis,
                nextOpenTimeMillis,
                open,
                high,
                low,
                close,
                volume,
                quoteVolume,
                takerBuyVolume,
                takerBuyQuoteVolume,
                count,
                firstSeq,
                seq,
                firstTradeTimeMillis,
                lastTradeTimeMillis,
                nowClosed,
                newCause);
    }

    /**
     * This candle with trades that were journaled later: same bucket, or a finer bucket inside it. Neither may be flat.
     *
     * <p>All of {@code later}'s trades have a higher {@code seq} than all of this candle's, so on equal times this one
     * keeps the open and the other takes the close.
     *
     * @return a candle with this one's bucket, {@code closed} and {@code cause}
     */
    public Kline merge(Kline later) {
        boolean opensEarlier = later.firstTradeTimeMillis < firstTradeTimeMillis;
        boolean closesLater = later.lastTradeTimeMillis >= lastTradeTimeMillis;
        return new Kline(
                interval,
                openTimeMillis,
                nextOpenTimeMillis,
                opensEarlier ? later.open : open,
                Math.max(high, later.high),
                Math.min(low, later.low),
                closesLater ? later.close : close,
                volume.plus(later.volume),
                quoteVolume.plus(later.quoteVolume),
                takerBuyVolume.plus(later.takerBuyVolume),
                takerBuyQuoteVolume.plus(later.takerBuyQuoteVolume),
                count + later.count,
                Math.min(firstSeq, later.firstSeq),
                Math.max(seq, later.seq),
                opensEarlier ? later.firstTradeTimeMillis : firstTradeTimeMillis,
                closesLater ? later.lastTradeTimeMillis : lastTradeTimeMillis,
                closed,
                cause);
    }
}
