package io.agx.market.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads durable entries over the borders of segments. Reads {@value #BUFFER_BYTES} bytes at a time, and never beyond what is
 * durable. An open segment that is dropped is still read to its end.
 */
final class SegmentReader implements LogReader {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final SegmentedTradeLog log;
    private final LogCodec codec = new LogCodec();
    private final RecordFormat format = new RecordFormat();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private @Nullable LogFile file;
    private long segmentStart;
    /** Position of the byte at {@link #at}: that of the next record. */
    private long position;

    private int at;

    SegmentReader(SegmentedTradeLog log, long fromPosition) throws IOException {
        this.log = log;
        position = fromPosition;
        buffer.limit(0);
        openSegment(log.segmentOf(fromPosition));
    }

    @Override
    public @Nullable LogEntry next() throws IOException {
        if (at == buffer.limit() && !fill()) {
            return null;
        }
        int length = format.parse(buffer.array(), at, buffer.limit(), position);
        if (length == RecordFormat.INCOMPLETE) {
            fill();
            length = format.parse(buffer.array(), at, buffer.limit(), position);
        }
        if (length <= 0) {
            throw damaged(length == RecordFormat.INVALID ? "a record's CRC does not match" : "a record ends too early");
        }
        LogEntry entry = decode();
        at += length;
        position += length;
        return entry;
    }

    @Override
    public long position() {
        return position;
    }

    /** Start position of the segment that the newest entry is in. */
    long segmentStart() {
        return segmentStart;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    private LogEntry decode() throws LogDamagedException {
        try {
            return codec.decode(format.type(), buffer.array(), at + RecordFormat.HEADER_BYTES, format.payloadLength());
        } catch (IllegalArgumentException | ArithmeticException e) {
            LogDamagedException damaged = damaged(String.valueOf(e.getMessage()));
            damaged.initCause(e);
            throw damaged;
        }
    }

    /** Reads on from {@link #position}. @return false if nothing more is durable */
    private boolean fill() throws IOException {
        // First the durable position, then the segments: the writer adds a segment before anything in it is durable.
        long durable = log.durablePosition();
        long limit = Math.min(durable, log.segmentEnd(segmentStart));
        if (position >= limit && limit < durable) {
            openSegment(position);
            limit = Math.min(durable, log.segmentEnd(segmentStart));
        }
        at = 0;
        buffer.clear();
        if (position >= limit) {
            buffer.limit(0);
            return false;
        }
        buffer.limit((int) Math.min(BUFFER_BYTES, limit - position));
        while (buffer.hasRemaining()) {
            if (openFile().read(buffer, position - segmentStart + buffer.position()) < 0) {
                break;
            }
        }
        buffer.flip();
        if (!buffer.hasRemaining()) {
            throw damaged("the file ends too early");
        }
        return true;
    }

    private void openSegment(long start) throws IOException {
        close();
        file = log.openForReading(start);
        segmentStart = start;
        position = Math.max(position, start + SegmentHeader.BYTES);
    }

    private LogFile openFile() throws IOException {
        if (file == null) {
            throw new IOException("the reader is closed");
        }
        return file;
    }

    private LogDamagedException damaged(String what) {
        return new LogDamagedException(SegmentHeader.fileName(segmentStart), position - segmentStart, what);
    }
}
