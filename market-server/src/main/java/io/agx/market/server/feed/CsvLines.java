package io.agx.market.server.feed;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The lines of a plain or gzip file (told apart by the first two bytes, not by the name) as ranges of one buffer. Memory
 * is bounded by the buffer, whatever the file holds. Owned by one thread.
 */
final class CsvLines implements Closeable {
    /** Longest line taken: twenty times a rich line. A longer one is given cut, with {@link #overlong} true. */
    static final int MAX_LINE_BYTES = 4096;

    private static final int BUFFER_BYTES = 1 << 17;
    private static final int GZIP_BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;

    private final Path file;
    private final CountingStream raw;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean ended;
    private int start;
    private int end;
    private boolean overlong;
    private long lineNumber;

    CsvLines(Path file) throws IOException {
        this.file = file;
        boolean gzip = isGzip(file);
        this.raw = new CountingStream(Files.newInputStream(file));
        this.in = gzip ? unzip(raw) : raw;
        skipByteOrderMark();
    }

    /**
     * Moves to the next line.
     *
     * @return false at the end of the file
     * @throws CsvTradeException if compressed data is damaged or ends early
     */
    boolean next() throws IOException {
        overlong = false;
        int scanned = position;
        while (true) {
            for (int i = scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return line(i, i + 1);
                }
            }
            if (limit - position > MAX_LINE_BYTES) {
                overlong = true;
                limit = position + MAX_LINE_BYTES;
            }
            scanned = limit - position;
            if (!fill()) {
                return position < limit && line(limit, limit);
            }
        }
    }

    /** The bytes of the line are {@code buffer()[start()..end())}, without line end; valid until the next call. */
    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean overlong() {
        return overlong;
    }

    long lineNumber() {
        return lineNumber;
    }

    /** Bytes taken from the file as it lies on disk, compressed or not. */
    long bytesRead() {
        return raw.count;
    }

    String text() {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean line(int lineEnd, int next) {
        start = position;
        end = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        overlong |= end - start > MAX_LINE_BYTES;
        position = next;
        lineNumber++;
        return true;
    }

    /** Moves what is left to the front of the buffer and reads more behind it. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        int count = read(limit, buffer.length - limit);
        if (count < 0) {
            ended = true;
            return false;
        }
        limit += count;
        return true;
    }

    private int read(int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (EOFException | ZipException e) {
            CsvTradeException damaged = new CsvTradeException(
                    file, lineNumber + 1, "", "compressed data is damaged or ends early: " + e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    private void skipByteOrderMark() throws IOException {
        while (limit < 3 && fill()) {
            // reads until the mark can be told
        }
        if (limit >= 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF) {
            position = 3;
        }
    }

    private static boolean isGzip(Path file) throws IOException {
        try (InputStream head = Files.newInputStream(file)) {
            return head.read() == GZIP_MAGIC_0 && head.read() == GZIP_MAGIC_1;
        }
    }

    private static InputStream unzip(InputStream raw) throws IOException {
        try {
            return new GZIPInputStream(raw, GZIP_BUFFER_BYTES);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static final class CountingStream extends FilterInputStream {
        private long count;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            count += Math.max(read, 0);
            return read;
        }
    }
}
