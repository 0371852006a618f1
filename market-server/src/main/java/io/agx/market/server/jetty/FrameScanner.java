package io.agx.market.server.jetty;

import java.nio.ByteBuffer;

/**
 * Follows the frames that a peer sends, as far as to know whether a message or frame has begun and not ended. It judges nothing: what
 * breaks RFC 6455 ends the connection elsewhere. Not thread-safe.
 */
final class FrameScanner {
    private static final int FIN = 0x80;
    private static final int CONTROL = 0x08;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private boolean fragmented;
    // Of the frame that is being read: bytes of its header read, how many it has, and how many of the payload are to
    // come.
    private int headerBytes;
    private int headerLength = 2;
    private boolean control;
    private boolean fin;
    private int lengthBytes;
    private long payloadBytes;
    private int boundaries;

    /** Reads on; the buffer stays as it is. */
    void read(ByteBuffer bytes) {
        int at = bytes.position();
        while (at < bytes.limit()) {
            if (headerBytes == headerLength) {
                long skipped = Math.min(payloadBytes, bytes.limit() - at);
                payloadBytes -= skipped;
                at += (int) skipped;
            } else {
                header(bytes.get(at++) & 0xff);
            }
            if (headerBytes == headerLength && payloadBytes <= 0) {
                frameEnds();
            }
        }
    }

    /** Whether a message, or a frame, has begun and not ended. */
    boolean isUnfinished() {
        return fragmented || headerBytes > 0;
    }

    /** How often nothing was unfinished after a frame: another count says that what is unfinished now is not what was. */
    int boundaries() {
        return boundaries;
    }

    private void header(int octet) {
        if (headerBytes == 0) {
            fin = (octet & FIN) != 0;
            control = (octet & CONTROL) != 0;
        } else if (headerBytes == 1) {
            int length = octet & LENGTH;
            lengthBytes = length == LENGTH_64 ? 8 : length == LENGTH_16 ? 2 : 0;
            payloadBytes = lengthBytes == 0 ? length : 0;
            headerLength = 2 + lengthBytes + ((octet & MASKED) != 0 ? 4 : 0);
        } else if (headerBytes < 2 + lengthBytes) {
            payloadBytes = payloadBytes << 8 | octet;
        }
        headerBytes++;
    }

    private void frameEnds() {
        headerBytes = 0;
        headerLength = 2;
        if (!control) {
            fragmented = !fin;
        }
        if (!fragmented) {
            boundaries++;
        }
    }
}
