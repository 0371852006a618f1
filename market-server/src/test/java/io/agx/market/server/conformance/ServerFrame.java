package io.agx.market.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;

/** A frame of the server, read strictly: not masked, its length in as few bytes as possible, control frames whole and short. */
record ServerFrame(boolean fin, int rsv, int opcode, byte[] payload) {
    private static final int MAX_BYTES = 16 << 20;

    static ServerFrame read(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        assertThat(second & 0x80).as("mask bit of a server's frame").isZero();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
            assertThat(length).as("a length of two bytes").isGreaterThanOrEqualTo(126);
        } else if (length == 127) {
            length = in.readLong();
            assertThat(length).as("a length of eight bytes").isBetween(65_536L, (long) MAX_BYTES);
        }
        int opcode = first & 0x0f;
        assertThat(opcode).as("opcode").isIn(0, 1, 2, 8, 9, 10);
        boolean fin = (first & 0x80) != 0;
        if (opcode >= 8) {
            assertThat(fin).as("a control frame is whole").isTrue();
            assertThat(length).as("length of a control frame").isLessThanOrEqualTo(125);
            assertThat(first & 0x70).as("RSV of a control frame").isZero();
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new ServerFrame(fin, (first >> 4) & 7, opcode, payload);
    }
}
