package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Newest {@code seq} and definition of each instrument, with one step of undo. Owned by the journal's thread. */
final class InstrumentHeads {
    private final Map<Integer, Head> heads = new HashMap<>();
    private final List<Head> touched = new ArrayList<>();

    /** Gives the instrument's next trade its {@code seq}. */
    long nextSeq(int instrumentId) {
        Head head = touch(instrumentId);
        return ++head.seq;
    }

    long seqOf(int instrumentId) {
        Head head = heads.get(instrumentId);
        return head == null ? 0 : head.seq;
    }

    void setSeq(int instrumentId, long seq) {
        touch(instrumentId).seq = seq;
    }

    /** Whether the definition is another than the one known. */
    boolean define(Instrument instrument) {
        if (instrument.equals(definition(instrument.id()))) {
            return false;
        }
        touch(instrument.id()).instrument = instrument;
        return true;
    }

    @Nullable
    Instrument definition(int instrumentId) {
        Head head = heads.get(instrumentId);
        return head == null ? null : head.instrument;
    }

    Iterable<Integer> ids() {
        return heads.keySet();
    }

    /** The definitions by id. */
    Map<Integer, Instrument> definitions() {
        Map<Integer, Instrument> definitions = new HashMap<>();
        heads.forEach((id, head) -> {
            if (head.instrument != null) {
                definitions.put(id, head.instrument);
            }
        });
        return Map.copyOf(definitions);
    }

    void commit() {
        for (Head head : touched) {
            head.touched = false;
        }
        touched.clear();
    }

    /** Takes back what changed since the last commit. */
    void rollback() {
        for (Head head : touched) {
            head.seq = head.committedSeq;
            head.instrument = head.committedInstrument;
        }
        commit();
    }

    private Head touch(int instrumentId) {
        Head head = heads.computeIfAbsent(instrumentId, id -> new Head());
        if (!head.touched) {
            head.touched = true;
            head.committedSeq = head.seq;
            head.committedInstrument = head.instrument;
            touched.add(head);
        }
        return head;
    }

    private static final class Head {
        long seq;

        @Nullable
        Instrument instrument;

        boolean touched;
        long committedSeq;

        @Nullable
        Instrument committedInstrument;
    }
}
