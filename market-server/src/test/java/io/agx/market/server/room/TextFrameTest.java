package io.agx.market.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFrameTest {
    private final FrameCompressor compressor = new FrameCompressor();

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 2", "125, 2", "126, 4", "65535, 4", "65536, 10", "200000, 10"})
    void headerHasTheShortestFormOfTheLength(int length, int headerBytes) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);

        ByteBuffer frame = ByteBuffer.wrap(TextFrame.of(payload));

        assertThat(frame.remaining()).isEqualTo(headerBytes + length);
        assertThat(frame.get() & 0xff).isEqualTo(0x81);
        int second = frame.get();
        long told = second < 126 ? second : second == 126 ? frame.getShort() & 0xffff : frame.getLong();
        assertThat(told).isEqualTo(length);
        byte[] rest = new byte[frame.remaining()];
        frame.get(rest);
        assertThat(rest).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 200, 4_000, 65_536})
    void aCompressedFrameStandsForItself(int length) throws DataFormatException {
        byte[] text = "{\"event\":\"ticker\",\"last\":\"800.01\"} "
                .repeat(length / 30 + 1)
                .substring(0, length)
                .getBytes(StandardCharsets.US_ASCII);
        compressor.frame(
                "something else before, which must leave no trace".repeat(9).getBytes(StandardCharsets.US_ASCII));

        byte[] frame = compressor.frame(text);

        assertThat(frame[0] & 0xff).isEqualTo(0xc1);
        assertThat(frame.length).isLessThan(length);
        assertThat(inflated(frame)).isEqualTo(text);
        assertThat(compressor.compressionCount()).isEqualTo(2);
    }

    @Test
    void whatDoesNotShrinkOrIsTooShortOrTooLongGoesPlain() {
        byte[] noise = new byte[1_000];
        new Random(7).nextBytes(noise);

        assertThat(compressor.frame(noise)).isEqualTo(TextFrame.of(noise));
        byte[] small = new byte[FrameCompressor.MIN_BYTES - 1];
        assertThat(compressor.frame(small)).isEqualTo(TextFrame.of(small));
        byte[] large = new byte[FrameCompressor.MAX_BYTES + 1];
        assertThat(compressor.frame(large)).isEqualTo(TextFrame.of(large));
    }

    /** As RFC 7692 section 7.2.2 says: the tail is put back, then inflated with an empty window. */
    private static byte[] inflated(byte[] frame) throws DataFormatException {
        int headerBytes = frame[1] < 126 ? 2 : 4;
        byte[] deflated = Arrays.copyOfRange(frame, headerBytes, frame.length + 4);
        deflated[deflated.length - 2] = (byte) 0xff;
        deflated[deflated.length - 1] = (byte) 0xff;
        Inflater inflater = new Inflater(true);
        inflater.setInput(deflated);
        byte[] text = new byte[100_000];
        int length = inflater.inflate(text);
        inflater.end();
        return Arrays.copyOf(text, length);
    }
}
