package io.agx.market.server.conformance;

import java.io.ByteArrayOutputStream;

/**
 * A frame as a client writes it, or as it must not: RFC 6455 section 5.2.
 *
 * @param firstByte FIN, RSV1 to RSV3 and opcode
 * @param masked a client's frames are
 * @param lengthBytes of the extended length: 0, 2, 8, or {@link #SHORTEST}
 * @param declaredLength what the header says, which may be more than there is
 */
record ClientFrame(int firstByte, boolean masked, int lengthBytes, long declaredLength, byte[] payload) {
    static final int SHORTEST = -1;

    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    static final int RSV2 = 0x20;
    static final int RSV3 = 0x10;

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = Bytes.of(0x37, 0xfa, 0x21, 0x3d);

    static byte[] frame(int firstByte, byte[] payload) {
        return new ClientFrame(firstByte, true, SHORTEST, payload.length, payload).bytes();
    }

    static byte[] unmasked(int firstByte, byte[] payload) {
        return new ClientFrame(firstByte, false, SHORTEST, payload.length, payload).bytes();
    }

    /** With so many bytes of extended length, more than are needed. */
    static byte[] longLength(int firstByte, int lengthBytes, byte[] payload) {
        return new ClientFrame(firstByte, true, lengthBytes, payload.length, payload).bytes();
    }

    /** With more declared than there is. */
    static byte[] declaring(int firstByte, long length, byte[] payload) {
        return new ClientFrame(firstByte, true, 8, length, payload).bytes();
    }

    static byte[] text(String text) {
        return frame(FIN | TEXT, Bytes.utf8(text));
    }

    static byte[] text(byte[] utf8) {
        return frame(FIN | TEXT, utf8);
    }

    static byte[] first(byte[] part) {
        return frame(TEXT, part);
    }

    static byte[] next(byte[] part) {
        return frame(CONTINUATION, part);
    }

    static byte[] last(byte[] part) {
        return frame(FIN | CONTINUATION, part);
    }

    static byte[] ping(byte[] payload) {
        return frame(FIN | PING, payload);
    }

    static byte[] pong(byte[] payload) {
        return frame(FIN | PONG, payload);
    }

    static byte[] close(int code, String reason) {
        return frame(FIN | CLOSE, Bytes.join(Bytes.of(code >> 8, code), Bytes.utf8(reason)));
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
        out.write(firstByte);
        int maskBit = masked ? 0x80 : 0;
        int extended = lengthBytes;
        if (extended == SHORTEST) {
            extended = declaredLength < 126 ? 0 : declaredLength < 65_536 ? 2 : 8;
        }
        out.write(maskBit | (extended == 0 ? (int) declaredLength : extended == 2 ? 126 : 127));
        for (int shift = (extended - 1) * 8; shift >= 0; shift -= 8) {
            out.write((int) (declaredLength >>> shift));
        }
        if (masked) {
            out.writeBytes(MASK);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(masked ? payload[i] ^ MASK[i % 4] : payload[i]);
        }
        return out.toByteArray();
    }
}
