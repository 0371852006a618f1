package io.agx.market.core.inbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of {@code seq}s as runs: what is read in order is one run, however much it is. Immutable.
 *
 * <p>As text {@code 1-5,9}: runs, rising, that neither touch nor overlap.
 */
public final class SeqRuns {
    public static final SeqRuns NONE = new SeqRuns(new long[0]);

    // Pairs of first and last, rising; at least one number lies between two runs.
    private final long[] bounds;

    private SeqRuns(long[] bounds) {
        this.bounds = bounds;
    }

    /** @throws IllegalArgumentException if it is not what {@link #toString()} writes */
    public static SeqRuns parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] runs = text.split(",", -1);
        long[] bounds = new long[runs.length * 2];
        for (int i = 0; i < runs.length; i++) {
            int dash = runs[i].indexOf('-');
            bounds[2 * i] = Long.parseLong(dash < 0 ? runs[i] : runs[i].substring(0, dash));
            bounds[2 * i + 1] = dash < 0 ? bounds[2 * i] : Long.parseLong(runs[i].substring(dash + 1));
            if (bounds[2 * i] > bounds[2 * i + 1] || i > 0 && bounds[2 * i] <= bounds[2 * i - 1] + 1) {
                throw new IllegalArgumentException("runs must rise, and be apart");
            }
        }
        return new SeqRuns(bounds);
    }

    public boolean contains(long seq) {
        int at = Arrays.binarySearch(bounds, seq);
        return at >= 0 || (-at - 1) % 2 == 1; // Where it would be put: between a first and its last.
    }

    /** How many are in the set. */
    public long count() {
        long count = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            count += bounds[i + 1] - bounds[i] + 1;
        }
        return count;
    }

    /** With all of [from, to]; the same if {@code to < from}. */
    public SeqRuns with(long from, long to) {
        if (to < from) {
            return this;
        }
        List<Long> made = new ArrayList<>(bounds.length + 2);
        long first = from;
        long last = to;
        int i = 0;
        for (; i < bounds.length && bounds[i + 1] < from - 1; i += 2) {
            made.add(bounds[i]);
            made.add(bounds[i + 1]);
        }
        for (; i < bounds.length && bounds[i] <= to + 1; i += 2) {
            first = Math.min(first, bounds[i]);
            last = Math.max(last, bounds[i + 1]);
        }
        made.add(first);
        made.add(last);
        for (; i < bounds.length; i += 2) {
            made.add(bounds[i]);
            made.add(bounds[i + 1]);
        }
        return new SeqRuns(made.stream().mapToLong(Long::longValue).toArray());
    }

    /** Without those below a {@code seq}. */
    public SeqRuns from(long seq) {
        int i = 0;
        while (i < bounds.length && bounds[i + 1] < seq) {
            i += 2;
        }
        if (i == 0 && (bounds.length == 0 || bounds[0] >= seq)) {
            return this;
        }
        long[] rest = Arrays.copyOfRange(bounds, i, bounds.length);
        if (rest.length > 0) {
            rest[0] = Math.max(rest[0], seq);
        }
        return new SeqRuns(rest);
    }

    /** The lowest at or after a {@code seq} that is not in the set. */
    public long nextMissing(long seq) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (seq < bounds[i]) {
                return seq;
            }
            if (seq <= bounds[i + 1]) {
                return bounds[i + 1] + 1; // The next run does not touch this one.
            }
        }
        return seq;
    }

    /** The highest at or before a {@code seq} that is not in the set; may be 0. */
    public long lastMissing(long seq) {
        for (int i = bounds.length - 2; i >= 0; i -= 2) {
            if (seq > bounds[i + 1]) {
                return seq;
            }
            if (seq >= bounds[i]) {
                return bounds[i] - 1;
            }
        }
        return seq;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SeqRuns runs && Arrays.equals(bounds, runs.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bounds.length; i += 2) {
            text.append(i == 0 ? "" : ",").append(bounds[i]);
            if (bounds[i + 1] > bounds[i]) {
                text.append('-').append(bounds[i + 1]);
            }
        }
        return text.toString();
    }
}
