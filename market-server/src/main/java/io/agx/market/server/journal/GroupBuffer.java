package io.agx.market.server.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoded records of one group, in direct buffers that are used again. Owned by the writer.
 *
 * <p>Grows with the group; of the buffers that a large group needed, {@value #KEPT_CHUNKS} are kept.
 */
final class GroupBuffer {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int KEPT_CHUNKS = 4;
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;

    private final LogCodec codec = new LogCodec();
    private final RecordFormat format = new RecordFormat();
    private final byte[] record = new byte[RecordFormat.MAX_RECORD_BYTES];
    private final List<ByteBuffer> chunks = new ArrayList<>();
    private int usedChunks;
    private int recordLength;
    private long recordPosition;
    private long start;

    boolean isEmpty() {
        return recordLength == 0;
    }

    /** Begins a group whose first record will be at {@code position}. */
    void begin(long position) {
        clear();
        start = position;
        recordPosition = position;
    }

    /** The newest record waits in {@link #record}, for only {@link #finish()} knows which is the last. */
    void add(LogEntry entry) {
        int flags = RecordFormat.FIRST;
        if (recordLength > 0) {
            flush(0);
            flags = 0;
        }
        int end = codec.encode(entry, record, RecordFormat.HEADER_BYTES);
        int payload = end - RecordFormat.HEADER_BYTES;
        record[LENGTH_AT] = (byte) (payload >>> 8);
        record[LENGTH_AT + 1] = (byte) payload;
        record[TYPE_AT] = (byte) (LogCodec.type(entry) | flags);
        recordLength = end;
    }

    /** Ends the group. @return its bytes, at least one buffer, valid until {@link #clear()} */
    ByteBuffer[] finish() {
        flush(RecordFormat.LAST);
        ByteBuffer[] bytes = new ByteBuffer[usedChunks];
        for (int i = 0; i < usedChunks; i++) {
            bytes[i] = chunks.get(i).flip();
        }
        return bytes;
    }

    /** Position after the group; valid after {@link #finish()}. */
    long endPosition() {
        return recordPosition;
    }

    /** Valid before {@link #finish()}. */
    long bytes() {
        return recordPosition + recordLength - start;
    }

    void clear() {
        while (chunks.size() > KEPT_CHUNKS) {
            chunks.remove(chunks.size() - 1);
        }
        usedChunks = 0;
        recordLength = 0;
    }

    private void flush(int flags) {
        record[TYPE_AT] |= (byte) flags;
        int crc = format.crc(recordPosition, record, LENGTH_AT, recordLength - LENGTH_AT);
        record[0] = (byte) (crc >>> 24);
        record[1] = (byte) (crc >>> 16);
        record[2] = (byte) (crc >>> 8);
        record[3] = (byte) crc;
        chunkWithRoom(recordLength).put(record, 0, recordLength);
        recordPosition += recordLength;
    }

    private ByteBuffer chunkWithRoom(int bytes) {
        if (usedChunks > 0 && chunks.get(usedChunks - 1).remaining() >= bytes) {
            return chunks.get(usedChunks - 1);
        }
        if (usedChunks == chunks.size()) {
            chunks.add(ByteBuffer.allocateDirect(CHUNK_BYTES));
        }
        return chunks.get(usedChunks++).clear();
    }
}
