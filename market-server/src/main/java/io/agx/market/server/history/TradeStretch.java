package io.agx.market.server.history;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trades of one instrument with a time in a range, in {@code seq} order, read a page at a time. One reader; it waits for the disk.
 *
 * <p>Between the lowest and the highest {@code seq} of the range there may be trades of other times, where history was imported
 * later; they are read and left out. What comes into the log after it was made is not in it.
 */
public final class TradeStretch {
    /** Trades in memory at once: about a megabyte. */
    static final int PAGE = 5_000;

    private final TradeHistory history;
    private final Symbol symbol;
    private final long fromMillis;
    private final long toMillis;
    private final long fromSeq;
    private final long toSeq;
    private final long keptSeq;
    private List<Trade> page = List.of();
    private int at;
    private long nextSeq;

    /**
     * @param toSeq lower than {@code fromSeq} if there are none
     * @param keptSeq below it some trades may be missing that are older than the range
     */
    TradeStretch(
            TradeHistory history,
            Symbol symbol,
            long fromMillis,
            long toMillis,
            long fromSeq,
            long toSeq,
            long keptSeq) {
        this.history = history;
        this.symbol = symbol;
        this.fromMillis = fromMillis;
        this.toMillis = toMillis;
        this.fromSeq = fromSeq;
        this.toSeq = toSeq;
        this.keptSeq = keptSeq;
        this.nextSeq = fromSeq;
    }

    /** How many trades will be read, those of other times included. */
    public long span() {
        return toSeq < fromSeq ? 0 : toSeq - fromSeq + 1;
    }

    /**
     * The next trade, without taking it; null if there is no more.
     *
     * @throws ProtocolException {@link ErrorCode#STORE_BEHIND} if it cannot be read
     */
    public @Nullable Trade peek() {
        while (true) {
            for (; at < page.size(); at++) {
                Trade trade = page.get(at);
                if (trade.timeMillis() >= fromMillis && trade.timeMillis() < toMillis) {
                    return trade;
                }
            }
            if (nextSeq > toSeq) {
                return null;
            }
            readPage();
        }
    }

    /** Takes what {@link #peek} showed. */
    public void take() {
        at++;
    }

    private void readPage() {
        page = history.page(symbol, nextSeq, toSeq, PAGE);
        at = 0;
        for (Trade trade : page) {
            if (trade.seq() != nextSeq && trade.seq() > keptSeq) {
                throw missing();
            }
            nextSeq = trade.seq() + 1;
        }
        if (page.isEmpty()) {
            throw missing();
        }
    }

    private ProtocolException missing() {
        return new ProtocolException(
                ErrorCode.STORE_BEHIND, null, "trade " + nextSeq + " of " + symbol + " cannot be read now");
    }
}
