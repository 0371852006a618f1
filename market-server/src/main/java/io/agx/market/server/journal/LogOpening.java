package io.agx.market.server.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds what is whole in a log's directory, cuts off what never became durable, and creates the first segment. */
final class LogOpening {
    @FunctionalInterface
    interface Opened<T> {
        T with(UUID epoch, long[] segments, LogFile active, long end) throws IOException;
    }

    private final LogFiles files;

    LogOpening(LogFiles files) {
        this.files = files;
    }

    <T> T open(Opened<T> opened) throws IOException {
        long[] starts = startPositions(files);
        starts = withoutUnborn(starts);
        if (starts.length == 0) {
            SegmentHeader header = new SegmentHeader(UUID.randomUUID(), 0);
            LogFile first = SegmentedTradeLog.createSegment(files, header);
            return opened.with(header.epoch(), new long[] {0}, first, SegmentHeader.BYTES);
        }
        UUID epoch = checkHeaders(starts);
        long newest = starts[starts.length - 1];
        LogFile active = files.open(SegmentHeader.fileName(newest));
        try {
            long end = newest + cutTornTail(active, newest);
            return opened.with(epoch, starts, active, end);
        } catch (IOException | RuntimeException e) {
            active.close();
            throw e;
        }
    }

    static long[] startPositions(LogFiles files) throws IOException {
        return files.list().stream()
                .filter(SegmentHeader::isFileName)
                .mapToLong(SegmentHeader::startPositionOf)
                .sorted()
                .toArray();
    }

    /** A crash while the newest segment was created leaves less than a header; it held nothing. */
    private long[] withoutUnborn(long[] starts) throws IOException {
        if (starts.length == 0) {
            return starts;
        }
        long newest = starts[starts.length - 1];
        String name = SegmentHeader.fileName(newest);
        boolean others = starts.length > 1 || newest == 0;
        try (LogFile file = files.openForReading(name)) {
            if (!others || file.size() > SegmentHeader.BYTES || SegmentHeader.read(name, file) != null) {
                return starts;
            }
        }
        files.delete(name);
        files.forceDirectory();
        return Arrays.copyOf(starts, starts.length - 1);
    }

    private UUID checkHeaders(long[] starts) throws IOException {
        UUID epoch = null;
        for (int i = 0; i < starts.length; i++) {
            String name = SegmentHeader.fileName(starts[i]);
            try (LogFile file = files.openForReading(name)) {
                SegmentHeader header = SegmentHeader.read(name, file);
                if (header == null) {
                    throw new LogDamagedException(name, 0, "the segment header is not whole");
                }
                epoch = sameEpoch(name, epoch, header.epoch());
                if (i + 1 < starts.length && starts[i] + file.size() != starts[i + 1]) {
                    throw new LogDamagedException(
                            name,
                            file.size(),
                            "the segment ends at position " + (starts[i] + file.size()) + " but the next one kept is "
                                    + SegmentHeader.fileName(starts[i + 1]));
                }
            }
        }
        if (epoch == null) {
            throw new IllegalStateException("no segments");
        }
        return epoch;
    }

    private static UUID sameEpoch(String name, @Nullable UUID before, UUID epoch) throws LogDamagedException {
        if (before != null && !before.equals(epoch)) {
            throw new LogDamagedException(name, 12, "epoch " + epoch + " is not that of the segment before, " + before);
        }
        return epoch;
    }

    /** @return the offset after the last whole group, which is durable now */
    private static long cutTornTail(LogFile active, long start) throws IOException {
        SegmentScanner.Result found = SegmentScanner.scan(active, start, null);
        if (found.damage() != null && !found.torn()) {
            throw new LogDamagedException(SegmentHeader.fileName(start), found.damageOffset(), found.damage());
        }
        if (found.sizeBytes() > found.wholeBytes()) {
            active.truncate(found.wholeBytes());
        }
        // A group that was written but not forced before a crash is whole in memory only.
        active.force(true);
        return found.wholeBytes();
    }
}
