package io.agx.market.core.kline;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest traded candles of one series, ascending by open time. Immutable: a change makes a new window that shares all
 * but one chunk of at most {@value #CHUNK} candles, and the list of chunks where another than the last one changes.
 *
 * <p>Flat candles are not stored: {@link #filled} makes them from the clock.
 */
public final class KlineWindow {
    static final int CHUNK = 64;

    private static final Kline[] NONE = {};
    private static final Kline[][] NO_CHUNKS = {};

    private final KlineInterval interval;
    private final int utcOffsetMinutes;
    private final int kept;
    private final long graceMillis;
    private final long wholeFromMillis;
    private final long clockMillis;
    private final Kline[][] chunks;
    /** The newest candles; not empty unless the window is. */
    private final Kline[] tail;
    /** How many candles of the first chunk are no longer in the window; 0 without chunks. */
    private final int skipped;

    private final int size;

    private KlineWindow(KlineWindow base, long clockMillis, Kline[][] chunks, Kline[] tail, int skipped, int size) {
        this.interval = base.interval;
        this.utcOffsetMinutes = base.utcOffsetMinutes;
        this.kept = base.kept;
        this.graceMillis = base.graceMillis;
        this.wholeFromMillis = base.wholeFromMillis;
        this.clockMillis = clockMillis;
        this.chunks = chunks;
        this.tail = tail;
        this.skipped = skipped;
        this.size = size;
    }

    private KlineWindow(
            KlineInterval interval, int utcOffsetMinutes, int kept, long graceMillis, long wholeFromMillis) {
        this.interval = interval;
        this.utcOffsetMinutes = utcOffsetMinutes;
        this.kept = kept;
        this.graceMillis = graceMillis;
        this.wholeFromMillis = wholeFromMillis;
        this.clockMillis = Long.MIN_VALUE;
        this.chunks = NO_CHUNKS;
        this.tail = NONE;
        this.skipped = 0;
        this.size = 0;
    }

    /**
     * A window without candles, and without any before them.
     *
     * @param kept most candles kept, 1 or higher; the oldest go first
     */
    public static KlineWindow empty(KlineInterval interval, int utcOffsetMinutes, int kept, long graceMillis) {
        return new KlineWindow(interval, utcOffsetMinutes, kept, graceMillis, Long.MIN_VALUE);
    }

    public KlineInterval interval() {
        return interval;
    }

    public int utcOffsetMinutes() {
        return utcOffsetMinutes;
    }

    /** How long after its end a candle stays open, in milliseconds. */
    public long graceMillis() {
        return graceMillis;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The newest traded candles, ascending. */
    public List<Kline> newest(int limit) {
        int wanted = Math.max(0, Math.min(limit, size));
        Kline[] result = new Kline[wanted];
        int end = wanted;
        for (int chunk = chunks.length; end > 0; chunk--) {
            Kline[] from = chunk(chunk);
            int taken = Math.min(end, from.length - firstIndex(chunk));
            System.arraycopy(from, from.length - taken, result, end - taken, taken);
            end -= taken;
        }
        return Collections.unmodifiableList(Arrays.asList(result));
    }

    /**
     * The traded candles whose open time is in {@code [fromMillis, toMillis)}, ascending, the oldest {@code limit} of them.
     * They are all there are only if {@code fromMillis} is at or after {@link #coversFrom()}.
     */
    public List<Kline> range(long fromMillis, long toMillis, int limit) {
        List<Kline> result = new ArrayList<>();
        if (fromMillis >= toMillis || size == 0) {
            return result;
        }
        int chunk = fromMillis == Long.MIN_VALUE ? 0 : Math.max(0, chunkOf(fromMillis));
        for (; chunk <= chunks.length; chunk++) {
            Kline[] klines = chunk(chunk);
            for (int i = firstIndex(chunk); i < klines.length; i++) {
                Kline kline = klines[i];
                if (kline.openTimeMillis() >= toMillis || result.size() >= limit) {
                    return result;
                }
                if (kline.openTimeMillis() >= fromMillis) {
                    result.add(kline);
                }
            }
        }
        return result;
    }

    /**
     * As {@link #range}, with flat candles where no trade was; see {@link KlineFold#fillFlat}. Before the clock was ever set there are
     * none.
     *
     * @param newest whether a too long range loses its oldest candles (true) or its newest (false)
     */
    public List<Kline> filled(long fromMillis, long toMillis, int limit, boolean newest) {
        Kline previous = fromMillis == Long.MIN_VALUE ? null : floor(fromMillis - 1);
        return KlineFold.fillFlat(
                range(fromMillis, toMillis, Integer.MAX_VALUE),
                previous,
                interval,
                utcOffsetMinutes,
                fromMillis,
                toMillis,
                clockMillis,
                graceMillis,
                limit,
                newest);
    }

    /**
     * Open time from which no traded candle is missing: that of the oldest candle of a full window. While the window is not full,
     * nothing was ever dropped from it, and it is that from which the series was restored whole: {@link Long#MIN_VALUE} but for a
     * series whose history was cut.
     */
    public long coversFrom() {
        return size < kept ? wholeFromMillis : first().openTimeMillis();
    }

    /** The same candles under another clock, epoch milliseconds. */
    public KlineWindow withClock(long newClockMillis) {
        return newClockMillis == clockMillis
                ? this
                : new KlineWindow(this, newClockMillis, chunks, tail, skipped, size);
    }

    /** The same window, without candles yet, of a series of which nothing before an open time is known. */
    KlineWindow wholeFrom(long openTimeMillis) {
        return openTimeMillis == wholeFromMillis
                ? this
                : new KlineWindow(interval, utcOffsetMinutes, kept, graceMillis, openTimeMillis);
    }

    /** The closed candles as the clock closed them, whatever changed them since. */
    KlineWindow settled() {
        Kline[][] settled = new Kline[chunks.length][];
        for (int i = 0; i < settled.length; i++) {
            settled[i] = settled(chunks[i]);
        }
        return new KlineWindow(this, clockMillis, settled, settled(tail), skipped, size);
    }

    private static Kline[] settled(Kline[] chunk) {
        Kline[] settled = chunk.clone();
        for (int i = 0; i < settled.length; i++) {
            Kline kline = settled[i];
            settled[i] = kline.closed() && kline.cause() != KlineCause.CLOCK ? kline.as(true, KlineCause.CLOCK) : kline;
        }
        return settled;
    }

    /** With a candle replaced or added; unchanged if it is older than a full window. */
    KlineWindow put(Kline kline) {
        Kline last = last();
        if (last == null || kline.openTimeMillis() > last.openTimeMillis()) {
            return append(kline);
        }
        if (kline.openTimeMillis() == last.openTimeMillis()) {
            Kline[] replaced = tail.clone();
            replaced[tail.length - 1] = kline;
            return withChunk(chunks.length, replaced, size);
        }
        if (isBeyond(kline.openTimeMillis())) {
            return this;
        }
        int chunk = Math.max(0, chunkOf(kline.openTimeMillis()));
        Kline[] old = Arrays.copyOfRange(chunk(chunk), firstIndex(chunk), chunk(chunk).length);
        int at = floorIndex(old, 0, kline.openTimeMillis());
        if (at >= 0 && old[at].openTimeMillis() == kline.openTimeMillis()) {
            old[at] = kline;
            return withChunk(chunk, old, size);
        }
        Kline[] grown = new Kline[old.length + 1];
        System.arraycopy(old, 0, grown, 0, at + 1);
        grown[at + 1] = kline;
        System.arraycopy(old, at + 1, grown, at + 2, old.length - at - 1);
        KlineWindow inserted = grown.length <= CHUNK ? withChunk(chunk, grown, size + 1) : withSplit(chunk, grown);
        return inserted.withoutExcess();
    }

    /** The candle with this open time, or null. */
    @Nullable
    Kline at(long openTimeMillis) {
        Kline floor = floor(openTimeMillis);
        return floor != null && floor.openTimeMillis() == openTimeMillis ? floor : null;
    }

    /** The newest candle that opens at or before a moment, or null. */
    @Nullable
    Kline floor(long timeMillis) {
        Kline last = last();
        if (last == null || last.openTimeMillis() <= timeMillis) {
            return last;
        }
        int chunk = chunkOf(timeMillis);
        if (chunk < 0) {
            return null;
        }
        int at = floorIndex(chunk(chunk), firstIndex(chunk), timeMillis);
        return at < 0 ? null : chunk(chunk)[at];
    }

    /** The oldest candle that opens after a moment, or null. */
    @Nullable
    Kline higher(long timeMillis) {
        if (size == 0) {
            return null;
        }
        int chunk = chunkOf(timeMillis);
        if (chunk < 0) {
            return first();
        }
        int next = floorIndex(chunk(chunk), firstIndex(chunk), timeMillis) + 1;
        if (next < chunk(chunk).length) {
            return chunk(chunk)[next];
        }
        return chunk < chunks.length ? chunk(chunk + 1)[0] : null;
    }

    /** Whether a bucket is older than all of a full window, or than where the series is whole from. */
    boolean isBeyond(long openTimeMillis) {
        return openTimeMillis < coversFrom();
    }

    private KlineWindow append(Kline kline) {
        if (tail.length < CHUNK) {
            Kline[] grown = Arrays.copyOf(tail, tail.length + 1);
            grown[tail.length] = kline;
            return new KlineWindow(this, clockMillis, chunks, grown, skipped, size + 1).withoutExcess();
        }
        Kline[][] more = Arrays.copyOf(chunks, chunks.length + 1);
        more[chunks.length] = tail;
        return new KlineWindow(this, clockMillis, more, new Kline[] {kline}, skipped, size + 1).withoutExcess();
    }

    private KlineWindow withChunk(int chunk, Kline[] replacement, int newSize) {
        if (chunk == chunks.length) {
            return new KlineWindow(this, clockMillis, chunks, replacement, skipped, newSize);
        }
        Kline[][] changed = chunks.clone();
        changed[chunk] = replacement;
        return new KlineWindow(this, clockMillis, changed, tail, chunk == 0 ? 0 : skipped, newSize);
    }

    private KlineWindow withSplit(int chunk, Kline[] grown) {
        Kline[] left = Arrays.copyOf(grown, grown.length / 2);
        Kline[] right = Arrays.copyOfRange(grown, grown.length / 2, grown.length);
        Kline[][] more = new Kline[chunks.length + 1][];
        System.arraycopy(chunks, 0, more, 0, chunk);
        more[chunk] = left;
        int newSkipped = chunk == 0 ? 0 : skipped;
        if (chunk == chunks.length) {
            return new KlineWindow(this, clockMillis, more, right, newSkipped, size + 1);
        }
        more[chunk + 1] = right;
        System.arraycopy(chunks, chunk + 1, more, chunk + 2, chunks.length - chunk - 1);
        return new KlineWindow(this, clockMillis, more, tail, newSkipped, size + 1);
    }

    private KlineWindow withoutExcess() {
        if (size <= kept) {
            return this;
        }
        if (chunks.length == 0) {
            return new KlineWindow(this, clockMillis, chunks, Arrays.copyOfRange(tail, 1, tail.length), 0, size - 1);
        }
        if (skipped + 1 < chunks[0].length) {
            return new KlineWindow(this, clockMillis, chunks, tail, skipped + 1, size - 1);
        }
        Kline[][] fewer = Arrays.copyOfRange(chunks, 1, chunks.length);
        return new KlineWindow(this, clockMillis, fewer, tail, 0, size - 1);
    }

    private @Nullable Kline last() {
        return size == 0 ? null : tail[tail.length - 1];
    }

    private Kline first() {
        return chunk(0)[firstIndex(0)];
    }

    private Kline[] chunk(int index) {
        return index == chunks.length ? tail : chunks[index];
    }

    private int firstIndex(int chunk) {
        return chunk == 0 ? skipped : 0;
    }

    /** The chunk that holds the newest candle at or before a moment; −1 if all are after it. Not for an empty window. */
    private int chunkOf(long timeMillis) {
        int low = 0;
        int high = chunks.length;
        if (tail[0].openTimeMillis() <= timeMillis && high > 0) {
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (chunk(middle)[firstIndex(middle)].openTimeMillis() <= timeMillis) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static int floorIndex(Kline[] klines, int from, long timeMillis) {
        int low = from;
        int high = klines.length - 1;
        if (klines[high].openTimeMillis() <= timeMillis) {
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (klines[middle].openTimeMillis() <= timeMillis) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= from ? high : -1;
    }
}
