package io.agx.market.server.delivery;

import java.util.Arrays;

/** Milliseconds from a push's {@code serverTime} to its reading, counted one by one up to a minute. Owned by the swarm's thread. */
final class Latencies {
    private static final int MOST_MILLIS = 60_000;

    private final int[] counts = new int[MOST_MILLIS + 1];
    private long total;

    void add(long millis) {
        counts[(int) Math.max(0, Math.min(MOST_MILLIS, millis))]++;
        total++;
    }

    long count() {
        return total;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    /** The least number of milliseconds within which this part of all came; 0 if none came. */
    int withinMillis(double part) {
        long wanted = (long) Math.ceil(total * part);
        long seen = 0;
        for (int millis = 0; millis <= MOST_MILLIS; millis++) {
            seen += counts[millis];
            if (seen >= wanted) {
                return millis;
            }
        }
        return MOST_MILLIS;
    }

    @Override
    public String toString() {
        return "p50 " + withinMillis(0.5) + " p99 " + withinMillis(0.99) + " max " + withinMillis(1) + " ms of "
                + total;
    }
}
