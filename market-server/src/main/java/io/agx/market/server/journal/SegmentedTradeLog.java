package io.agx.market.server.journal;

import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The trade log as a directory of segment files; format in {@code doc/TRADE-LOG.md}. A position is the offset of a byte in the
 * whole log, segment headers included.
 *
 * <p>{@link #append}, {@link #force}, {@link #dropBefore} and {@link #close} are called by one thread, the journal's, which must
 * not be interrupted: an interrupt closes the file, and then the log has failed for ever.
 *
 * <p>What goes wrong: if a group cannot be written, the file is cut back to what is durable and the next group is tried anew. If a
 * force fails, it is unknown what is on the disk (a second force may say yes to data that is lost), so the log takes no more until
 * it is opened again.
 */
public final class SegmentedTradeLog implements TradeLog {
    /** 64 MiB: about 2.3 million trades; small enough to drop in steps, large enough to roll seldom. */
    public static final long DEFAULT_SEGMENT_BYTES = 64L << 20;

    private final LogFiles files;
    private final Closeable lock;
    private final UUID epoch;
    private final long segmentBytes;
    private final GroupBuffer group = new GroupBuffer();

    private LogFile active;
    private long activeStart;
    /** Where the next record goes in {@link #active}. */
    private long writeOffset;
    /** There may be bytes after {@link #writeOffset}, of a group that failed. */
    private boolean tailDirty;
    /** {@link #active} is of an older format: what is written next needs another segment. */
    private boolean oldFormat;
    /** The file was cut since the last force. */
    private boolean cutUnforced;
    /** A segment's end may not be durable, and a second force could not tell. */
    private boolean dropsNoMore;

    /** Written by the writer, read by all. */
    private volatile @Nullable IOException failure;

    /** Start positions, ascending. Written by the writer, read by all. */
    private volatile long[] segments;

    /** Written by the writer, read by all. */
    private volatile long durablePosition;

    private SegmentedTradeLog(
            LogFiles files, Closeable lock, long segmentBytes, UUID epoch, long[] segments, LogFile active, long end)
            throws IOException {
        this.files = files;
        this.lock = lock;
        this.segmentBytes = segmentBytes;
        this.epoch = epoch;
        this.segments = segments;
        this.active = active;
        activeStart = segments[segments.length - 1];
        writeOffset = end - activeStart;
        durablePosition = end;
        oldFormat = SegmentHeader.versionOf(active) < SegmentHeader.VERSION;
    }

    /** Opens or creates the log in a directory, with segments of the default size. */
    public static SegmentedTradeLog open(Path directory) throws IOException {
        return open(directory, DEFAULT_SEGMENT_BYTES);
    }

    /**
     * Opens or creates the log in a directory. What a crash left of a group that was never durable is cut off.
     *
     * @param segmentBytes a segment that has reached this size is followed by another
     * @throws LogDamagedException if anything else is damaged in the newest segment or in a segment's header, or one is missing
     * @throws IOException if the files cannot be used, or another process uses them
     */
    public static SegmentedTradeLog open(Path directory, long segmentBytes) throws IOException {
        return open(DiskFiles.in(directory), segmentBytes);
    }

    static SegmentedTradeLog open(LogFiles files, long segmentBytes) throws IOException {
        if (segmentBytes < SegmentHeader.BYTES) {
            throw new IllegalArgumentException("segmentBytes must be 40 or more, was " + segmentBytes);
        }
        Closeable lock = files.lock();
        try {
            return new LogOpening(files)
                    .open((epoch, segments, active, end) ->
                            new SegmentedTradeLog(files, lock, segmentBytes, epoch, segments, active, end));
        } catch (IOException | RuntimeException e) {
            try {
                lock.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    @Override
    public UUID epoch() {
        return epoch;
    }

    /** Whether a force has failed, so that nothing more is taken on until a restart. Thread-safe. */
    public boolean hasFailed() {
        return failure != null;
    }

    /** Files that the log is in. Thread-safe. */
    public int segmentCount() {
        return segments.length;
    }

    @Override
    public long startPosition() {
        return segments[0];
    }

    /** Whether it has no entry, and never had one. Thread-safe. */
    public boolean isEmpty() {
        return durablePosition == segments[0] + SegmentHeader.BYTES;
    }

    @Override
    public long durablePosition() {
        return durablePosition;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a text is longer than the model allows; the group is as before
     */
    @Override
    public void append(LogEntry entry) {
        if (group.isEmpty()) {
            long end = activeStart + writeOffset;
            group.begin(isFull() ? end + SegmentHeader.BYTES : end);
        }
        group.add(entry);
    }

    @Override
    public long force() {
        IOException failed = failure;
        if (failed != null) {
            group.clear();
            throw new LogUnavailableException(Reason.LOG_FAILED, "trade log failed before: " + failed, failed);
        }
        if (group.isEmpty()) {
            return durablePosition;
        }
        try {
            writeGroup(group.finish());
        } catch (ForceFailedException | ClosedChannelException e) {
            throw failForEver(e);
        } catch (IOException e) {
            throw takeBack(e);
        } finally {
            group.clear();
        }
        return durablePosition;
    }

    @Override
    public LogReader reader(long fromPosition) throws IOException {
        return entries(fromPosition);
    }

    SegmentReader entries(long fromPosition) throws IOException {
        if (fromPosition > durablePosition) {
            throw new IOException(
                    "position " + fromPosition + " is not in the trade log, which ends at " + durablePosition);
        }
        return new SegmentReader(this, fromPosition);
    }

    @Override
    public void dropBefore(long position, long retainBytes) throws IOException {
        // One by one, and each for good before the next: neither a power cut nor a delete that fails leaves a hole.
        while (wouldDrop(position, retainBytes)) {
            dropOldest();
        }
    }

    /** Whether {@link #dropBefore} would delete anything. */
    boolean wouldDrop(long position, long retainBytes) {
        return !dropsNoMore
                && segments.length > 1
                && segments[1] <= position
                && durablePosition - segments[1] >= retainBytes;
    }

    private void dropOldest() throws IOException {
        String oldest = SegmentHeader.fileName(segments[0]);
        try {
            files.delete(oldest);
        } catch (IOException e) {
            throw new IOException(
                    "segment " + oldest + " of trade log " + files.name() + " cannot be deleted: " + e, e);
        }
        segments = Arrays.copyOfRange(segments, 1, segments.length);
        try {
            files.forceDirectory();
        } catch (IOException e) {
            dropsNoMore = true;
            throw new IOException(
                    "segment " + oldest + " of trade log " + files.name()
                            + " is deleted, but perhaps not for good; none more is until a restart: " + e,
                    e);
        }
    }

    /** Drops the current group and closes the files. Idempotent. */
    @Override
    public void close() throws IOException {
        group.clear();
        if (failure == null) {
            failure = new IOException("trade log " + files.name() + " is closed");
        }
        try (lock) {
            active.close();
        }
    }

    LogFiles files() {
        return files;
    }

    /** Start of the segment that the next group goes to. */
    long nextSegmentStart() {
        return isFull() ? activeStart + writeOffset : activeStart;
    }

    /** Bytes of the current group. */
    long groupBytes() {
        return group.bytes();
    }

    /** Start of the segment with that position; at the border of two the newer. */
    long segmentOf(long position) throws IOException {
        long[] starts = segments;
        if (position < starts[0]) {
            throw new IOException(
                    "position " + position + " is no longer in the trade log, which starts at " + starts[0]);
        }
        int at = Arrays.binarySearch(starts, position);
        return starts[at >= 0 ? at : -at - 2];
    }

    /** Where the segment with that start ends, {@link Long#MAX_VALUE} if it is the newest. */
    long segmentEnd(long start) {
        long[] starts = segments;
        int at = Arrays.binarySearch(starts, start);
        int next = at >= 0 ? at + 1 : -at - 1;
        return next < starts.length ? starts[next] : Long.MAX_VALUE;
    }

    LogFile openForReading(long start) throws IOException {
        try {
            return files.openForReading(SegmentHeader.fileName(start));
        } catch (NoSuchFileException e) {
            throw new IOException("segment " + e.getFile() + " is no longer in the trade log", e);
        }
    }

    private boolean isFull() {
        return oldFormat || writeOffset >= segmentBytes;
    }

    private void writeGroup(ByteBuffer[] bytes) throws IOException {
        cutTail();
        if (isFull()) {
            roll();
        }
        tailDirty = true;
        active.write(bytes, writeOffset);
        force(active, false);
        tailDirty = false;
        cutUnforced = false;
        writeOffset = group.endPosition() - activeStart;
        durablePosition = group.endPosition();
    }

    private void roll() throws IOException {
        if (cutUnforced) {
            force(active, true);
            cutUnforced = false;
        }
        SegmentHeader header = new SegmentHeader(epoch, activeStart + writeOffset);
        LogFile next = createSegment(files, header);
        LogFile full = active;
        active = next;
        activeStart = header.startPosition();
        writeOffset = SegmentHeader.BYTES;
        oldFormat = false;
        long[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = activeStart;
        segments = more;
        full.close();
    }

    /** A segment with nothing but its header, durable; or none. */
    static LogFile createSegment(LogFiles files, SegmentHeader header) throws IOException {
        LogFile created = files.create(header.fileName());
        try {
            created.write(new ByteBuffer[] {header.encode()}, 0);
            force(created, true);
            forceDirectory(files);
            return created;
        } catch (IOException e) {
            try (created) {
                files.delete(header.fileName());
            } catch (IOException suppressed) {
                // The next attempt empties the file.
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void cutTail() throws IOException {
        if (tailDirty) {
            active.truncate(writeOffset);
            tailDirty = false;
            cutUnforced = true;
        }
    }

    private LogUnavailableException takeBack(IOException cause) {
        try {
            cutTail();
        } catch (IOException suppressed) {
            // The next group tries again before it writes.
            cause.addSuppressed(suppressed);
        }
        Reason reason = isDiskFull(cause) ? Reason.DISK_FULL : Reason.IO_ERROR;
        return new LogUnavailableException(reason, "trade log " + files.name() + " cannot be written: " + cause, cause);
    }

    private LogUnavailableException failForEver(IOException cause) {
        failure = cause;
        try {
            cutTail();
        } catch (IOException suppressed) {
            cause.addSuppressed(suppressed);
        }
        return new LogUnavailableException(
                Reason.LOG_FAILED, "trade log " + files.name() + " cannot be made durable: " + cause, cause);
    }

    /** The text is the C library's and may be translated, so the room left is asked too. */
    private boolean isDiskFull(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        List<String> texts = List.of("no space left", "quota exceeded", "not enough space");
        return texts.stream().anyMatch(message::contains)
                || files.usableBytes() < group.endPosition() - durablePosition;
    }

    private static void force(LogFile file, boolean metadata) throws ForceFailedException {
        try {
            file.force(metadata);
        } catch (IOException e) {
            throw new ForceFailedException(e);
        }
    }

    private static void forceDirectory(LogFiles files) throws ForceFailedException {
        try {
            files.forceDirectory();
        } catch (IOException e) {
            throw new ForceFailedException(e);
        }
    }

    private static final class ForceFailedException extends IOException {
        private static final long serialVersionUID = 1;

        ForceFailedException(IOException cause) {
            super("force failed: " + cause.getMessage(), cause);
        }
    }
}
