package io.agx.market.core.ticker;

/**
 * The maximum over a sliding window of seconds: a deque of the values that no later one reaches. Not thread-safe.
 *
 * <p>Values normally come in time order, at constant cost; a late one finds its place by search. Memory grows with the
 * longest falling run of values, at most one entry per second of the window.
 */
final class SlidingMaximum {
    private static final int INITIAL_CAPACITY = 8;

    private long[] seconds = new long[INITIAL_CAPACITY];
    private long[] values = new long[INITIAL_CAPACITY];
    private int head;
    private int size;

    /** Adds a value at a second, which may lie before the newest one. */
    void offer(long second, long value) {
        int at = firstFrom(second);
        if (at < size && values[slot(at)] >= value) {
            return;
        }
        int end = at < size && seconds[slot(at)] == second ? at + 1 : at;
        int start = at;
        while (start > 0 && values[slot(start - 1)] <= value) {
            start--;
        }
        replace(start, end, second, value);
    }

    /** Drops all seconds before a given one. */
    void evictBefore(long second) {
        while (size > 0 && seconds[head] < second) {
            head = (head + 1) & (seconds.length - 1);
            size--;
        }
    }

    /** The maximum; the window must not be empty. */
    long maximum() {
        return values[head];
    }

    private int firstFrom(long second) {
        if (size == 0 || seconds[slot(size - 1)] < second) {
            return size;
        }
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (seconds[slot(middle)] >= second) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Puts one entry in place of those in {@code [start, end)}. */
    private void replace(int start, int end, long second, long value) {
        int growth = 1 - (end - start);
        if (size + growth > seconds.length) {
            grow();
        }
        if (growth > 0) {
            for (int i = size - 1; i >= end; i--) {
                move(i, i + growth);
            }
        } else if (growth < 0) {
            for (int i = end; i < size; i++) {
                move(i, i + growth);
            }
        }
        size += growth;
        seconds[slot(start)] = second;
        values[slot(start)] = value;
    }

    private void move(int from, int to) {
        seconds[slot(to)] = seconds[slot(from)];
        values[slot(to)] = values[slot(from)];
    }

    private void grow() {
        long[] moreSeconds = new long[seconds.length * 2];
        long[] moreValues = new long[seconds.length * 2];
        for (int i = 0; i < size; i++) {
            moreSeconds[i] = seconds[slot(i)];
            moreValues[i] = values[slot(i)];
        }
        seconds = moreSeconds;
        values = moreValues;
        head = 0;
    }

    private int slot(int index) {
        return (head + index) & (seconds.length - 1);
    }
}
