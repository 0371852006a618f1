package io.agx.market.server.room;

import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Compresses a message once for all receivers that negotiated permessage-deflate without context takeover of the server (RFC
 * 7692 section 7.1.1.1): each message stands for itself, so the bytes are the same for everyone. Owned by the flush thread.
 */
public final class FrameCompressor implements AutoCloseable {
    /** Shorter messages do not shrink by more than a few bytes. */
    static final int MIN_BYTES = 64;

    /**
     * Longer ones are replies to one connection (a room's messages are shorter): compressing 64 KiB takes the flush thread about a
     * millisecond, in which all others wait.
     */
    static final int MAX_BYTES = 65_536;

    /** {@code 00 00 ff ff}, which a sync flush ends with and RFC 7692 section 7.2.1 leaves out. */
    private static final int TAIL_BYTES = 4;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private byte[] output = new byte[4_096];
    // Written by the flush thread, read by anyone.
    private volatile long compressions;

    /** Messages compressed since the start. */
    public long compressionCount() {
        return compressions;
    }

    /** The frame of a message: compressed, or plain where that is not worth it. */
    byte[] frame(byte[] utf8) {
        if (utf8.length < MIN_BYTES || utf8.length > MAX_BYTES) {
            return TextFrame.of(utf8);
        }
        compressions++;
        deflater.reset();
        deflater.setInput(utf8);
        int length = 0;
        while (true) {
            length += deflater.deflate(output, length, output.length - length, Deflater.SYNC_FLUSH);
            if (length < output.length) {
                break;
            }
            output = Arrays.copyOf(output, output.length * 2);
        }
        int deflated = length - TAIL_BYTES;
        return deflated < utf8.length ? TextFrame.ofCompressed(output, deflated) : TextFrame.of(utf8);
    }

    @Override
    public void close() {
        deflater.end();
    }
}
