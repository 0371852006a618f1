package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The candles of one room: every revision as it comes and no close lost. After an absence that the server could not make up for, the candles
 * from the oldest one without a close on are fetched from its history, and told in their order before anything live; what history does not
 * give is told as a gap. Owned by the client's thread.
 *
 * <p>Of each candle the newest revision waits while history is read, up to {@link #MAX_WAITING} candles; those beyond are fetched as well.
 */
final class KlineSequence {
    /** Candles that may wait for their close: at 1s a grace of many minutes. */
    static final int MAX_OPEN = 1_500;

    /** Candles that wait behind a hole: as many as one answer of history has. */
    static final int MAX_WAITING = 1_500;

    private static final long NONE = Long.MIN_VALUE;

    /** Where candles are asked for, and where everything goes. */
    interface Outlet {
        void kline(KlineData kline);

        /**
         * Closes that will not come.
         *
         * @param fromTimeMillis at or before the open time of the oldest candle that may lack its close; 0 if that is not known
         * @param toTimeMillis open time of the newest
         */
        void gap(long fromTimeMillis, long toTimeMillis);

        /** Asks history for the candles from an open time on; answered by {@link #history} or {@link #noHistory} with the same ticket. */
        void askHistory(long fromTimeMillis, long ticket);
    }

    private final Outlet outlet;
    private final long fillLimit;
    private final long intervalMillis;
    // By open time: candles of which no close was told, with their newest seq.
    private final TreeMap<Long, Long> openSeqs = new TreeMap<>();
    // By open time: what is told when the hole is filled.
    private final TreeMap<Long, KlineData> waiting = new TreeMap<>();
    // Highest open time that was told.
    private long newestMillis = NONE;
    // Highest open time whose close was told. Closes come in order, so those before it were told as well.
    private long closedToMillis = NONE;
    // Highest seq that is known to exist.
    private long seq;
    // Whether there is a hole, from before the reply that told it until it is filled or given up.
    private boolean behind;
    private long cursorBehindHole;
    // First open time that is not told yet.
    private long holeFromMillis;
    private long holeToMillis;
    private boolean asking;
    // Answers to questions of before count no more.
    private long ticket;
    // Lowest and highest open time that do not wait, for they would have been too many; NONE for none since history was
    // last asked.
    private long droppedFromMillis = NONE;
    private long droppedToMillis = NONE;

    /**
     * @param fillLimit longest hole that is filled, in candles; 0 fills none
     * @param intervalMillis length of a candle
     */
    KlineSequence(Outlet outlet, long fillLimit, long intervalMillis) {
        this.outlet = outlet;
        this.fillLimit = fillLimit;
        this.intervalMillis = intervalMillis;
    }

    /**
     * The cursor: the oldest candle of which no close was told. A close does not raise a candle's seq, so the newest seq would not say that
     * it is missing.
     */
    long seq() {
        return behind
                ? cursorBehindHole
                : openSeqs.values().stream().mapToLong(Long::longValue).min().orElse(seq);
    }

    /** Whether an answer to this question still counts. */
    boolean awaits(long askedTicket) {
        return asking && askedTicket == ticket;
    }

    /** Another history began. */
    void restart() {
        pause();
        behind = false;
        openSeqs.clear();
        newestMillis = NONE;
        closedToMillis = NONE;
        seq = 0;
    }

    /** The connection was lost: what waits comes again from the cursor on. */
    void pause() {
        ticket++;
        asking = false;
        waiting.clear();
    }

    /**
     * The room was joined.
     *
     * @param missed whether candles changed since the cursor that the snapshot does not have
     */
    void joined(List<KlineData> snapshot, long upToSeq, boolean missed) {
        if (missed) {
            cursorBehindHole = seq();
            if (!openSeqs.isEmpty()) {
                long fromMillis = firstWithoutClose();
                holeFromMillis = behind ? Math.min(holeFromMillis, fromMillis) : fromMillis;
            } else if (!behind) {
                holeFromMillis = newestMillis;
            }
            openSeqs.clear(); // They are told anew.
        }
        behind = missed;
        droppedFromMillis = NONE;
        droppedToMillis = NONE;
        seq = Math.max(seq, upToSeq);
        snapshot.forEach(this::await);
        holeToMillis = waiting.isEmpty() ? NONE : waiting.lastKey();
        if (!missed || holeToMillis == NONE) {
            endHole();
        } else if (holeFromMillis == NONE || (holeToMillis - holeFromMillis) / intervalMillis >= fillLimit) {
            giveUp();
        } else {
            ask();
        }
    }

    /** Of a candle without trades nothing was told before its close, so the oldest that is open need not be the first that lacks one. */
    private long firstWithoutClose() {
        return closedToMillis == NONE ? openSeqs.firstKey() : Math.min(openSeqs.firstKey(), closedToMillis + 1);
    }

    void offer(KlineData kline, long upToSeq) {
        seq = Math.max(seq, upToSeq);
        if (behind) {
            keep(kline);
        } else {
            tell(kline);
        }
    }

    /**
     * An answer.
     *
     * @param klines rising, from the open time asked for on; history that has no more is a gap
     */
    void history(long answeredTicket, List<KlineData> klines) {
        if (!awaits(answeredTicket)) {
            return;
        }
        asking = false;
        long askedMillis = holeFromMillis;
        long reachedMillis = NONE;
        for (KlineData kline : klines) {
            KlineData live = waiting.remove(kline.openTimeMillis());
            tell(live != null && isNewer(live, kline) ? live : kline);
            reachedMillis = kline.openTimeMillis();
            holeFromMillis = kline.closed() ? reachedMillis + 1 : reachedMillis;
        }
        boolean reached = reachedMillis >= holeToMillis || holeFromMillis > holeToMillis;
        if (droppedFromMillis != NONE) {
            holeFromMillis = reached ? droppedFromMillis : Math.min(holeFromMillis, droppedFromMillis);
            holeToMillis = Math.max(holeToMillis, droppedToMillis);
            if (reached) {
                tellAll(waiting.headMap(droppedFromMillis));
            }
            ask();
        } else if (reached) {
            endHole();
        } else if (holeFromMillis == askedMillis) {
            giveUp();
        } else {
            ask();
        }
    }

    /** There is no answer, and there will be none. */
    void noHistory(long answeredTicket) {
        if (awaits(answeredTicket)) {
            asking = false;
            giveUp();
        }
    }

    private void ask() {
        asking = true;
        droppedFromMillis = NONE;
        droppedToMillis = NONE;
        outlet.askHistory(holeFromMillis, ++ticket);
    }

    private void giveUp() {
        outlet.gap(holeFromMillis == NONE ? 0 : holeFromMillis, Math.max(holeToMillis, droppedToMillis));
        endHole();
    }

    private void endHole() {
        behind = false;
        tellAll(waiting);
    }

    private void tellAll(Map<Long, KlineData> klines) {
        klines.values().forEach(this::tell);
        klines.clear();
    }

    private void keep(KlineData kline) {
        await(kline);
        if (waiting.size() > MAX_WAITING) {
            long lastMillis = waiting.lastKey();
            waiting.remove(lastMillis);
            droppedFromMillis = droppedFromMillis == NONE ? lastMillis : Math.min(droppedFromMillis, lastMillis);
            droppedToMillis = Math.max(droppedToMillis, lastMillis);
        }
    }

    private void await(KlineData kline) {
        waiting.merge(kline.openTimeMillis(), kline, (before, next) -> isNewer(next, before) ? next : before);
    }

    private void tell(KlineData kline) {
        newestMillis = Math.max(newestMillis, kline.openTimeMillis());
        if (kline.closed()) {
            closedToMillis = Math.max(closedToMillis, kline.openTimeMillis());
            openSeqs.remove(kline.openTimeMillis());
        } else {
            openSeqs.put(kline.openTimeMillis(), kline.seq());
            if (openSeqs.size() > MAX_OPEN) {
                openSeqs.pollFirstEntry();
            }
        }
        outlet.kline(kline);
    }

    /** Whether the one is a later revision than the other, or the same. */
    private static boolean isNewer(KlineData one, KlineData other) {
        return one.seq() > other.seq() || one.seq() == other.seq() && (one.closed() || !other.closed());
    }
}
