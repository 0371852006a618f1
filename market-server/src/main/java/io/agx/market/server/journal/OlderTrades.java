package io.agx.market.server.journal;

import java.io.IOException;

/**
 * Knows the trades that the log no longer tells: those of dropped segments, or of segments too old for the duplicate index. The
 * store can be asked.
 */
@FunctionalInterface
public interface OlderTrades {
    /**
     * Called on the journal's thread, seldom: only for ids that are not in the index, are not above the instrument's highest or
     * surely new texts, and only once the index has forgotten anything. Every group waits for it.
     *
     * @param toPosition the trade may be anywhere in the log before this position: who does not have all of that yet must not say no
     * @throws IOException if it cannot be told; the trades of that request are then refused
     */
    boolean contains(int instrumentId, String tradeId, long toPosition) throws IOException;
}
