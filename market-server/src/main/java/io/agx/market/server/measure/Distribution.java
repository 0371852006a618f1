package io.agx.market.server.measure;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a value was how large, by bounds that double: a fixed table, counted without allocating. Thread-safe; a value costs two atomic
 * steps, so it is for what happens per group, round, request or transaction, and not per message delivered.
 */
public final class Distribution {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int firstBits;
    private final long divisor;
    private final double unit;
    private final AtomicLongArray counts;
    private final AtomicLong total = new AtomicLong();

    private Distribution(int firstBits, int lastBits, long divisor, double unit) {
        this.firstBits = firstBits;
        this.divisor = divisor;
        this.unit = unit;
        counts = new AtomicLongArray(lastBits - firstBits + 2);
    }

    /**
     * Of durations in nanoseconds, told in seconds.
     *
     * @param firstBits the lowest bound is two to the power of this, in microseconds
     * @param lastBits so is the highest
     */
    public static Distribution ofDurations(int firstBits, int lastBits) {
        return new Distribution(firstBits, lastBits, NANOS_PER_MICRO, NANOS_PER_SECOND);
    }

    /** What serving, writing and asking take: from 128 microseconds to 16.8 seconds. */
    public static Distribution ofDurations() {
        return ofDurations(7, 24);
    }

    /** Of numbers, told as they are; the bounds are two to the power of these. */
    public static Distribution ofSizes(int firstBits, int lastBits) {
        return new Distribution(firstBits, lastBits, 1, 1);
    }

    /** Counts a value; one below 0 counts as 0. */
    public void record(long value) {
        long bounded = Math.max(0, value);
        long units = bounded / divisor + (bounded % divisor == 0 ? 0 : 1);
        // The power of two that is not below it: a bound belongs to what it bounds.
        int bits = units <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(units - 1);
        total.addAndGet(bounded);
        counts.incrementAndGet(Math.max(0, Math.min(bits - firstBits, counts.length() - 1)));
    }

    /** The bounds as they are told, rising, without infinity. */
    public double[] upperBounds() {
        double[] bounds = new double[counts.length() - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = (1L << (firstBits + i)) * divisor / unit;
        }
        return bounds;
    }

    /** For each bound how many values were not above it and above the one before, and last those above all. */
    public long[] counts() {
        long[] copy = new long[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** The sum of all values, as it is told. */
    public double sum() {
        return total.get() / unit;
    }
}
