package io.agx.market.core.ticker;

import io.agx.market.core.kline.KlineAccumulator;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Quote;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rolling 24 hours of one instrument; see {@link Ticker} for what its numbers mean.
 *
 * <p>Owned by the engine thread. Its time is the clock or the time of the newest trade, whichever is later: where a
 * source's clock runs ahead, the window moves with its trades rather than leaving them out. It never moves back. Trades
 * older than the window count for {@code last} only, if they are the newest.
 */
public final class RollingTicker {
    private final RollingWindow window = new RollingWindow();
    private final KlineAccumulator second = new KlineAccumulator();
    private long timeMillis = Long.MIN_VALUE;
    private long startSecond = Long.MIN_VALUE;
    private boolean traded;
    private boolean changed;
    private long lastPrice;
    private long lastQuantity;
    private long lastTradeTimeMillis = Long.MIN_VALUE;

    /**
     * Takes over the window of a checkpoint. To be called on a new ticker only.
     *
     * @param seconds traded one-second candles, ascending; those that are older than the window are left out
     * @param clockMillis the clock of the checkpoint
     */
    public void restore(List<Kline> seconds, long price, long quantity, long tradeTimeMillis, long clockMillis) {
        traded = true;
        lastPrice = price;
        lastQuantity = quantity;
        lastTradeTimeMillis = tradeTimeMillis;
        moveTo(Math.max(clockMillis, tradeTimeMillis));
        for (Kline kline : seconds) {
            if (!kline.isFlat()) {
                second.load(kline);
                window.add(second);
            }
        }
        changed = true;
    }

    /** Applies the next trade in log order. */
    public void apply(Trade trade) {
        long openTimeMillis = KlineInterval.SECOND_1.openTimeMillis(trade.timeMillis());
        second.reset(KlineInterval.SECOND_1, openTimeMillis, openTimeMillis + 1_000);
        second.add(trade);
        applyLast(trade);
        applySecond(second);
    }

    /** The part of {@link #apply} that is due for each trade: the newest price. */
    public void applyLast(Trade trade) {
        if (trade.timeMillis() >= lastTradeTimeMillis) {
            lastTradeTimeMillis = trade.timeMillis();
            lastPrice = trade.price();
            lastQuantity = trade.quantity();
        }
        traded = true;
        changed = true;
    }

    /** The other part, for trades of one second whose {@link #applyLast} was called; the argument is not kept. */
    public void applySecond(KlineAccumulator trades) {
        moveTo(trades.lastTradeTimeMillis());
        window.add(trades);
    }

    /** Moves the time, and so the window, to the clock; an earlier one than before changes nothing. */
    public void advance(long clockMillis) {
        moveTo(clockMillis);
    }

    /** Whether a trade came, or one left the window, since the last {@link #clearChanged()}; time alone is no change. */
    public boolean isChanged() {
        return changed;
    }

    public void clearChanged() {
        changed = false;
    }

    /** Whether there was any trade: before, there is no ticker. */
    public boolean hasTraded() {
        return traded;
    }

    /**
     * The ticker now.
     *
     * @param seq highest {@code seq} applied
     * @throws IllegalStateException before the first trade
     */
    public Ticker ticker(long seq) {
        return ticker(seq, null);
    }

    /** As {@link #ticker(long)}, with the newest quote. */
    public Ticker ticker(long seq, @Nullable Quote quote) {
        if (!traded) {
            throw new IllegalStateException("no ticker before the first trade");
        }
        boolean empty = window.isEmpty();
        return new Ticker(
                seq,
                timeMillis,
                lastPrice,
                lastQuantity,
                empty ? lastPrice : window.open(),
                empty ? lastPrice : window.high(),
                empty ? lastPrice : window.low(),
                window.volume(),
                window.quoteVolume(),
                window.count(),
                startSecond * 1_000,
                timeMillis,
                quote);
    }

    private void moveTo(long newTimeMillis) {
        if (newTimeMillis <= timeMillis) {
            return;
        }
        timeMillis = newTimeMillis;
        long newStart = Math.floorDiv(newTimeMillis, 1_000L) - (Ticker.WINDOW_SECONDS - 1);
        if (newStart > startSecond) {
            startSecond = newStart;
            changed |= window.startAt(newStart);
        }
    }
}
