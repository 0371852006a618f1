package io.agx.market.server.room;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** Picks the highest of many, on the flush thread, in a time that their order does not change. */
public final class Ranking {
    private Ranking() {}

    private record Ranked<T>(T element, long rank) {}

    /**
     * The highest, descending; of equals those that come first.
     *
     * @param rank asked once for each
     * @param limit how many at most, 1 or more
     */
    public static <T> List<T> highest(List<T> all, ToLongFunction<? super T> rank, int limit) {
        long[] ranks = new long[all.size()];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = rank.applyAsLong(all.get(i));
        }
        int left = Math.min(limit, ranks.length);
        if (left == 0) {
            return List.of();
        }
        long[] sorted = ranks.clone();
        Arrays.sort(sorted);
        long least = sorted[sorted.length - left];
        int above = sorted.length - left; // Index of the first that is above the least: those before it are not.
        while (above < sorted.length && sorted[above] == least) {
            above++;
        }
        int equalsLeft = left - (sorted.length - above);
        List<Ranked<T>> picked = new ArrayList<>(left);
        for (int i = 0; picked.size() < left; i++) {
            if (ranks[i] > least || (ranks[i] == least && equalsLeft-- > 0)) {
                picked.add(new Ranked<>(all.get(i), ranks[i]));
            }
        }
        picked.sort(Comparator.<Ranked<T>>comparingLong(Ranked::rank).reversed());
        return picked.stream().map(Ranked::element).toList();
    }
}
