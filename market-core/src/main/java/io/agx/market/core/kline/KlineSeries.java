package io.agx.market.core.kline;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The candles of one instrument at one interval and UTC offset, under the finality contract (PROTOCOL.md, section 7).
 *
 * <p>Owned by the engine thread. Trades and time go in; {@link #flush} gives the revisions since the last flush and
 * {@link #window()} the candles for readers.
 * <ul>
 *   <li>A bucket closes when the clock reaches its end plus the grace: one event with {@code closed} and cause CLOCK, flat
 *       if it has no trades. There are none before the first trade; when the clock jumps, flat ones are made for the
 *       newest {@value #MAX_FLAT_CLOSES} buckets only.
 *   <li>A trade in a bucket that is not closed gives a revision with cause TRADE. One in a closed bucket gives a revision
 *       with {@code closed} and cause LATE or BACKFILL, and so do the flat candles that follow it up to the next traded
 *       candle, as far as they are among the newest {@value #MAX_FLAT_CLOSES} buckets and were closed by this series (not
 *       before its first trade or its restart: importing old history would revise all flat candles up to now each time).
 *   <li>Between two flushes the newest revision of a candle wins, but a close is always given, before what came after it.
 *   <li>A late trade older than a full window, or than where the series is whole from, only counts in
 *       {@link #beyondWindowCount()}; the store revises its candle.
 * </ul>
 *
 * <p>Bounds: the window keeps the newest {@code klinesKept} traded candles. At most that many buckets are open; if a source
 * runs so far ahead of the clock that there would be more, the oldest closes early. What waits for the flush is bounded by
 * the trades and time since the last one; the owner flushes when {@link #closeCount()} says that it is much.
 */
public final class KlineSeries {
    /** Most buckets for which one step of the clock makes flat candles: the longest history one request returns. */
    public static final int MAX_FLAT_CLOSES = 1_500;

    /** Shortest month, in milliseconds: so many of them cover at most as many months. */
    private static final long SHORTEST_MONTH_MILLIS = 28 * 86_400_000L;

    private static final int SPARES = 4;

    private final KlineInterval interval;
    private final int utcOffsetMinutes;
    private final int klinesKept;
    private final long graceMillis;
    private final KlineAccumulator single = new KlineAccumulator();

    private KlineWindow window;
    /** Buckets that are open or have changed since the last flush, ascending by open time. */
    private Bucket[] hot = new Bucket[4];

    private int hotSize;
    private @Nullable Bucket current;
    /** Emptied buckets for reuse, so that a steady flow of trades allocates none. */
    private final ArrayList<Bucket> spares = new ArrayList<>(SPARES);

    /** Close events since the last flush, ascending. */
    private final ArrayList<Kline> closes = new ArrayList<>();

    private long clockMillis = Long.MIN_VALUE;
    /** Open time of the first bucket that is not closed. */
    private long frontierMillis;
    /** End of that bucket. */
    private long frontierEndMillis;
    /** Frontier when the first candle came: flat candles before it were never given by this series. */
    private long liveFromMillis;

    private boolean started;
    private boolean changed;
    private long beyondWindowCount;

    /**
     * @param klinesKept traded candles kept for readers, 1 or higher
     * @param graceMillis how long after its end a bucket stays open for trades on their way, 0 or higher
     */
    public KlineSeries(KlineInterval interval, int utcOffsetMinutes, int klinesKept, long graceMillis) {
        this.interval = interval;
        this.utcOffsetMinutes = utcOffsetMinutes;
        this.klinesKept = klinesKept;
        this.graceMillis = graceMillis;
        this.window = KlineWindow.empty(interval, utcOffsetMinutes, klinesKept, graceMillis);
    }

    public KlineInterval interval() {
        return interval;
    }

    public int utcOffsetMinutes() {
        return utcOffsetMinutes;
    }

    /** Candles as of the last {@link #flush} or {@link #restore}, under the clock of the last change. */
    public KlineWindow window() {
        return window;
    }

    /** Late trades that were older than a full window, or than where the series is whole from. */
    public long beyondWindowCount() {
        return beyondWindowCount;
    }

    /** Whether {@link #flush} has something to give. */
    public boolean isChanged() {
        return changed;
    }

    /** Closes that wait for {@link #flush}: one trade or step of the clock adds {@value #MAX_FLAT_CLOSES} flat ones at most. */
    public int closeCount() {
        return closes.size();
    }

    /** The clock at which the next bucket closes; {@link Long#MAX_VALUE} before the first trade. */
    public long nextCloseMillis() {
        return started ? frontierEndMillis + graceMillis : Long.MAX_VALUE;
    }

    /** As {@link #restore(List, long, long)}, of {@code klinesKept} candles or all that there ever were. */
    public void restore(List<Kline> klines, long newClockMillis) {
        restore(klines, newClockMillis, Long.MIN_VALUE);
    }

    /**
     * Takes over candles, without any event: those whose end and grace the clock has passed are closed.
     *
     * @param klines the newest traded candles, ascending; more than {@code klinesKept} lose the oldest
     * @param wholeFromMillis open time from which none is missing, {@link Long#MIN_VALUE} if none is at all: what comes before it counts
     *     as beyond the window
     * @throws IllegalStateException if the series has trades already
     */
    public void restore(List<Kline> klines, long newClockMillis, long wholeFromMillis) {
        if (started) {
            throw new IllegalStateException("the " + interval.code() + " series has trades already");
        }
        clockMillis = newClockMillis;
        window = window.wholeFrom(wholeFromMillis);
        for (Kline kline : klines) {
            if (kline.isFlat()) {
                continue;
            }
            start();
            Kline restored = KlineFold.closedBy(kline, clockMillis, graceMillis);
            window = window.put(restored);
            if (!restored.closed()) {
                insert(hotSize, load(restored));
            }
        }
        window = window.withClock(clockMillis);
    }

    /**
     * Ends a replay of the log: what a trade changed after its bucket's end is the candle as it closed, for the one that closed it is
     * gone with its process. To be called after a {@link #flush}; gives no event.
     */
    public void settle() {
        window = window.settled();
    }

    /** Applies the next trade in log order. */
    public void apply(Trade trade) {
        long openTimeMillis = KlineInterval.SECOND_1.openTimeMillis(trade.timeMillis());
        single.reset(KlineInterval.SECOND_1, openTimeMillis, openTimeMillis + 1_000);
        single.add(trade);
        apply(single, trade.backfill());
    }

    /**
     * Applies trades of one second (for intervals from a minute up also of one minute), all later in log order than those
     * before, and none of them before a move of the clock that closed their bucket after others of them.
     *
     * @param trades not empty; not kept
     * @param backfill whether they were fed in as history
     */
    public void apply(KlineAccumulator trades, boolean backfill) {
        long timeMillis = trades.openTimeMillis();
        Bucket bucket = current;
        if (bucket == null || !bucket.trades.contains(timeMillis)) {
            bucket = bucketOf(timeMillis);
            if (bucket == null) {
                beyondWindowCount += trades.count();
                return;
            }
            current = bucket;
        }
        bucket.trades.merge(trades);
        bucket.dirty = true;
        changed = true;
        if (bucket.closed) {
            bucket.cause = backfill ? KlineCause.BACKFILL : KlineCause.LATE;
            bucket.lateFrontierMillis = frontierMillis;
        }
    }

    /** Moves the clock, closing what is over; an earlier clock than before changes nothing. */
    public void advance(long newClockMillis) {
        if (newClockMillis <= clockMillis) {
            return;
        }
        clockMillis = newClockMillis;
        if (started && clockMillis - graceMillis >= frontierEndMillis) {
            closeUpTo(interval.openTimeMillis(clockMillis - graceMillis, utcOffsetMinutes));
        }
    }

    /**
     * Brings the window up to date and appends the revisions since the last flush: first the closes, then the newest
     * revision of every other changed candle, by open time.
     */
    public void flush(List<Kline> events) {
        if (!changed) {
            return;
        }
        changed = false;
        window = window.withClock(clockMillis);
        for (Kline close : closes) {
            events.add(close);
            if (!close.isFlat()) {
                window = window.put(close);
            }
        }
        closes.clear();
        for (int i = 0; i < hotSize; i++) {
            Bucket bucket = hot[i];
            if (bucket.dirty) {
                bucket.revision = bucket.trades.toKline(bucket.closed, bucket.cause);
                window = window.put(bucket.revision);
            }
        }
        for (int i = 0; i < hotSize; i++) {
            Kline revision = hot[i].revision;
            if (revision != null) {
                events.add(revision);
                reviseFlats(revision, hot[i].lateFrontierMillis, events);
            }
        }
        dropClosed();
    }

    private void start() {
        if (!started) {
            started = true;
            frontierMillis = clockMillis == Long.MIN_VALUE
                    ? Long.MIN_VALUE
                    : interval.openTimeMillis(clockMillis - graceMillis, utcOffsetMinutes);
            frontierEndMillis = clockMillis == Long.MIN_VALUE
                    ? Long.MIN_VALUE
                    : interval.nextOpenTimeMillis(frontierMillis, utcOffsetMinutes);
            liveFromMillis = frontierMillis;
        }
    }

    private @Nullable Bucket bucketOf(long timeMillis) {
        start();
        int at = hotFloor(timeMillis);
        if (at >= 0 && hot[at].trades.contains(timeMillis)) {
            return hot[at];
        }
        long openTimeMillis = interval.openTimeMillis(timeMillis, utcOffsetMinutes);
        if (window.isBeyond(openTimeMillis)) {
            return null;
        }
        Kline known = window.at(openTimeMillis);
        Bucket bucket;
        if (known != null) {
            bucket = load(known);
        } else {
            bucket = spare();
            bucket.trades.reset(
                    interval, openTimeMillis, interval.nextOpenTimeMillis(openTimeMillis, utcOffsetMinutes));
            bucket.closed = openTimeMillis < frontierMillis;
            bucket.cause = KlineCause.TRADE;
        }
        insert(at + 1, bucket);
        closeExcess();
        return bucket;
    }

    private void closeUpTo(long newFrontierMillis) {
        if (frontierMillis == Long.MIN_VALUE) {
            frontierMillis = firstKnownMillis(newFrontierMillis);
        }
        long flatFromMillis = newestBucketsFrom(newFrontierMillis);
        int at = hotFloor(frontierMillis - 1);
        Kline before = window.floor(frontierMillis - 1);
        boolean carries = before != null || at >= 0;
        boolean hotIsNewer = at >= 0 && (before == null || hot[at].trades.openTimeMillis() >= before.openTimeMillis());
        long carriedClose = hotIsNewer ? hot[at].trades.close() : before == null ? 0 : before.close();
        long carriedSeq = hotIsNewer ? hot[at].trades.seq() : before == null ? 0 : before.seq();
        at++;
        long open = frontierMillis;
        while (open < newFrontierMillis) {
            long tradedMillis =
                    at < hotSize ? Math.min(hot[at].trades.openTimeMillis(), newFrontierMillis) : newFrontierMillis;
            if (open < tradedMillis && (!carries || open < flatFromMillis)) {
                open = carries ? Math.min(tradedMillis, flatFromMillis) : tradedMillis;
                continue;
            }
            long next = interval.nextOpenTimeMillis(open, utcOffsetMinutes);
            if (open < tradedMillis) {
                closes.add(Kline.flat(interval, open, next, carriedClose, carriedSeq, true, KlineCause.CLOCK));
            } else {
                Bucket bucket = hot[at++];
                close(bucket);
                carries = true;
                carriedClose = bucket.trades.close();
                carriedSeq = bucket.trades.seq();
            }
            changed = true;
            open = next;
        }
        frontierMillis = newFrontierMillis;
        frontierEndMillis = interval.nextOpenTimeMillis(newFrontierMillis, utcOffsetMinutes);
    }

    private void close(Bucket bucket) {
        bucket.closed = true;
        bucket.cause = KlineCause.CLOCK;
        bucket.dirty = false;
        closes.add(bucket.trades.toKline(true, KlineCause.CLOCK));
    }

    /** Keeps the number of open buckets within the window's size: the oldest closes before its time. */
    private void closeExcess() {
        if (hotSize <= klinesKept) {
            return;
        }
        int firstOpen = hotFloor(frontierMillis == Long.MIN_VALUE ? frontierMillis : frontierMillis - 1) + 1;
        // The newest one inserted has no trades yet, and so is never the one to close unless it is the oldest.
        if (hotSize - firstOpen > klinesKept && !hot[firstOpen].trades.isEmpty()) {
            closeUpTo(hot[firstOpen].trades.nextOpenTimeMillis());
        }
    }

    /** New revisions of the closed flat candles that carry on the close of a candle which a late trade has changed. */
    private void reviseFlats(Kline late, long lateFrontierMillis, List<Kline> events) {
        if (late.cause() != KlineCause.LATE && late.cause() != KlineCause.BACKFILL) {
            return;
        }
        Kline next = window.higher(late.openTimeMillis());
        long end = next == null ? lateFrontierMillis : Math.min(next.openTimeMillis(), lateFrontierMillis);
        long firstMillis = Math.max(liveFromMillis, newestBucketsFrom(lateFrontierMillis));
        long open = Math.max(late.nextOpenTimeMillis(), firstMillis);
        while (open < end) {
            long nextOpen = interval.nextOpenTimeMillis(open, utcOffsetMinutes);
            events.add(Kline.flat(interval, open, nextOpen, late.close(), late.seq(), true, late.cause()));
            open = nextOpen;
        }
    }

    private long newestBucketsFrom(long endMillis) {
        long length = interval == KlineInterval.MONTH_1 ? SHORTEST_MONTH_MILLIS : interval.nominalMillis();
        return interval.openTimeMillis(endMillis - MAX_FLAT_CLOSES * length, utcOffsetMinutes);
    }

    private long firstKnownMillis(long otherwise) {
        return hotSize == 0 ? otherwise : Math.min(otherwise, hot[0].trades.openTimeMillis());
    }

    private int hotFloor(long timeMillis) {
        int at = hotSize - 1;
        if (at < 0 || hot[at].trades.openTimeMillis() <= timeMillis) {
            return at;
        }
        int low = 0;
        int high = at;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (hot[middle].trades.openTimeMillis() <= timeMillis) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private void insert(int at, Bucket bucket) {
        if (hotSize == hot.length) {
            hot = Arrays.copyOf(hot, hotSize * 2);
        }
        System.arraycopy(hot, at, hot, at + 1, hotSize - at);
        hot[at] = bucket;
        hotSize++;
    }

    private void dropClosed() {
        int kept = 0;
        for (int i = 0; i < hotSize; i++) {
            Bucket bucket = hot[i];
            bucket.revision = null;
            bucket.dirty = false;
            if (!bucket.closed) {
                hot[kept++] = bucket;
            } else {
                current = current == bucket ? null : current;
                if (spares.size() < SPARES) {
                    spares.add(bucket);
                }
            }
        }
        Arrays.fill(hot, kept, hotSize, null);
        hotSize = kept;
    }

    private Bucket load(Kline kline) {
        Bucket bucket = spare();
        bucket.trades.load(kline);
        bucket.closed = kline.closed();
        bucket.cause = kline.cause();
        return bucket;
    }

    private Bucket spare() {
        return spares.isEmpty() ? new Bucket() : spares.remove(spares.size() - 1);
    }

    private static final class Bucket {
        final KlineAccumulator trades = new KlineAccumulator();
        boolean closed;
        boolean dirty;
        KlineCause cause = KlineCause.TRADE;
        long lateFrontierMillis;

        @Nullable
        Kline revision;
    }
}
