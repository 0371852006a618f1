package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.CLOSE;
import static io.agx.market.server.conformance.ClientFrame.FIN;
import static io.agx.market.server.conformance.ClientFrame.close;
import static io.agx.market.server.conformance.ClientFrame.frame;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 sections 5.5.1 and 7: how a connection ends. */
final class CloseCases {
    private static final List<Integer> VALID = List.of(
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4999);
    private static final List<Integer> INVALID =
            List.of(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 32_768, 65_535);

    private CloseCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int code : VALID) {
            cases.add(Case.of("7.4 close with " + code, close(code, "")).closes(code));
        }
        for (int code : INVALID) {
            cases.add(Case.of("7.4 close with " + code, close(code, "")).closes(1002));
        }
        cases.add(Case.of("5.5.1 close without a code", frame(FIN | CLOSE, new byte[0]))
                .closes(0, 1000));
        cases.add(Case.of("5.5.1 close with half a code", frame(FIN | CLOSE, Bytes.of(3)))
                .closes(1002));
        cases.add(Case.of("5.5.1 close with a reason of one byte", close(1000, "x"))
                .closes(1000));
        cases.add(Case.of("5.5.1 close with a reason of 123 bytes", close(1000, "x".repeat(123)))
                .closes(1000));
        cases.add(Case.of("5.5.1 close with a reason of 123 bytes in other letters", close(4000, "€".repeat(41)))
                .closes(4000));
        cases.add(Case.of("5.5.1 close byte by byte", Bytes.one(close(1000, "done")))
                .closes(1000));
        for (String bad : List.of("ff", "c0 af", "ed a0 80", "e2 82", "f4 90 80 80")) {
            cases.add(Case.of(
                            "8.1 close with the reason " + bad,
                            frame(FIN | CLOSE, Bytes.join(Bytes.hex("03 e8"), Bytes.hex(bad))))
                    .closes(1007, 1002));
        }
        cases.add(Case.of("5.5.1 text after a close", Bytes.join(close(1000, ""), ClientFrame.text(Case.ping("a"))))
                .closes(1000));
        cases.add(Case.of("5.5.1 a ping after a close", Bytes.join(close(1000, ""), ClientFrame.ping(Bytes.of(1))))
                .closes(1000));
        cases.add(Case.of("5.5.1 a close after a close", Bytes.join(close(1000, ""), close(4001, "")))
                .closes(1000));
        cases.add(Case.of("5.5.1 a broken frame after a close", Bytes.join(close(1000, ""), Bytes.of(0xff, 0xff)))
                .closes(1000));
        cases.add(Case.of("5.5.1 text and a close", Bytes.join(ClientFrame.text("PING"), close(1000, "")))
                .is(List.of(List.of("PONG", "close:1000", "eof"), List.of("close:1000", "eof"))));
        return cases;
    }
}
