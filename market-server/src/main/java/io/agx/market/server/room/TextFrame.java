package io.agx.market.server.room;

/**
 * A WebSocket text frame as a server sends it: final and not masked (RFC 6455 section 5.2), so that the same bytes serve
 * every receiver.
 */
final class TextFrame {
    private static final int FINAL_TEXT = 0x81;
    /** Marks the first frame of a compressed message (RFC 7692 section 6). */
    private static final int RSV1 = 0x40;

    private static final int LARGEST_7_BIT = 125;
    private static final int LARGEST_16_BIT = 65_535;

    private TextFrame() {}

    /** The frame of a whole message. */
    static byte[] of(byte[] utf8) {
        return frame(FINAL_TEXT, utf8, utf8.length);
    }

    /** The frame of a message whose first {@code length} bytes are its text, compressed. */
    static byte[] ofCompressed(byte[] deflated, int length) {
        return frame(FINAL_TEXT | RSV1, deflated, length);
    }

    private static byte[] frame(int firstByte, byte[] payload, int length) {
        int headerBytes = length <= LARGEST_7_BIT ? 2 : length <= LARGEST_16_BIT ? 4 : 10;
        byte[] frame = new byte[headerBytes + length];
        frame[0] = (byte) firstByte;
        if (headerBytes == 2) {
            frame[1] = (byte) length;
        } else {
            frame[1] = (byte) (headerBytes == 4 ? LARGEST_7_BIT + 1 : LARGEST_7_BIT + 2);
            for (int i = headerBytes - 1, rest = length; i >= 2; i--, rest >>>= 8) {
                frame[i] = (byte) rest;
            }
        }
        System.arraycopy(payload, 0, frame, headerBytes, length);
        return frame;
    }
}
