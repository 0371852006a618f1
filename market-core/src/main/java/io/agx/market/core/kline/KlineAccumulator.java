package io.agx.market.core.kline;

import static io.agx.market.core.model.Sum128.addHigh;
import static io.agx.market.core.model.Sum128.carry;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Trade;

/**
 * The sums of one bucket while trades come in: a mutable {@link Kline} without objects inside.
 *
 * <p>Not thread-safe: owned by whoever owns the series, and reused from bucket to bucket. Trades of one bucket may come in
 * any order: open is the price of the lowest (time, seq), close that of the highest.
 */
public final class KlineAccumulator {
    private KlineInterval interval = KlineInterval.SECOND_1;
    private long openTimeMillis;
    private long nextOpenTimeMillis;
    private long open;
    private long high;
    private long low;
    private long close;
    private long volumeHigh;
    private long volumeLow;
    private long quoteHigh;
    private long quoteLow;
    private long buyVolumeHigh;
    private long buyVolumeLow;
    private long buyQuoteHigh;
    private long buyQuoteLow;
    private long count;
    private long firstSeq;
    private long seq;
    private long firstTradeTimeMillis;
    private long firstTradeSeq;
    private long lastTradeTimeMillis;
    private long lastTradeSeq;

    /** Empties it and gives it a bucket: {@code [openTimeMillis, nextOpenTimeMillis)}. */
    public void reset(KlineInterval newInterval, long newOpenTimeMillis, long newNextOpenTimeMillis) {
        interval = newInterval;
        openTimeMillis = newOpenTimeMillis;
        nextOpenTimeMillis = newNextOpenTimeMillis;
        clear();
    }

    /** Drops the trades and keeps the bucket. */
    public void clear() {
        count = 0;
        volumeHigh = 0;
        volumeLow = 0;
        quoteHigh = 0;
        quoteLow = 0;
        buyVolumeHigh = 0;
        buyVolumeLow = 0;
        buyQuoteHigh = 0;
        buyQuoteLow = 0;
    }

    /**
     * Takes over a candle that is not flat, bucket included. Trades added afterwards must have a higher {@code seq} than
     * all of the candle's, which does not tell the {@code seq} of its opening trade.
     */
    public void load(Kline kline) {
        reset(kline.interval(), kline.openTimeMillis(), kline.nextOpenTimeMillis());
        open = kline.open();
        high = kline.high();
        low = kline.low();
        close = kline.close();
        volumeHigh = kline.volume().high();
        volumeLow = kline.volume().low();
        quoteHigh = kline.quoteVolume().high();
        quoteLow = kline.quoteVolume().low();
        buyVolumeHigh = kline.takerBuyVolume().high();
        buyVolumeLow = kline.takerBuyVolume().low();
        buyQuoteHigh = kline.takerBuyQuoteVolume().high();
        buyQuoteLow = kline.takerBuyQuoteVolume().low();
        count = kline.count();
        firstSeq = kline.firstSeq();
        seq = kline.seq();
        firstTradeTimeMillis = kline.firstTradeTimeMillis();
        firstTradeSeq = kline.firstSeq();
        lastTradeTimeMillis = kline.lastTradeTimeMillis();
        lastTradeSeq = kline.seq();
    }

    /**
     * Adds a trade of this bucket; that it lies inside is not checked.
     *
     * @throws ArithmeticException if a sum needs more than 128 bits
     */
    public void add(Trade trade) {
        long price = trade.price();
        long quantity = trade.quantity();
        long time = trade.timeMillis();
        long tradeSeq = trade.seq();
        long amountHigh = Math.multiplyHigh(price, quantity);
        long amountLow = price * quantity;
        addSums(0, quantity, amountHigh, amountLow);
        if (trade.takerSide() == Side.BUY) {
            addBuySums(0, quantity, amountHigh, amountLow);
        }
        if (count == 0) {
            start(price, price, price, price, tradeSeq, tradeSeq);
            startTimes(time, tradeSeq, time, tradeSeq);
            count = 1;
            return;
        }
        count++;
        high = Math.max(high, price);
        low = Math.min(low, price);
        if (isAfter(time, tradeSeq, lastTradeTimeMillis, lastTradeSeq)) {
            close = price;
            lastTradeTimeMillis = time;
            lastTradeSeq = tradeSeq;
        } else if (isAfter(firstTradeTimeMillis, firstTradeSeq, time, tradeSeq)) {
            open = price;
            firstTradeTimeMillis = time;
            firstTradeSeq = tradeSeq;
        }
        firstSeq = Math.min(firstSeq, tradeSeq);
        seq = Math.max(seq, tradeSeq);
    }

    /**
     * Adds the trades of another accumulator whose bucket lies inside this one; an empty one changes nothing.
     *
     * @throws ArithmeticException if a sum needs more than 128 bits
     */
    public void merge(KlineAccumulator other) {
        if (other.count == 0) {
            return;
        }
        addSums(other.volumeHigh, other.volumeLow, other.quoteHigh, other.quoteLow);
        if ((other.buyVolumeHigh | other.buyVolumeLow) != 0) {
            addBuySums(other.buyVolumeHigh, other.buyVolumeLow, other.buyQuoteHigh, other.buyQuoteLow);
        }
        if (count == 0) {
            start(other.open, other.high, other.low, other.close, other.firstSeq, other.seq);
            startTimes(other.firstTradeTimeMillis, other.firstTradeSeq, other.lastTradeTimeMillis, other.lastTradeSeq);
            count = other.count;
            return;
        }
        count += other.count;
        high = Math.max(high, other.high);
        low = Math.min(low, other.low);
        if (isAfter(other.lastTradeTimeMillis, other.lastTradeSeq, lastTradeTimeMillis, lastTradeSeq)) {
            close = other.close;
            lastTradeTimeMillis = other.lastTradeTimeMillis;
            lastTradeSeq = other.lastTradeSeq;
        }
        if (isAfter(firstTradeTimeMillis, firstTradeSeq, other.firstTradeTimeMillis, other.firstTradeSeq)) {
            open = other.open;
            firstTradeTimeMillis = other.firstTradeTimeMillis;
            firstTradeSeq = other.firstTradeSeq;
        }
        firstSeq = Math.min(firstSeq, other.firstSeq);
        seq = Math.max(seq, other.seq);
    }

    /**
     * The candle of the trades so far.
     *
     * @throws IllegalStateException if there are none
     */
    public Kline toKline(boolean closed, KlineCause cause) {
        if (count == 0) {
            throw new IllegalStateException("no trades in the " + interval.code() + " bucket of " + openTimeMillis);
        }
        return new Kline(
                interval,
                openTimeMillis,
                nextOpenTimeMillis,
                open,
                high,
                low,
                close,
                sum(volumeHigh, volumeLow),
                sum(quoteHigh, quoteLow),
                sum(buyVolumeHigh, buyVolumeLow),
                sum(buyQuoteHigh, buyQuoteLow),
                count,
                firstSeq,
                seq,
                firstTradeTimeMillis,
                lastTradeTimeMillis,
                closed,
                cause);
    }

    /** Whether a moment lies in the bucket. */
    public boolean contains(long timeMillis) {
        return timeMillis >= openTimeMillis && timeMillis < nextOpenTimeMillis;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public long openTimeMillis() {
        return openTimeMillis;
    }

    public long nextOpenTimeMillis() {
        return nextOpenTimeMillis;
    }

    /** Price of the trade with the lowest (time, seq); undefined while empty, as all prices here. */
    public long open() {
        return open;
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }

    public long close() {
        return close;
    }

    public long count() {
        return count;
    }

    /** Highest {@code seq} added. */
    public long seq() {
        return seq;
    }

    public long firstTradeTimeMillis() {
        return firstTradeTimeMillis;
    }

    public long lastTradeTimeMillis() {
        return lastTradeTimeMillis;
    }

    /** Upper 64 bits of the sum of quantities. */
    public long volumeHigh() {
        return volumeHigh;
    }

    /** Lower 64 bits of the sum of quantities. */
    public long volumeLow() {
        return volumeLow;
    }

    /** Upper 64 bits of the sum of price × quantity. */
    public long quoteVolumeHigh() {
        return quoteHigh;
    }

    /** Lower 64 bits of the sum of price × quantity. */
    public long quoteVolumeLow() {
        return quoteLow;
    }

    private void addSums(long quantityHigh, long quantityLow, long amountHigh, long amountLow) {
        long newVolumeLow = volumeLow + quantityLow;
        volumeHigh = addHigh(volumeHigh, quantityHigh, carry(volumeLow, quantityLow, newVolumeLow));
        volumeLow = newVolumeLow;
        long newQuoteLow = quoteLow + amountLow;
        quoteHigh = addHigh(quoteHigh, amountHigh, carry(quoteLow, amountLow, newQuoteLow));
        quoteLow = newQuoteLow;
    }

    private void addBuySums(long quantityHigh, long quantityLow, long amountHigh, long amountLow) {
        long newVolumeLow = buyVolumeLow + quantityLow;
        buyVolumeHigh = addHigh(buyVolumeHigh, quantityHigh, carry(buyVolumeLow, quantityLow, newVolumeLow));
        buyVolumeLow = newVolumeLow;
        long newQuoteLow = buyQuoteLow + amountLow;
        buyQuoteHigh = addHigh(buyQuoteHigh, amountHigh, carry(buyQuoteLow, amountLow, newQuoteLow));
        buyQuoteLow = newQuoteLow;
    }

    private void start(long newOpen, long newHigh, long newLow, long newClose, long newFirstSeq, long newSeq) {
        open = newOpen;
        high = newHigh;
        low = newLow;
        close = newClose;
        firstSeq = newFirstSeq;
        seq = newSeq;
    }

    private void startTimes(long firstTimeMillis, long firstTimeSeq, long lastTimeMillis, long lastTimeSeq) {
        firstTradeTimeMillis = firstTimeMillis;
        firstTradeSeq = firstTimeSeq;
        lastTradeTimeMillis = lastTimeMillis;
        lastTradeSeq = lastTimeSeq;
    }

    private static boolean isAfter(long timeMillis, long tradeSeq, long otherTimeMillis, long otherSeq) {
        return timeMillis > otherTimeMillis || (timeMillis == otherTimeMillis && tradeSeq > otherSeq);
    }

    private static Sum128 sum(long upper, long lower) {
        return (upper | lower) == 0 ? Sum128.ZERO : new Sum128(upper, lower);
    }
}
