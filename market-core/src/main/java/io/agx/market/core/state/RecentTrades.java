package io.agx.market.core.state;

import io.agx.market.core.cache.TradeWindow;
import io.agx.market.core.model.Trade;

/**
 * The newest trades of one instrument. Not thread-safe; its windows are shared with readers.
 *
 * <p>It writes only to slots behind every window it has given out, and copies no trades: a new chunk every
 * {@value TradeWindow#CHUNK} trades costs a copy of the list of chunks.
 */
final class RecentTrades {
    private final int kept;
    private Trade[][] chunks = {};
    private int first;
    private int end;

    RecentTrades(int kept) {
        this.kept = kept;
    }

    void add(Trade trade) {
        if (end == chunks.length * TradeWindow.CHUNK) {
            addChunk();
        }
        chunks[end / TradeWindow.CHUNK][end % TradeWindow.CHUNK] = trade;
        end++;
        if (end - first > kept) {
            first++;
        }
    }

    TradeWindow window() {
        return new TradeWindow(chunks, first, end - first);
    }

    private void addChunk() {
        int dropped = first / TradeWindow.CHUNK;
        int length = chunks.length - dropped;
        Trade[][] next = new Trade[length + 1][];
        System.arraycopy(chunks, dropped, next, 0, length);
        next[length] = new Trade[TradeWindow.CHUNK];
        chunks = next;
        first -= dropped * TradeWindow.CHUNK;
        end -= dropped * TradeWindow.CHUNK;
    }
}
