package io.agx.market.server.feed;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives ids to the trades of a file that has none: {@code timeMillis × 1000 + ordinal}, the ordinal counting the trades
 * with the same time from 0. The same file gives the same ids, so a second import adds nothing.
 *
 * <p>A file stamped in seconds has room for 1,000,000 trades a second; one stamped finer for 1,000 a millisecond. Times
 * may go back among the last 16,384 distinct ones: that many counters are kept, the oldest is dropped first, and a time
 * among the dropped ones is an error, as its next ordinal is not known. Owned by the reader's thread.
 */
final class OrdinalIds {
    static final int MAX_REMEMBERED_TIMES = 16_384;

    private static final int MAX_ORDINAL_OF_MILLI = 999;
    private static final int MAX_ORDINAL_OF_SECOND = 999_999;

    private final Map<Long, Counter> counters = new LinkedHashMap<>();
    private @Nullable Counter last;
    private boolean fine;
    private int highestOrdinal = -1;
    private long droppedFrom = Long.MAX_VALUE;
    private long droppedTo = Long.MIN_VALUE;

    /**
     * The id of the next trade of the file.
     *
     * @param wholeSecond whether its time is given in seconds
     * @throws IllegalArgumentException if a bound above is exceeded
     */
    long next(long timeMillis, boolean wholeSecond) {
        if (!wholeSecond && !fine) {
            requireRoom(highestOrdinal, MAX_ORDINAL_OF_MILLI);
            fine = true; // Only now: else a reader that skips this line would not be told at the next one.
        }
        Counter counter = last;
        if (counter == null || counter.timeMillis != timeMillis) {
            counter = counter(timeMillis);
            last = counter;
        }
        int ordinal = counter.next;
        requireRoom(ordinal, fine ? MAX_ORDINAL_OF_MILLI : MAX_ORDINAL_OF_SECOND);
        counter.next++;
        highestOrdinal = Math.max(highestOrdinal, ordinal);
        return timeMillis * 1000 + ordinal;
    }

    private static void requireRoom(int ordinal, int limit) {
        if (ordinal > limit) {
            throw new IllegalArgumentException("is shared by more than " + (limit + 1)
                    + " trades, too many to number them; give the file an id column");
        }
    }

    private Counter counter(long timeMillis) {
        Counter known = counters.get(timeMillis);
        if (known != null) {
            return known;
        }
        if (timeMillis >= droppedFrom && timeMillis <= droppedTo) {
            throw new IllegalArgumentException("goes back further than the last " + MAX_REMEMBERED_TIMES
                    + " distinct times; sort the file by time or give it an id column");
        }
        if (counters.size() == MAX_REMEMBERED_TIMES) {
            long dropped = counters.keySet().iterator().next();
            counters.remove(dropped);
            droppedFrom = Math.min(droppedFrom, dropped);
            droppedTo = Math.max(droppedTo, dropped);
        }
        Counter counter = new Counter(timeMillis);
        counters.put(timeMillis, counter);
        return counter;
    }

    private static final class Counter {
        private final long timeMillis;
        private int next;

        Counter(long timeMillis) {
            this.timeMillis = timeMillis;
        }
    }
}
