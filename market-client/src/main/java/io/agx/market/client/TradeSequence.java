package io.agx.market.client;

import io.agx.market.core.protocol.TradeData;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The trades of one room: each {@code seq} once, in rising order. What is missing is fetched from the server's history before anything
 * that follows it is told; what history does not have either is told as a gap. Owned by the client's thread.
 *
 * <p>Live trades wait while history is read, up to {@link #MAX_WAITING}; beyond, they are dropped and fetched as well.
 */
final class TradeSequence {
    /** Trades that wait behind a hole: what half a minute at 1,000 a second brings, some 5 MB. */
    static final int MAX_WAITING = 30_000;

    /** Where a hole's trades are asked for, and where everything goes. */
    interface Outlet {
        /** Trades to tell, at least one. */
        void trades(List<TradeData> trades);

        /** Trades that will not come. */
        void gap(long fromSeq, long toSeq, String rest);

        /** Trades of history came where some were missing. */
        void filled(long fromSeq, long toSeq);

        /** Asks history for the trades from a seq on; answered by {@link #history} or {@link #noHistory} with the same ticket. */
        void askHistory(long fromSeq, int limit, long ticket);
    }

    private final Outlet outlet;
    private final long fillLimit;
    private final int pageSize;
    // Behind a hole, in rising order; may have holes of its own.
    private final ArrayDeque<TradeData> waiting = new ArrayDeque<>();
    private boolean begun;
    private boolean filling;
    // Everything up to here was told, or told as a gap.
    private long seq;
    // Highest that is known to exist.
    private long knownSeq;
    private long holeFromSeq;
    // Answers to questions of before count no more.
    private long ticket;
    private String rest = "";
    private long duplicateCount;

    /**
     * @param fillLimit longest hole that is filled, in trades; 0 fills none
     * @param pageSize trades asked for at a time
     */
    TradeSequence(Outlet outlet, long fillLimit, int pageSize) {
        this.outlet = outlet;
        this.fillLimit = fillLimit;
        this.pageSize = pageSize;
    }

    /** The cursor: everything up to here was told. */
    long seq() {
        return seq;
    }

    long duplicateCount() {
        return duplicateCount;
    }

    /** Whether an answer to this question still counts. */
    boolean awaits(long askedTicket) {
        return filling && askedTicket == ticket;
    }

    /** Another history began. */
    void restart() {
        pause();
        begun = false;
        seq = 0;
        knownSeq = 0;
    }

    /** The connection was lost: what waits comes again from the cursor on. */
    void pause() {
        endHole();
        ticket++;
        filling = false;
        waiting.clear();
        knownSeq = seq;
    }

    /** The room was joined; the snapshot may be empty, and everything up to a seq has happened. */
    void joined(List<TradeData> snapshot, long upToSeq) {
        offer(snapshot);
        if (!begun) {
            begun = true;
            seq = Math.max(seq, upToSeq);
        }
        known(upToSeq);
    }

    void offer(List<TradeData> trades) {
        if (trades.isEmpty()) {
            return;
        }
        knownSeq = Math.max(knownSeq, trades.get(trades.size() - 1).seq());
        if (filling) {
            await(trades);
        } else {
            waiting.addAll(trades);
            advance();
        }
    }

    /** The server will not send these. */
    void lost(long toSeq, String rest) {
        this.rest = rest;
        known(toSeq);
    }

    /** Everything up to here was sent or is missing: TCP keeps the order. */
    void known(long upToSeq) {
        if (begun && upToSeq > knownSeq) {
            knownSeq = upToSeq;
        }
        if (!filling) {
            advance();
        }
    }

    /**
     * An answer.
     *
     * @param trades rising, from the seq asked for or later; a hole in them is one of history
     * @param complete whether history has no more now
     */
    void history(long answeredTicket, List<TradeData> trades, boolean complete) {
        if (answeredTicket != ticket) {
            return;
        }
        filling = false;
        long target = target();
        boolean beyond = complete;
        List<TradeData> next = new ArrayList<>(trades.size());
        for (TradeData trade : trades) {
            if (trade.seq() > target) {
                beyond = true;
                break;
            }
            if (trade.seq() <= seq) {
                continue;
            }
            if (trade.seq() > seq + 1) {
                tell(next);
                tellGap(trade.seq() - 1);
            }
            seq = trade.seq();
            next.add(trade);
        }
        tell(next);
        if (seq == target) {
            endHole();
        } else if (beyond) {
            tellGap(target);
        }
        advance();
    }

    /** There is no answer, and there will be none. */
    void noHistory(long answeredTicket) {
        if (answeredTicket == ticket) {
            filling = false;
            if (target() > seq) {
                tellGap(target());
            }
            advance();
        }
    }

    /** Tells what can be told, and asks for what is missing before the rest. */
    private void advance() {
        List<TradeData> next = new ArrayList<>(waiting.size());
        while (!waiting.isEmpty()) {
            TradeData trade = waiting.element();
            if (trade.seq() <= seq) {
                duplicateCount++;
            } else if (!begun || trade.seq() == seq + 1) {
                begun = true;
                seq = trade.seq();
                next.add(trade);
            } else {
                break;
            }
            waiting.remove();
        }
        tell(next);
        if (target() > seq) {
            fill();
        } else {
            rest = "";
        }
    }

    private void fill() {
        if (holeFromSeq == 0) {
            holeFromSeq = seq + 1;
        }
        long missing = target() - seq;
        if (missing > fillLimit) {
            tellGap(target());
            advance();
            return;
        }
        filling = true;
        outlet.askHistory(seq + 1, (int) Math.min(pageSize, missing), ++ticket);
    }

    /** The last trade before the first that waits; without one, the last known. */
    private long target() {
        return Math.max(seq, waiting.isEmpty() ? knownSeq : waiting.element().seq() - 1);
    }

    private void await(List<TradeData> trades) {
        if (waiting.size() + trades.size() > MAX_WAITING) {
            waiting.clear();
        } else {
            waiting.addAll(trades);
        }
    }

    private void tell(List<TradeData> next) {
        if (!next.isEmpty()) {
            outlet.trades(List.copyOf(next));
            next.clear();
        }
    }

    private void tellGap(long toSeq) {
        long fromSeq = seq + 1;
        endHole();
        seq = toSeq;
        outlet.gap(fromSeq, toSeq, rest);
    }

    private void endHole() {
        if (holeFromSeq > 0 && seq >= holeFromSeq) {
            outlet.filled(holeFromSeq, seq);
        }
        holeFromSeq = 0;
    }
}
