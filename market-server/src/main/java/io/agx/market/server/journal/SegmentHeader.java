package io.agx.market.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a segment file: magic, format version, epoch, start position, CRC. Immutable.
 *
 * @param startPosition position of the file's first byte, this header's
 */
record SegmentHeader(UUID epoch, long startPosition) {
    /** 8 magic + 4 version + 16 epoch + 8 start position + 4 CRC. */
    static final int BYTES = 40;

    /** 2 has records of inboxes, which a server that knows only 1 would take for damage. */
    static final int VERSION = 2;

    /** Oldest version that can be read. A segment of it is not written any more: another follows it. */
    static final int OLDEST_VERSION = 1;

    private static final int VERSION_AT = 8;

    /** "MKTTRADE" in ASCII. */
    private static final long MAGIC = 0x4D4B545452414445L;

    private static final String PREFIX = "trades-";
    private static final String SUFFIX = ".log";

    String fileName() {
        return fileName(startPosition);
    }

    static String fileName(long startPosition) {
        return String.format(Locale.ROOT, "%s%020d%s", PREFIX, startPosition, SUFFIX);
    }

    static boolean isFileName(String name) {
        return name.matches("trades-[0-9]{20}\\.log");
    }

    static long startPositionOf(String name) {
        return Long.parseLong(name, PREFIX.length(), name.length() - SUFFIX.length(), 10);
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putInt(VERSION);
        bytes.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
        bytes.putLong(startPosition);
        bytes.putInt(crc(bytes.array()));
        return bytes.flip();
    }

    /**
     * Reads and checks the header of a segment.
     *
     * @return null if it is not whole: too short, or the CRC does not match
     * @throws LogDamagedException if it is whole but of a version that is not known, or not of this file
     */
    static @Nullable SegmentHeader read(String name, LogFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, bytes.position()) < 0) {
                return null;
            }
        }
        bytes.flip();
        if (bytes.getLong() != MAGIC || bytes.getInt(BYTES - 4) != crc(bytes.array())) {
            return null;
        }
        int version = bytes.getInt();
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new LogDamagedException(
                    name,
                    VERSION_AT,
                    "format version " + version + " is not known, only " + OLDEST_VERSION + " to " + VERSION);
        }
        SegmentHeader header = new SegmentHeader(new UUID(bytes.getLong(), bytes.getLong()), bytes.getLong());
        if (!header.fileName().equals(name)) {
            throw new LogDamagedException(name, 28, "the header is of " + header.fileName());
        }
        return header;
    }

    /** The version of a file whose header was read and is whole. */
    static int versionOf(LogFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, VERSION_AT + bytes.position()) < 0) {
                throw new IOException("the segment header is not whole");
            }
        }
        return bytes.getInt(0);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, BYTES - 4);
        return (int) crc.getValue();
    }
}
