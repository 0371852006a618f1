package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final FrameReader reader = new FrameReader();
    private final List<String> read = new ArrayList<>();

    @Test
    void readsFramesOfEveryLengthHoweverTheyAreCut() {
        String middle = "m".repeat(126);
        String longest = "l".repeat(70_000);
        ByteBuffer all = ByteBuffer.allocate(80_000);
        all.put(new byte[] {(byte) 0x81, 2, 'h', 'i'});
        all.put(new byte[] {(byte) 0x81, 126, 0, 126}).put(bytes(middle));
        all.put(new byte[] {(byte) 0x89, 1, 'p'});
        all.put(new byte[] {(byte) 0x81, 127}).putLong(70_000).put(bytes(longest));
        all.flip();

        for (int step : new int[] {1, 7, 4_096, 80_000}) {
            read.clear();
            for (int from = 0; from < all.limit(); from += step) {
                give(all.slice(from, Math.min(step, all.limit() - from)));
            }
            assertThat(read).containsExactly("1 hi", "1 " + middle, "9 p", "1 " + longest);
        }
    }

    @Test
    void joinsFragmentsAroundAControlFrame() {
        give(ByteBuffer.wrap(new byte[] {0x01, 1, 'a', (byte) 0x8a, 0, 0x00, 1, 'b', (byte) 0x80, 1, 'c'}));

        assertThat(read).containsExactly("10 ", "1 abc");
    }

    @Test
    void refusesWhatAServerMayNotSend() {
        refuses(new byte[] {(byte) 0xc1, 0}, "reserved");
        refuses(new byte[] {(byte) 0x81, (byte) 0x80}, "masked");
        refuses(new byte[] {(byte) 0x80, 0}, "mixed");
        refuses(new byte[] {0x09, 0}, "control");
        refuses(new byte[] {(byte) 0x81, 127, -1, 0, 0, 0, 0, 0, 0, 0}, "16 MiB");
    }

    private static void refuses(byte[] frame, String why) {
        assertThatThrownBy(() -> new FrameReader().read(ByteBuffer.wrap(frame), (opcode, payload) -> {}))
                .hasMessageContaining(why);
    }

    private void give(ByteBuffer bytes) {
        reader.read(bytes, (opcode, payload) -> read.add(opcode + " " + new String(payload, StandardCharsets.UTF_8)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
