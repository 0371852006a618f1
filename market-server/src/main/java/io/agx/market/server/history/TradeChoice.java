package io.agx.market.server.history;

import io.agx.market.core.model.Trade;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The first or the last trades by (time, {@code seq}) of any number that are offered; no more are kept than are wanted. One thread's.
 */
final class TradeChoice {
    private static final Comparator<Trade> BY_TIME =
            Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq);

    private final int wanted;
    /** Its head is the next to go. */
    private final PriorityQueue<Trade> kept;

    /**
     * @param wanted most trades, 1 or higher
     * @param newest whether the last are wanted, or else the first
     */
    TradeChoice(int wanted, boolean newest) {
        this.wanted = wanted;
        this.kept = new PriorityQueue<>(newest ? BY_TIME : BY_TIME.reversed());
    }

    /** @param trade one that was not offered before */
    void offer(Trade trade) {
        kept.add(trade);
        if (kept.size() > wanted) {
            kept.remove();
        }
    }

    /** Those that were chosen, by rising {@code seq}. */
    List<Trade> bySeq() {
        List<Trade> chosen = new ArrayList<>(kept);
        chosen.sort(Comparator.comparingLong(Trade::seq));
        return chosen;
    }
}
