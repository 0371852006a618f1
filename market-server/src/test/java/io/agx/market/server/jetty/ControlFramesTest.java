package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ControlFramesTest {
    private static final byte[] PONG_THAT_LOOKS_LIKE_CLOSES = {(byte) 0x8a, 4, (byte) 0x88, (byte) 0x88, 8, 8};
    private static final byte[] EMPTY_PING = {(byte) 0x89, 0};
    private static final byte[] CLOSE = {(byte) 0x88, 2, 3, (byte) 0xe9};

    @Test
    void findsACloseHoweverTheFramesAreSpreadOverBuffers() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            assertThat(ControlFrames.containClose(spread(random, PONG_THAT_LOOKS_LIKE_CLOSES, EMPTY_PING)))
                    .as("seed %d", seed)
                    .isFalse();
            assertThat(ControlFrames.containClose(spread(random, EMPTY_PING, PONG_THAT_LOOKS_LIKE_CLOSES, CLOSE)))
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    private static ByteBuffer[] spread(Random random, byte[]... frames) {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (byte[] frame : frames) {
            int cut = random.nextInt(frame.length + 1);
            buffers.add(ByteBuffer.wrap(frame, 0, cut));
            buffers.add(ByteBuffer.wrap(frame, cut, frame.length - cut));
        }
        return buffers.toArray(ByteBuffer[]::new);
    }
}
