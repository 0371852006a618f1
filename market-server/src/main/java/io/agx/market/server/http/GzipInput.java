package io.agx.market.server.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Inflates a gzip body (RFC 1952), several members too. Unlike the JDK's stream it owns its inflater from the first byte on: {@link #close}
 * frees the memory outside of the heap whatever the header was. Not thread-safe.
 */
final class GzipInput extends InputStream {
    private static final int BUFFER = 8_192;
    private static final int RESERVED_FLAGS = 0xE0;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private boolean inMember;
    private boolean anyMember;
    private boolean ended;
    private boolean closed;

    /** @param in not closed by this */
    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** @throws ZipException if it is no gzip */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !beginMember()) {
                break;
            }
            int inflated = inflate(bytes, offset, length);
            if (inflated > 0) {
                crc.update(bytes, offset, inflated);
                return inflated;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsDictionary()) {
                throw new ZipException("a preset dictionary is no gzip");
            } else {
                feed();
            }
        }
        return -1;
    }

    /** Frees the inflater; idempotent. */
    @Override
    public void close() {
        closed = true;
        inflater.end();
    }

    private int inflate(byte[] bytes, int offset, int length) throws ZipException {
        try {
            return inflater.inflate(bytes, offset, length);
        } catch (DataFormatException e) {
            throw new ZipException("not deflated: " + e.getMessage());
        }
    }

    private void feed() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("the gzip ends early");
        }
        inflater.setInput(buffer, at, end - at);
        at = end;
    }

    /** False at the end of the body behind a member. */
    private boolean beginMember() throws IOException {
        if (at == end && !fill()) {
            if (!anyMember) {
                throw new EOFException("the gzip is empty");
            }
            ended = true;
            return false;
        }
        if (next() != 0x1F || next() != 0x8B || next() != 8) {
            throw new ZipException("not gzip");
        }
        int flags = next();
        if ((flags & RESERVED_FLAGS) != 0) {
            throw new ZipException("reserved flags of gzip are set");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        crc.reset();
        inMember = true;
        anyMember = true;
        return true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        long sum = nextInt();
        long size = nextInt();
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw new ZipException("the gzip's checksum or length is wrong");
        }
        inMember = false;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        int read = next();
        for (int length = 0; read != 0; length++) {
            if (length == BUFFER) {
                throw new ZipException("a text in the gzip's header is too long");
            }
            read = next();
        }
    }

    private long nextInt() throws IOException {
        return (next() | next() << 8 | next() << 16 | (long) next() << 24) & 0xFFFFFFFFL;
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("the gzip ends early");
        }
        return buffer[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
