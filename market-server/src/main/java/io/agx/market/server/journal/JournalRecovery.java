package io.agx.market.server.journal;

import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the journal knows after reading the whole log.
 *
 * @param heads newest seq and definition of each instrument
 * @param index the trade ids of the newest segments
 */
record JournalRecovery(InstrumentHeads heads, DuplicateIndex index) {

    /** @throws IOException if the log cannot be read, a seq has a hole, or what dropped segments had is not known */
    static JournalRecovery read(SegmentedTradeLog log, JournalConfig config, EntryVisitor visitor) throws IOException {
        InstrumentHeads heads = new InstrumentHeads();
        DuplicateIndex index = new DuplicateIndex(config.duplicateSegments(), config.duplicateBytes());
        if (log.startPosition() > 0) {
            index.forgetBefore(log.startPosition());
            new HeadsFile(log.files(), log.epoch()).load(log.startPosition(), heads, index);
            heads.commit();
        }
        readEntries(log, heads, index, visitor);
        heads.commit();
        return new JournalRecovery(heads, index);
    }

    private static void readEntries(
            SegmentedTradeLog log, InstrumentHeads heads, DuplicateIndex index, EntryVisitor visitor)
            throws IOException {
        Map<Integer, Seq> read = new HashMap<>();
        try (SegmentReader reader = log.entries(log.startPosition())) {
            long generation = -1;
            for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (reader.segmentStart() != generation) {
                    generation = reader.segmentStart();
                    index.beginGeneration(generation);
                }
                if (entry instanceof TradeAccepted accepted) {
                    int id = accepted.instrumentId();
                    Seq seq = read.computeIfAbsent(id, key -> new Seq());
                    long now = accepted.trade().seq();
                    long saved = heads.seqOf(id);
                    // Of an instrument's older trades some may be dropped: then what is left begins with a saved one.
                    boolean follows = seq.newest > 0 ? now == seq.newest + 1 : now > 0 && now <= saved + 1;
                    if (!follows) {
                        throw hole(id, Math.max(seq.newest, saved), now, reader.position());
                    }
                    seq.newest = now;
                    index.add(id, accepted.trade().id());
                    index.commit();
                } else if (entry instanceof InstrumentDefined defined) {
                    heads.define(defined.instrument());
                }
                visitor.onEntry(entry, reader.position());
            }
            for (Map.Entry<Integer, Seq> last : read.entrySet()) {
                long saved = heads.seqOf(last.getKey());
                if (last.getValue().newest < saved) {
                    throw hole(last.getKey(), last.getValue().newest, saved, reader.position());
                }
                heads.setSeq(last.getKey(), last.getValue().newest);
            }
        }
    }

    private static IOException hole(int instrumentId, long before, long seq, long position) {
        return new IOException("trade log has a hole: instrument " + instrumentId + " goes from seq " + before + " to "
                + seq + " before position " + position);
    }

    private static final class Seq {
        long newest;
    }
}
