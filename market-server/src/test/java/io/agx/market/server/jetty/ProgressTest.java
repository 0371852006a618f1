package io.agx.market.server.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.EdgeConfig.Deadlines;
import io.agx.market.server.handshake.EdgeCounters.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String HANDSHAKE = "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final byte[] WHOLE = {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'a'};
    private static final byte[] FIRST = {0x01, (byte) 0x81, 0, 0, 0, 0, 'a'};
    private static final byte[] LAST = {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0};
    private static final byte[] PING = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
    private static final byte[] LONG = {(byte) 0x81, (byte) 0xfe, 0, (byte) 200, 0, 0, 0, 0};

    private long nowNanos = Long.MAX_VALUE - 10;
    private final Progress progress = new Progress(new Deadlines(1_000, 5_000, 2_000), () -> nowNanos);

    @Test
    void whoSendsNothingIsOverdueFromTheAcceptOn() {
        assertNotOverdueAfter(999);
        assertOverdueAfter(1, Reason.HEADER_DEADLINE);
        assertNotOverdueAfter(100_000);
    }

    @Test
    void aDripMovesNoDeadline() {
        for (int i = 0; i < 9; i++) {
            read("G");
            assertNotOverdueAfter(100);
        }
        read("G");
        assertOverdueAfter(100, Reason.HEADER_DEADLINE);
    }

    @Test
    void bodyAndResponseHaveADeadlineEach() {
        read("POST / HTTP/1.1\r\n\r\n");
        progress.requestBegins(true);
        assertNotOverdueAfter(4_999);
        progress.bodyEnds();
        assertNotOverdueAfter(4_999);
        assertOverdueAfter(1, Reason.RESPONSE_DEADLINE);
    }

    @Test
    void betweenRequestsIdlenessIsJudgedByOthersAndTheNextHeadFromItsFirstByte() {
        read("GET / HTTP/1.1\r\n\r\n");
        progress.requestBegins(false);
        progress.exchangeEnds();
        assertNotOverdueAfter(100_000);
        read("G");
        assertNotOverdueAfter(999);
        assertOverdueAfter(1, Reason.HEADER_DEADLINE);
    }

    @Test
    void aMessageThatIsBegunHasADeadlineAndOneThatIsWholeHasNone() {
        open(HANDSHAKE);
        read(WHOLE);
        assertNotOverdueAfter(100_000);
        read(FIRST);
        assertNotOverdueAfter(1_000);
        read(PING);
        assertNotOverdueAfter(999);
        assertOverdueAfter(1, Reason.MESSAGE_DEADLINE);
    }

    @Test
    void eachMessageHasItsOwnDeadline() {
        open(HANDSHAKE);
        for (int i = 0; i < 10; i++) {
            read(FIRST);
            assertNotOverdueAfter(1_500);
            read(join(LAST, FIRST));
            assertNotOverdueAfter(1_500);
            read(LAST);
        }
        assertNotOverdueAfter(100_000);
    }

    @Test
    void aFrameWhosePayloadIsMissingIsNotWhole() {
        open(HANDSHAKE);
        read(LONG);
        read(new byte[199]);
        assertNotOverdueAfter(1_999);
        read(new byte[1]);
        assertNotOverdueAfter(100_000);
        read(new byte[] {(byte) 0x81});
        assertOverdueAfter(2_000, Reason.MESSAGE_DEADLINE);
    }

    @Test
    void frameBytesBehindTheHandshakeCountFromTheFirstOn() {
        open(HANDSHAKE + new String(FIRST, StandardCharsets.ISO_8859_1));
        assertNotOverdueAfter(1_999);
        assertOverdueAfter(1, Reason.MESSAGE_DEADLINE);
    }

    @Test
    void emptyLinesBeforeTheRequestAreNoEndOfAHead() {
        open("\r\n\r\n" + HANDSHAKE);
        assertNotOverdueAfter(100_000);
        read(WHOLE);
        assertNotOverdueAfter(100_000);
    }

    @Test
    void aHandshakeBehindAnotherRequestInOneSegmentCannotBeFollowed() {
        read("GET / HTTP/1.1\r\n\r\n" + HANDSHAKE);
        progress.requestBegins(false);
        assertThat(progress.knowsFrames()).isTrue();
        progress.exchangeEnds();
        progress.requestBegins(false);
        assertThat(progress.knowsFrames()).isFalse();
    }

    @Test
    void whatEndsAPeerWithAWordCutsItOnlyAfterAWhile() {
        open(HANDSHAKE);
        Runnable word = () -> {};
        progress.whenOverdue(word);
        read(FIRST);
        nowNanos += 2_000_000_000L;
        Progress.Overdue told = progress.overdue();
        assertThat(told).isEqualTo(new Progress.Overdue(Reason.MESSAGE_DEADLINE, word));
        read(LAST);
        assertNotOverdueAfter(4_999);
        nowNanos += 1_000_000;
        assertThat(progress.overdue()).isEqualTo(new Progress.Overdue(null, null));
        assertThat(progress.overdue()).isNull();
    }

    private void open(String handshake) {
        read(handshake);
        progress.requestBegins(false);
        assertThat(progress.knowsFrames()).isTrue();
        progress.becomesWebSocket();
    }

    private void read(String latin) {
        read(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        progress.read(buffer);
        assertThat(buffer.remaining()).as("left as it was").isEqualTo(bytes.length);
    }

    private static byte[] join(byte[] a, byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }

    private void assertNotOverdueAfter(long millis) {
        nowNanos += millis * 1_000_000;
        assertThat(progress.overdue()).isNull();
    }

    private void assertOverdueAfter(long millis, Reason reason) {
        nowNanos += millis * 1_000_000;
        assertThat(progress.overdue()).isEqualTo(new Progress.Overdue(reason, null));
    }
}
