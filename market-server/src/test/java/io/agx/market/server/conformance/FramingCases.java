package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.FIN;
import static io.agx.market.server.conformance.ClientFrame.RSV1;
import static io.agx.market.server.conformance.ClientFrame.RSV2;
import static io.agx.market.server.conformance.ClientFrame.RSV3;
import static io.agx.market.server.conformance.ClientFrame.TEXT;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 sections 5.1 and 5.2: the frame's header. */
final class FramingCases {
    private static final byte[] NOTHING = {};
    private static final long LARGE = 1_500_000_000L;

    /** A server may wait for what was declared, and keep no more of it than a message may have: then the next byte is too much. */
    private static final byte[] MORE_THAN_THE_LIMIT = Bytes.utf8(" ".repeat(65_537));

    private static final String PING = Case.ping("a");
    private static final byte[] PING_BYTES = Bytes.utf8(PING);

    private FramingCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        addReservedBits(cases);
        addReservedOpcodes(cases);
        addMasks(cases);
        addLengths(cases);
        addSegments(cases);
        return cases;
    }

    private static void addReservedBits(List<Case> cases) {
        for (int rsv : List.of(RSV1, RSV2, RSV3, RSV1 | RSV2 | RSV3)) {
            String bits = " with RSV bits " + (rsv >> 4);
            cases.add(Case.of("5.2 text" + bits, ClientFrame.frame(FIN | rsv | TEXT, PING_BYTES))
                    .closes(1002));
            cases.add(Case.of("5.2 ping" + bits, ClientFrame.frame(FIN | rsv | ClientFrame.PING, NOTHING))
                    .closes(1002));
            cases.add(Case.of("5.2 close" + bits, ClientFrame.frame(FIN | rsv | ClientFrame.CLOSE, NOTHING))
                    .closes(1002));
            cases.add(Case.of(
                            "5.2 continuation" + bits,
                            Bytes.join(
                                    ClientFrame.first(Bytes.part(PING_BYTES, 0, 5)),
                                    ClientFrame.frame(FIN | rsv, Bytes.part(PING_BYTES, 5, PING_BYTES.length))))
                    .closes(1002));
        }
    }

    private static void addReservedOpcodes(List<Case> cases) {
        for (int opcode : List.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)) {
            cases.add(Case.of("5.2 opcode " + opcode + " without payload", ClientFrame.frame(FIN | opcode, NOTHING))
                    .closes(1002));
            cases.add(Case.of("5.2 opcode " + opcode + " with payload", ClientFrame.frame(FIN | opcode, PING_BYTES))
                    .closes(1002));
            cases.add(Case.of(
                            "5.2 opcode " + opcode + " declares 1.5 GB",
                            ClientFrame.declaring(FIN | opcode, LARGE, Bytes.of(0x20)))
                    .closes(1002));
        }
    }

    private static void addMasks(List<Case> cases) {
        cases.add(Case.of("5.1 text without mask", ClientFrame.unmasked(FIN | TEXT, PING_BYTES))
                .closes(1002));
        cases.add(Case.of("5.1 empty text without mask", ClientFrame.unmasked(FIN | TEXT, NOTHING))
                .closes(1002));
        cases.add(Case.of("5.1 ping without mask", ClientFrame.unmasked(FIN | ClientFrame.PING, Bytes.of(1)))
                .closes(1002));
        cases.add(Case.of("5.1 close without mask", ClientFrame.unmasked(FIN | ClientFrame.CLOSE, Bytes.of(3, 0xe8)))
                .closes(1002));
        byte[] zeroMask = Bytes.join(Bytes.of(FIN | TEXT, 0x80 | PING_BYTES.length, 0, 0, 0, 0), PING_BYTES);
        cases.add(Case.of("5.3 a mask of zeros", zeroMask).lives("pong:a"));
    }

    private static void addLengths(List<Case> cases) {
        for (int length : List.of(125, 126, 127, 128, 255, 256, 65_535)) {
            cases.add(Case.of("5.2 a message of " + length + " bytes", ClientFrame.text(padded(length)))
                    .lives("pong:a"));
        }
        for (int lengthBytes : List.of(2, 8)) {
            // The minimal form is a duty of who sends; to take another is as right as to refuse it.
            byte[] both = Bytes.join(
                    ClientFrame.longLength(FIN | TEXT, lengthBytes, PING_BYTES), ClientFrame.text(Case.LAST));
            cases.add(Case.of("5.2 a short length in " + lengthBytes + " bytes", both)
                    .is(List.of(List.of("pong:a", Case.LIVES), List.of("close:1002", "eof"))));
        }
        for (long length : List.of(Long.MIN_VALUE, -1L, Long.MIN_VALUE + 5)) {
            cases.add(Case.of(
                            "5.2 a length of 64 bits with the top bit, " + Long.toHexString(length),
                            ClientFrame.declaring(FIN | TEXT, length, PING_BYTES))
                    .closes(1002, 1009));
        }
        for (long length : List.of(65_537L, 1L << 31, LARGE, (1L << 32) + 5, Long.MAX_VALUE)) {
            cases.add(Case.of(
                            "7.4.1 text that declares " + length + " bytes",
                            ClientFrame.declaring(FIN | TEXT, length, MORE_THAN_THE_LIMIT))
                    .closes(1009));
        }
        cases.add(Case.of(
                        "7.4.1 a first fragment that declares 1.5 GB",
                        ClientFrame.declaring(TEXT, LARGE, MORE_THAN_THE_LIMIT))
                .closes(1009));
        cases.add(Case.of(
                        "7.4.1 binary that declares 1.5 GB",
                        ClientFrame.declaring(FIN | ClientFrame.BINARY, LARGE, MORE_THAN_THE_LIMIT))
                .closes(1009, 1003));
        cases.add(Case.of(
                        "5.4 a continuation of nothing that declares 1.5 GB",
                        ClientFrame.declaring(FIN, LARGE, Bytes.of(0x20)))
                .closes(1002, 1009));
        for (int opcode : List.of(ClientFrame.CLOSE, ClientFrame.PING, ClientFrame.PONG)) {
            cases.add(Case.of(
                            "5.5 control frame " + opcode + " declares 1.5 GB",
                            ClientFrame.declaring(FIN | opcode, LARGE, Bytes.of(0x20)))
                    .closes(1002));
        }
    }

    private static void addSegments(List<Case> cases) {
        byte[] frame = ClientFrame.text(padded(300));
        for (int at = 1; at <= 9; at++) {
            cases.add(Case.of(
                            "5.2 a frame cut after byte " + at,
                            Bytes.part(frame, 0, at),
                            Bytes.part(frame, at, frame.length))
                    .lives("pong:a"));
        }
        cases.add(Case.of("5.2 a frame byte by byte", Bytes.one(ClientFrame.text(PING)))
                .lives("pong:a"));
        byte[] three = Bytes.join(
                ClientFrame.text(Case.ping("a")), ClientFrame.text(Case.ping("b")), ClientFrame.text(Case.ping("c")));
        cases.add(Case.of("5.2 three frames in one segment", three).lives("pong:a", "pong:b", "pong:c"));
        cases.add(Case.of("5.2 three frames in segments of 7 bytes", Bytes.cut(three, 7))
                .lives("pong:a", "pong:b", "pong:c"));
        cases.add(Case.of("5.6 an empty text", ClientFrame.text("")).lives("error:bad_json"));
        cases.add(Case.of("5.6 the text PING", ClientFrame.text("PING")).lives("PONG"));
    }

    /** A command and blanks, so many bytes in all. */
    static String padded(int length) {
        return PING + " ".repeat(length - PING.length());
    }
}
