package io.agx.market.server.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts by words that are known beforehand, and of all others together: bounded, whatever a peer says. Thread-safe. */
public final class WordCounts {
    /** What is none of the words counts here. */
    public static final String OTHER = "other";

    private final Map<String, LongAdder> counts;
    private final LongAdder others = new LongAdder();

    public WordCounts(Collection<String> words) {
        Map<String, LongAdder> made = new LinkedHashMap<>();
        words.forEach(word -> made.put(word, new LongAdder()));
        made.put(OTHER, others);
        counts = made; // Never changed again.
    }

    public void add(String word) {
        counts.getOrDefault(word, others).increment();
    }

    /** How often that word came; of a word that is not known 0. */
    public long of(String word) {
        LongAdder count = counts.get(word);
        return count == null ? 0 : count.sum();
    }

    /** Of all words. */
    public long sum() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** All words, {@link #OTHER} last. */
    public List<String> words() {
        return new ArrayList<>(counts.keySet());
    }
}
