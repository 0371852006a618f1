package io.agx.market.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class GzipInputTest {
    @Test
    void inflatesWhatTheJdkDeflatedHoweverItIsCut() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] first = text(random);
            byte[] second = text(random);
            byte[] both = join(gzip(first), gzip(second));

            assertThat(inflate(both, random))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(join(first, second));
        }
    }

    @Test
    void everyCutIsToldAsAnEarlyEnd() throws IOException {
        byte[] whole = gzip("hello hello hello".getBytes(StandardCharsets.UTF_8));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> inflate(cut, new Random(1)))
                    .as("length %d", length)
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anyChangedByteOfHeaderDataOrTrailerIsRefusedOrChangesNothing() throws IOException {
        byte[] text = "a trade, a trade, another trade".getBytes(StandardCharsets.UTF_8);
        byte[] whole = gzip(text);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x55;
            try {
                assertThat(inflate(changed, new Random(at))).as("byte %d", at).isEqualTo(text);
            } catch (ZipException | EOFException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 2);
    }

    @Test
    void optionalPartsOfTheHeaderArePassedOver() throws IOException {
        byte[] plain = gzip(new byte[] {1, 2, 3});
        ByteArrayOutputStream with = new ByteArrayOutputStream();
        with.write(plain, 0, 3);
        with.write(2 | 4 | 8 | 16);
        with.write(plain, 4, 6);
        with.write(new byte[] {2, 0, 9, 9, 'n', 0, 'c', 'o', 0, 7, 7});
        with.write(plain, 10, plain.length - 10);

        assertThat(inflate(with.toByteArray(), new Random(1))).containsExactly(1, 2, 3);
    }

    @Test
    void whatFollowsAMemberMustBeAnother() throws IOException {
        byte[] followed = join(gzip(new byte[] {1}), new byte[] {0, 0, 0, 0});

        assertThatThrownBy(() -> inflate(followed, new Random(1))).isInstanceOf(ZipException.class);
    }

    private static byte[] inflate(byte[] bytes, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipInput in = new GzipInput(new Dripping(bytes, random))) {
            byte[] buffer = new byte[1 + random.nextInt(500)];
            for (int read = in.read(buffer, 0, buffer.length); read >= 0; read = in.read(buffer, 0, buffer.length)) {
                assertThat(read).isPositive();
                out.write(buffer, 0, read);
            }
        }
        return out.toByteArray();
    }

    /** Gives as much at a time as it likes, at least one byte. */
    private static final class Dripping extends ByteArrayInputStream {
        private final Random random;

        Dripping(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, 1 + random.nextInt(length));
        }
    }

    private static byte[] text(Random random) {
        byte[] text = new byte[random.nextInt(20_000)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(4));
        }
        return text;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
