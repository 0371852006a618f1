package io.agx.market.server.conformance;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** permessage-deflate of a client: RFC 7692 section 7.2. Keeps its windows until it is told to forget them. */
final class Deflate implements AutoCloseable {
    private static final byte[] TAIL = Bytes.of(0x00, 0x00, 0xff, 0xff);

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);

    /** One message, with the window of those before. */
    byte[] message(byte[] content) {
        deflater.setInput(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8_192];
        int count;
        do {
            count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, count);
        } while (count == buffer.length);
        byte[] flushed = out.toByteArray();
        return Bytes.part(flushed, 0, flushed.length - TAIL.length);
    }

    void forgetSent() {
        deflater.reset();
    }

    void forgetReceived() {
        inflater.reset();
    }

    /** @throws DataFormatException if the server's message is no deflate stream */
    byte[] inflate(byte[] message) throws DataFormatException {
        inflater.setInput(Bytes.join(message, TAIL));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8_192];
        int count;
        do {
            count = inflater.inflate(buffer);
            out.write(buffer, 0, count);
        } while (count > 0);
        return out.toByteArray();
    }

    /** A message alone, in a block that says it is the last of the stream: section 7.2.3.4. */
    static byte[] finalBlock(byte[] content) {
        Deflater once = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            once.setInput(content);
            once.finish();
            byte[] buffer = new byte[content.length + 64];
            int count = once.deflate(buffer);
            return Bytes.join(Bytes.part(buffer, 0, count), Bytes.of(0));
        } finally {
            once.end();
        }
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
