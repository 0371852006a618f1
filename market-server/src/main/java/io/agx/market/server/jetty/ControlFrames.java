package io.agx.market.server.jetty;

import java.nio.ByteBuffer;

/** Looks into what Jetty writes on a WebSocket of ours: control frames, not masked, of at most 125 bytes (RFC 6455 section 5.5). */
final class ControlFrames {
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 0x8;
    private static final int LENGTH = 0x7f;

    private ControlFrames() {}

    /** Whether one of these frames, which begin with a header and may be spread over the buffers in any way, is a Close. */
    static boolean containClose(ByteBuffer... buffers) {
        int payloadBytes = 0;
        boolean lengthIsNext = false;
        for (ByteBuffer buffer : buffers) {
            for (int i = buffer.position(); i < buffer.limit(); i++) {
                if (lengthIsNext) {
                    payloadBytes = buffer.get(i) & LENGTH;
                    lengthIsNext = false;
                } else if (payloadBytes > 0) {
                    payloadBytes--;
                } else if ((buffer.get(i) & OPCODE) == CLOSE) {
                    return true;
                } else {
                    lengthIsNext = true;
                }
            }
        }
        return false;
    }
}
