package io.agx.market.server.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frame around a payload: {@code crc u32, length u16, type u8, payload}. The CRC also covers the record's position, so
 * that a record is valid only where it was written. Not thread-safe.
 */
final class RecordFormat {
    /** Bytes before the payload. */
    static final int HEADER_BYTES = 7;

    static final int MAX_RECORD_BYTES = HEADER_BYTES + LogCodec.MAX_INBOX_PAYLOAD;

    static final int TYPE_MASK = 0x3F;

    /** Flag in the type byte: first record of its group. */
    static final int FIRST = 0x40;

    /** Flag in the type byte: last record of its group. A group without it was never made durable. */
    static final int LAST = 0x80;

    static final int INCOMPLETE = 0;
    static final int INVALID = -1;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer positionBytes = ByteBuffer.allocate(Long.BYTES);
    private int typeByte;
    private int payloadLength;

    /** CRC of a record; {@code at} is the offset of its length field, {@code length} counts from there. */
    int crc(long position, byte[] bytes, int at, int length) {
        positionBytes.putLong(0, position);
        crc.reset();
        crc.update(positionBytes.array(), 0, Long.BYTES);
        crc.update(bytes, at, length);
        return (int) crc.getValue();
    }

    /**
     * Looks at the record at {@code at}.
     *
     * @return its length in bytes, {@link #INCOMPLETE} if it does not end before {@code limit}, or {@link #INVALID}
     */
    int parse(byte[] bytes, int at, int limit, long position) {
        if (limit - at < HEADER_BYTES) {
            return INCOMPLETE;
        }
        int length = ((bytes[at + 4] & 0xFF) << 8) | (bytes[at + 5] & 0xFF);
        if (length == 0 || length > LogCodec.maxPayload(bytes[at + 6] & TYPE_MASK)) {
            return INVALID;
        }
        if (limit - at < HEADER_BYTES + length) {
            return INCOMPLETE;
        }
        int expected = ((bytes[at] & 0xFF) << 24)
                | ((bytes[at + 1] & 0xFF) << 16)
                | ((bytes[at + 2] & 0xFF) << 8)
                | (bytes[at + 3] & 0xFF);
        if (crc(position, bytes, at + 4, length + 3) != expected) {
            return INVALID;
        }
        typeByte = bytes[at + 6] & 0xFF;
        payloadLength = length;
        return HEADER_BYTES + length;
    }

    /** Type of the record parsed last. */
    int type() {
        return typeByte & TYPE_MASK;
    }

    boolean isFirst() {
        return (typeByte & FIRST) != 0;
    }

    boolean isLast() {
        return (typeByte & LAST) != 0;
    }

    int payloadLength() {
        return payloadLength;
    }
}
