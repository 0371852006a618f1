package io.agx.market.server.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/** A frame of the server, read strictly: not masked, its length in as few bytes as possible, control frames whole and short. */
record ServerFrame(boolean fin, int rsv, int opcode, byte[] payload) {
    private static final int MAX_BYTES = 16 << 20;

    /** @throws BrokenFrameException if it is none of those */
    static ServerFrame read(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        require((second & 0x80) == 0, "a server's frame is not masked, first bytes", first, second);
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
            require(length >= 126, "a length of two bytes", length);
        } else if (length == 127) {
            length = in.readLong();
            require(length >= 65_536 && length <= MAX_BYTES, "a length of eight bytes", length);
        }
        int opcode = first & 0x0f;
        require(opcode <= 2 || opcode >= 8 && opcode <= 10, "opcode", opcode);
        boolean fin = (first & 0x80) != 0;
        if (opcode >= 8) {
            require(fin, "a control frame is whole, opcode", opcode);
            require(length <= 125, "length of a control frame", length);
            require((first & 0x70) == 0, "RSV of a control frame", first & 0x70);
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new ServerFrame(fin, (first >> 4) & 7, opcode, payload);
    }

    private static void require(boolean right, String what, long... was) throws BrokenFrameException {
        if (!right) {
            throw new BrokenFrameException(what + ": " + Arrays.toString(was));
        }
    }
}
