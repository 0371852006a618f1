package io.agx.market.server.delivery;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts what a server sends into WebSocket messages (RFC 6455 section 5.2), with no code of the server's. One per connection, owned by
 * the swarm's thread. It keeps the bytes of an unfinished message only; a message of more than 16 MiB, a masked frame and a reserved
 * bit are errors.
 */
final class FrameReader {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final byte[] NOTHING = {};

    private byte[] rest = NOTHING;
    private byte[] fragments = NOTHING;
    private int fragmentsOpcode;

    /** Hears of whole messages and of control frames. */
    @FunctionalInterface
    interface Sink {
        void onFrame(int opcode, byte[] payload);
    }

    /** Of a frame that is not whole yet. */
    int unfinishedBytes() {
        return rest.length;
    }

    /**
     * Reads all that the buffer has.
     *
     * @throws IllegalStateException if it is not what a server may send
     */
    void read(ByteBuffer bytes, Sink sink) {
        ByteBuffer in = bytes;
        if (rest.length > 0) {
            in = ByteBuffer.allocate(rest.length + bytes.remaining()).put(rest).put(bytes);
            in.flip();
            rest = NOTHING;
        }
        while (true) {
            in.mark();
            if (!readFrame(in, sink)) {
                in.reset();
                break;
            }
        }
        if (in.hasRemaining()) {
            rest = new byte[in.remaining()];
            in.get(rest);
        }
    }

    private boolean readFrame(ByteBuffer in, Sink sink) {
        if (in.remaining() < 2) {
            return false;
        }
        int first = in.get() & 0xff;
        int second = in.get() & 0xff;
        require((first & 0x70) == 0, "a reserved bit is set");
        require((second & 0x80) == 0, "a server's frame is masked");
        long length = second;
        if (second == 126) {
            if (in.remaining() < 2) {
                return false;
            }
            length = in.getShort() & 0xffff;
        } else if (second == 127) {
            if (in.remaining() < 8) {
                return false;
            }
            length = in.getLong();
        }
        require(length >= 0 && length + fragments.length <= MAX_MESSAGE_BYTES, "a message is longer than 16 MiB");
        if (in.remaining() < length) {
            return false;
        }
        byte[] payload = new byte[(int) length];
        in.get(payload);
        onFrame((first & 0x80) != 0, first & 0x0f, payload, sink);
        return true;
    }

    private void onFrame(boolean last, int opcode, byte[] payload, Sink sink) {
        if (opcode >= CLOSE) {
            require(last && payload.length <= 125, "a control frame is long or in fragments");
            sink.onFrame(opcode, payload);
            return;
        }
        require((opcode == 0) == (fragmentsOpcode != 0), "fragments of two messages are mixed");
        if (last && opcode != 0) {
            sink.onFrame(opcode, payload);
            return;
        }
        int before = fragments.length;
        fragments = Arrays.copyOf(fragments, before + payload.length);
        System.arraycopy(payload, 0, fragments, before, payload.length);
        if (opcode != 0) {
            fragmentsOpcode = opcode;
        }
        if (last) {
            byte[] whole = fragments;
            int whose = fragmentsOpcode;
            fragments = NOTHING;
            fragmentsOpcode = 0;
            sink.onFrame(whose, whole);
        }
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(problem);
        }
    }
}
