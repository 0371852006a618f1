package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A log that does not begin with the first trade: what was before is in a store only. As if its older segments had been dropped, but
 * with an epoch of its own.
 */
public final class LogBeginning {
    /**
     * What the log must know of an instrument's trades before it.
     *
     * @param lastSeq the newest trade's; 0 if there is none
     * @param highestId highest trade id that is a number ({@link TradeIds#number}); 0 if there is none
     */
    public record Head(Instrument instrument, long lastSeq, long highestId) {}

    private LogBeginning() {}

    /** Whether there is a segment in a directory. */
    public static boolean isLog(Path directory) throws IOException {
        return Files.isDirectory(directory) && LogOpening.startPositions(DiskFiles.existing(directory)).length > 0;
    }

    /**
     * Creates a log, in place of one without an entry that may be there.
     *
     * @param position where it begins: what a store has that is bound to this epoch
     * @throws IOException if there is a log with entries, it is open, or the files cannot be written
     */
    public static void create(Path directory, UUID epoch, long position, List<Head> heads) throws IOException {
        LogFiles files = DiskFiles.in(directory);
        Closeable lock = files.lock();
        try {
            deleteEmpty(files);
            InstrumentHeads known = new InstrumentHeads();
            DuplicateIndex index = new DuplicateIndex(1, 0);
            for (Head head : heads) {
                known.define(head.instrument());
                known.setSeq(head.instrument().id(), head.lastSeq());
                index.raiseHighest(head.instrument().id(), head.highestId());
            }
            known.commit();
            new HeadsFile(files, epoch).save(position, known, index);
            SegmentedTradeLog.createSegment(files, new SegmentHeader(epoch, position))
                    .close();
        } finally {
            lock.close();
        }
    }

    private static void deleteEmpty(LogFiles files) throws IOException {
        for (long start : LogOpening.startPositions(files)) {
            String name = SegmentHeader.fileName(start);
            try (LogFile file = files.openForReading(name)) {
                if (file.size() > SegmentHeader.BYTES) {
                    throw new IOException("there is a trade log with entries in " + files.name());
                }
            }
            files.delete(name);
        }
        files.forceDirectory();
    }
}
