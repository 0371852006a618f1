package io.agx.market.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks through one segment file, record by record and group by group, and finds where it stops being whole. */
final class SegmentScanner {
    private static final int BUFFER_BYTES = 256 * 1024;

    /** Told of each valid record, also of those of a group that turns out not to be whole. */
    @FunctionalInterface
    interface Visitor {
        void onEntry(long position, LogEntry entry) throws IOException;
    }

    /**
     * What was found.
     *
     * @param wholeBytes offset after the last whole group
     * @param sizeBytes size of the file
     * @param damage what is wrong at {@code damageOffset}, or null
     * @param torn whether the damage may be the end of a group that never became durable: nothing of a later group follows
     */
    record Result(
            long entries,
            long groups,
            long wholeBytes,
            long sizeBytes,
            @Nullable String damage,
            long damageOffset,
            boolean torn) {}

    private final LogFile file;
    private final long startPosition;
    private final @Nullable Visitor visitor;
    private final LogCodec codec = new LogCodec();
    private final RecordFormat format = new RecordFormat();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    /** File offset of the buffer's first byte. */
    private long bufferOffset;

    private SegmentScanner(LogFile file, long startPosition, @Nullable Visitor visitor) {
        this.file = file;
        this.startPosition = startPosition;
        this.visitor = visitor;
    }

    /** @param visitor may be null: then the payloads are not decoded */
    static Result scan(LogFile file, long startPosition, @Nullable Visitor visitor) throws IOException {
        return new SegmentScanner(file, startPosition, visitor).scan();
    }

    private Result scan() throws IOException {
        long entries = 0;
        long groups = 0;
        long whole = SegmentHeader.BYTES;
        boolean inGroup = false;
        long offset = SegmentHeader.BYTES;
        String damage = null;
        load(offset);
        while (true) {
            int at = (int) (offset - bufferOffset);
            int length = format.parse(buffer.array(), at, buffer.limit(), startPosition + offset);
            if (length == RecordFormat.INCOMPLETE && loadMore(offset)) {
                continue;
            }
            if (length <= 0) {
                boolean end = offset == bufferOffset + buffer.limit();
                damage = !end ? whatIsWrong(length) : inGroup ? "the last group has no end" : null;
                break;
            }
            if (format.isFirst() == inGroup) {
                damage = inGroup ? "a group begins inside another" : "a record belongs to no group";
                break;
            }
            if (visitor != null) {
                visitor.onEntry(startPosition + offset, decode(at));
            }
            entries++;
            offset += length;
            inGroup = !format.isLast();
            if (!inGroup) {
                groups++;
                whole = offset;
            }
        }
        boolean torn = damage != null && !isFollowedByGroup(whole);
        return new Result(entries, groups, whole, file.size(), damage, offset, torn);
    }

    private LogEntry decode(int at) throws IOException {
        try {
            return codec.decode(format.type(), buffer.array(), at + RecordFormat.HEADER_BYTES, format.payloadLength());
        } catch (IllegalArgumentException | ArithmeticException e) {
            String name = SegmentHeader.fileName(startPosition);
            LogDamagedException damaged =
                    new LogDamagedException(name, bufferOffset + at, String.valueOf(e.getMessage()));
            damaged.initCause(e);
            throw damaged;
        }
    }

    private static String whatIsWrong(int length) {
        return length == RecordFormat.INCOMPLETE ? "a record ends too early" : "a record's CRC does not match";
    }

    /**
     * Whether a group begins after the one that begins at {@code offset}. It was written only when that one was durable, so then
     * the damage is no torn tail.
     */
    private boolean isFollowedByGroup(long offset) throws IOException {
        long size = file.size();
        long from = offset + 1;
        while (from < size) {
            load(from);
            int limit = buffer.limit();
            boolean end = limit == 0 || from + limit >= size;
            int last = end ? limit : limit - RecordFormat.MAX_RECORD_BYTES;
            for (int at = 0; at < last; at++) {
                if (format.parse(buffer.array(), at, limit, startPosition + from + at) > 0 && format.isFirst()) {
                    return true;
                }
            }
            from = end ? size : from + last;
        }
        return false;
    }

    /** Moves the buffer to an offset. @return whether it reaches further than it did */
    private boolean loadMore(long offset) throws IOException {
        long reached = bufferOffset + buffer.limit();
        load(offset);
        return bufferOffset + buffer.limit() > reached;
    }

    private void load(long offset) throws IOException {
        buffer.clear();
        bufferOffset = offset;
        while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) > 0) {
            // until full or at the end
        }
        buffer.flip();
    }
}
