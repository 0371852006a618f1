package io.agx.market.server.room;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long trades took from the moment they were durable to the sockets, as counts by time: a fixed table whose places are at most 1/32 wide, so a
 * value told from it is at most 3.2 % too high. Counted by the flush thread without allocating, read by anyone; counts only rise.
 */
public final class DeliveryLatency {
    /** Each doubling has 32 places. */
    private static final int PRECISION_BITS = 5;

    /** Microseconds below 2^26, which is 67 s; what takes longer is counted there. */
    private static final int MAX_BITS = 26;

    private static final long MAX_MICROS = (1L << MAX_BITS) - 1;

    /** Places of the table. */
    public static final int PLACES = (MAX_BITS - PRECISION_BITS + 1) << PRECISION_BITS;

    private final AtomicLongArray counts = new AtomicLongArray(PLACES);
    // Written by the flush thread, read by anyone.
    private volatile long totalNanos;

    /** Called on the flush thread. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One writer.
    void record(long nanos) {
        long bounded = Math.max(0, nanos);
        int place = placeOf(Math.min(TimeUnit.NANOSECONDS.toMicros(bounded), MAX_MICROS));
        counts.setOpaque(place, counts.getPlain(place) + 1);
        totalNanos = totalNanos + bounded;
    }

    /** Sum of all values. */
    public long totalNanos() {
        return totalNanos;
    }

    /** Copies the counts of all places since the start. */
    public long[] counts() {
        long[] copy = new long[PLACES];
        for (int place = 0; place < PLACES; place++) {
            copy[place] = counts.getOpaque(place);
        }
        return copy;
    }

    /** The place that counts a time. */
    static int placeOf(long micros) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(micros) - 1 - PRECISION_BITS);
        return (shift << PRECISION_BITS) + (int) (micros >>> shift);
    }

    /** The first microsecond behind a place: all that it counts took less. */
    public static long endMicros(int place) {
        int doubling = place >>> PRECISION_BITS;
        int shift = Math.max(0, doubling - 1);
        long start = (long) (place - (shift << PRECISION_BITS)) << shift;
        return start + (1L << shift);
    }
}
