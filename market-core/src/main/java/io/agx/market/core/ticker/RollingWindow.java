package io.agx.market.core.ticker;

import static io.agx.market.core.model.Sum128.addHigh;
import static io.agx.market.core.model.Sum128.carry;

import io.agx.market.core.kline.KlineAccumulator;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Ticker;

/**
 * Sums, extremes and the opening price of the trades of the last 24 hours, in buckets of one second.
 *
 * <p>Not thread-safe. Only seconds with trades take memory: {@value #CELLS} {@code long}s each in a ring that grows on
 * demand, at most {@link Ticker#WINDOW_SECONDS} of them. Late trades inside the window go to their own second.
 */
final class RollingWindow {
    static final int CELLS = 7;

    private static final int INITIAL_SECONDS = 16;
    private static final int FIRST_TIME = 0;
    private static final int OPEN = 1;
    private static final int COUNT = 2;
    private static final int VOLUME_HIGH = 3;
    private static final int VOLUME_LOW = 4;
    private static final int QUOTE_HIGH = 5;
    private static final int QUOTE_LOW = 6;

    private final SlidingMaximum highest = new SlidingMaximum();
    /** Holds negated prices. */
    private final SlidingMaximum lowest = new SlidingMaximum();

    private long[] cells = new long[INITIAL_SECONDS * CELLS];
    private int capacity = INITIAL_SECONDS;
    private int head;
    private int size;
    private long firstSecond = Long.MIN_VALUE;
    private long volumeHigh;
    private long volumeLow;
    private long quoteHigh;
    private long quoteLow;
    private long count;

    /**
     * Moves the start of the window.
     *
     * @param second epoch second of the first one inside; earlier than before changes nothing
     * @return whether trades fell out
     */
    boolean startAt(long second) {
        if (second <= firstSecond) {
            return false;
        }
        firstSecond = second;
        int before = size;
        while (size > 0 && secondOf(0) < second) {
            subtractFirst();
        }
        highest.evictBefore(second);
        lowest.evictBefore(second);
        return size < before;
    }

    /**
     * Adds trades of one second, which were journaled after those of the same second that are already in.
     *
     * @return whether they are inside the window; if not, nothing changes
     */
    boolean add(KlineAccumulator trades) {
        long second = Math.floorDiv(trades.openTimeMillis(), 1_000L);
        if (second < firstSecond) {
            return false;
        }
        int at = place(second);
        int cell = cell(at);
        if (cells[cell + COUNT] == 0 || trades.firstTradeTimeMillis() < cells[cell + FIRST_TIME]) {
            cells[cell + FIRST_TIME] = trades.firstTradeTimeMillis();
            cells[cell + OPEN] = trades.open();
        }
        cells[cell + COUNT] += trades.count();
        long low = cells[cell + VOLUME_LOW];
        long sum = low + trades.volumeLow();
        cells[cell + VOLUME_HIGH] =
                addHigh(cells[cell + VOLUME_HIGH], trades.volumeHigh(), carry(low, trades.volumeLow(), sum));
        cells[cell + VOLUME_LOW] = sum;
        low = cells[cell + QUOTE_LOW];
        sum = low + trades.quoteVolumeLow();
        cells[cell + QUOTE_HIGH] =
                addHigh(cells[cell + QUOTE_HIGH], trades.quoteVolumeHigh(), carry(low, trades.quoteVolumeLow(), sum));
        cells[cell + QUOTE_LOW] = sum;
        addSums(trades);
        highest.offer(second, trades.high());
        lowest.offer(second, -trades.low());
        return true;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Price of the trade with the lowest (time, seq); not for an empty window, as high and low. */
    long open() {
        return cells[cell(0) + OPEN];
    }

    long high() {
        return highest.maximum();
    }

    long low() {
        return -lowest.maximum();
    }

    long count() {
        return count;
    }

    Sum128 volume() {
        return new Sum128(volumeHigh, volumeLow);
    }

    Sum128 quoteVolume() {
        return new Sum128(quoteHigh, quoteLow);
    }

    private void addSums(KlineAccumulator trades) {
        count += trades.count();
        long newVolumeLow = volumeLow + trades.volumeLow();
        volumeHigh = addHigh(volumeHigh, trades.volumeHigh(), carry(volumeLow, trades.volumeLow(), newVolumeLow));
        volumeLow = newVolumeLow;
        long newQuoteLow = quoteLow + trades.quoteVolumeLow();
        quoteHigh = addHigh(quoteHigh, trades.quoteVolumeHigh(), carry(quoteLow, trades.quoteVolumeLow(), newQuoteLow));
        quoteLow = newQuoteLow;
    }

    private void subtractFirst() {
        int cell = cell(0);
        count -= cells[cell + COUNT];
        long borrow = Long.compareUnsigned(volumeLow, cells[cell + VOLUME_LOW]) < 0 ? 1 : 0;
        volumeLow -= cells[cell + VOLUME_LOW];
        volumeHigh -= cells[cell + VOLUME_HIGH] + borrow;
        borrow = Long.compareUnsigned(quoteLow, cells[cell + QUOTE_LOW]) < 0 ? 1 : 0;
        quoteLow -= cells[cell + QUOTE_LOW];
        quoteHigh -= cells[cell + QUOTE_HIGH] + borrow;
        head = head + 1 == capacity ? 0 : head + 1;
        size--;
    }

    /** The index of a second's bucket, made if it is not there. */
    private int place(long second) {
        int at = size;
        if (size > 0) {
            long newest = secondOf(size - 1);
            if (newest == second) {
                return size - 1;
            }
            if (newest > second) {
                at = firstFrom(second);
                if (secondOf(at) == second) {
                    return at;
                }
            }
        }
        if (size == capacity) {
            grow();
        }
        if (at < size / 2) {
            head = head == 0 ? capacity - 1 : head - 1;
            for (int i = 0; i < at; i++) {
                copy(i + 1, i);
            }
        } else {
            for (int i = size; i > at; i--) {
                copy(i - 1, i);
            }
        }
        size++;
        int cell = cell(at);
        for (int i = 0; i < CELLS; i++) {
            cells[cell + i] = 0;
        }
        cells[cell + FIRST_TIME] = second * 1_000;
        return at;
    }

    private int firstFrom(long second) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (secondOf(middle) >= second) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private void copy(int from, int to) {
        System.arraycopy(cells, cell(from), cells, cell(to), CELLS);
    }

    private void grow() {
        int more = Math.min(capacity * 2, Ticker.WINDOW_SECONDS);
        long[] grown = new long[more * CELLS];
        int untilEnd = Math.min(size, capacity - head);
        System.arraycopy(cells, head * CELLS, grown, 0, untilEnd * CELLS);
        System.arraycopy(cells, 0, grown, untilEnd * CELLS, (size - untilEnd) * CELLS);
        cells = grown;
        capacity = more;
        head = 0;
    }

    private long secondOf(int index) {
        return Math.floorDiv(cells[cell(index) + FIRST_TIME], 1_000L);
    }

    private int cell(int index) {
        int slot = head + index;
        return (slot >= capacity ? slot - capacity : slot) * CELLS;
    }
}
