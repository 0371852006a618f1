package io.agx.market.server.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which trade ids the newest segments of the log hold, exactly. Owned by the journal's thread.
 *
 * <p>One generation per segment. When there are more generations, or more bytes, than allowed, the oldest is forgotten (the newest
 * never is), and from then on an id that is not found may be {@link Answer#UNSURE}. An id that is a number above the instrument's
 * highest is always new; the highest outlives the generations.
 *
 * <p>Of ids that are texts a filter of 2 bytes an id outlives the generations too, so that a new one is {@link Answer#NEW} but for a few
 * in a thousand; unless segments were dropped before they were read here.
 *
 * <p>What was forgotten is in the log before {@link #forgottenPosition()}: who is asked instead must have the log up to there.
 */
final class DuplicateIndex {
    /** Whether a trade id is in the log. */
    enum Answer {
        NEW,
        KNOWN,
        /** Not in the index, but the index has forgotten some. */
        UNSURE
    }

    private static final int SLOT_BYTES = 16;
    /** A string of 36 characters (80 bytes), its node (32) and its share of the table (8). */
    private static final int TEXT_BYTES = 120;

    /** A quarter, 64 MiB by default, is for 30 million texts, and the rest for the newest 1.6 million, exactly. */
    private static final int FILTER_SHARE = 4;

    private final int maxGenerations;
    private final long maxBytes;
    /** Newest first. */
    private final Deque<Generation> generations = new ArrayDeque<>();

    private final Map<Integer, Highest> highest = new HashMap<>();
    private final List<Addition> uncommitted = new ArrayList<>();
    private long forgottenPosition;
    /** The texts of all generations, forgotten ones too; null before there is any. */
    private @Nullable TextIdFilter texts;
    /** There are trades that were never added. */
    private boolean unread;

    DuplicateIndex(int maxGenerations, long maxBytes) {
        this.maxGenerations = maxGenerations;
        this.maxBytes = maxBytes;
    }

    Answer look(int instrumentId, String id) {
        long number = TradeIds.number(id);
        if (number > highestOf(instrumentId)) {
            return Answer.NEW;
        }
        for (Generation generation : generations) {
            Ids ids = generation.ids.get(instrumentId);
            if (ids != null && (number != 0 ? ids.numbers.contains(number) : ids.texts.contains(id))) {
                return Answer.KNOWN;
            }
        }
        return mayBeForgotten(instrumentId, id, number) ? Answer.UNSURE : Answer.NEW;
    }

    private boolean mayBeForgotten(int instrumentId, String id, long number) {
        if (!isForgetful()) {
            return false;
        }
        return number != 0 || unread || (texts != null && texts.mayContain(instrumentId, id));
    }

    /** Adds an id that is not {@link Answer#KNOWN} to the newest generation, for good with {@link #commit()}. */
    void add(int instrumentId, String id) {
        Generation generation = generations.getFirst();
        Ids ids = generation.ids.computeIfAbsent(instrumentId, key -> generation.counted(new Ids()));
        Highest top = highest.computeIfAbsent(instrumentId, key -> new Highest());
        long number = TradeIds.number(id);
        uncommitted.add(new Addition(instrumentId, generation, ids, top, top.number, number, number == 0 ? id : null));
        if (number != 0) {
            int slots = ids.numbers.slotCount();
            ids.numbers.add(number);
            generation.bytes += (long) (ids.numbers.slotCount() - slots) * SLOT_BYTES;
            top.number = Math.max(top.number, number);
        } else {
            ids.texts.add(id);
            generation.bytes += TEXT_BYTES;
        }
    }

    void commit() {
        for (Addition addition : uncommitted) {
            if (addition.text != null) {
                texts().add(addition.instrumentId, addition.text);
            }
        }
        uncommitted.clear();
    }

    private TextIdFilter texts() {
        TextIdFilter filter = texts;
        if (filter == null) {
            filter = new TextIdFilter(maxBytes / FILTER_SHARE);
            texts = filter;
        }
        return filter;
    }

    /** Takes back what was added since the last commit. */
    void rollback() {
        for (int i = uncommitted.size() - 1; i >= 0; i--) {
            Addition addition = uncommitted.get(i);
            if (addition.text != null) {
                addition.ids.texts.remove(addition.text);
                addition.generation.bytes -= TEXT_BYTES;
            } else {
                addition.ids.numbers.remove(addition.number);
            }
            addition.top.number = addition.highestBefore;
        }
        uncommitted.clear();
    }

    /** The next additions are of the segment with that start; does nothing if those before were too. */
    void beginGeneration(long segmentStart) {
        Generation newest = generations.peekFirst();
        if (newest != null && newest.segmentStart == segmentStart) {
            return;
        }
        while (!generations.isEmpty() && (generations.size() >= maxGenerations || bytes() > maxBytes)) {
            generations.removeLast();
            Generation oldest = generations.peekLast();
            forgottenPosition = oldest == null ? segmentStart : oldest.segmentStart;
        }
        generations.addFirst(new Generation(segmentStart));
    }

    /** Forgets the segments that the log dropped. */
    void dropBefore(long startPosition) {
        if (generations.removeIf(generation -> generation.segmentStart < startPosition)) {
            forgottenPosition = Math.max(forgottenPosition, startPosition);
        }
    }

    /** There are trades before a position of the log that were never added: it was dropped in part before it was read. */
    void forgetBefore(long position) {
        unread = true;
        forgottenPosition = Math.max(forgottenPosition, position);
    }

    boolean isForgetful() {
        return forgottenPosition > 0;
    }

    /** Position of the log before which there are trades that are not known here; 0 if all are. */
    long forgottenPosition() {
        return forgottenPosition;
    }

    /** Highest numeric id of the instrument ever seen, 0 if there is none. */
    long highestOf(int instrumentId) {
        Highest top = highest.get(instrumentId);
        return top == null ? 0 : top.number;
    }

    void raiseHighest(int instrumentId, long number) {
        Highest top = highest.computeIfAbsent(instrumentId, key -> new Highest());
        top.number = Math.max(top.number, number);
    }

    /** Memory taken, about. */
    long bytes() {
        long bytes = texts == null ? 0 : texts.bytes();
        for (Generation generation : generations) {
            bytes += generation.bytes;
        }
        return bytes;
    }

    private static final class Highest {
        long number;
    }

    private static final class Ids {
        final LongIdSet numbers = new LongIdSet();
        final Set<String> texts = new HashSet<>();
    }

    private static final class Generation {
        final long segmentStart;
        final Map<Integer, Ids> ids = new HashMap<>();
        long bytes;

        Generation(long segmentStart) {
            this.segmentStart = segmentStart;
        }

        Ids counted(Ids added) {
            bytes += (long) added.numbers.slotCount() * SLOT_BYTES;
            return added;
        }
    }

    private record Addition(
            int instrumentId,
            Generation generation,
            Ids ids,
            Highest top,
            long highestBefore,
            long number,
            @Nullable String text) {}
}
