package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.BINARY;
import static io.agx.market.server.conformance.ClientFrame.FIN;
import static io.agx.market.server.conformance.ClientFrame.first;
import static io.agx.market.server.conformance.ClientFrame.last;
import static io.agx.market.server.conformance.ClientFrame.next;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 section 10.4 with this server's bounds: 64 KiB a message, text only. */
final class LimitCases {
    private static final int LIMIT = 65_536;

    private LimitCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        byte[] exact = Bytes.utf8(FramingCases.padded(LIMIT));
        byte[] over = Bytes.utf8(FramingCases.padded(LIMIT + 1));
        cases.add(Case.of("10.4 a message of 64 KiB", ClientFrame.text(exact)).lives("pong:a"));
        cases.add(Case.of("10.4 a message of one byte more", ClientFrame.text(over))
                .closes(1009));
        cases.add(Case.of("10.4 a message of 256 KiB", ClientFrame.text(FramingCases.padded(4 * LIMIT)))
                .closes(1009));
        cases.add(Case.of(
                        "10.4 fragments of 64 KiB in all",
                        first(Bytes.part(exact, 0, 30_000)),
                        next(Bytes.part(exact, 30_000, 60_000)),
                        last(Bytes.part(exact, 60_000, LIMIT)))
                .lives("pong:a"));
        cases.add(Case.of(
                        "10.4 fragments of one byte more in all",
                        Bytes.join(
                                first(Bytes.part(over, 0, 30_000)),
                                next(Bytes.part(over, 30_000, 60_000)),
                                last(Bytes.part(over, 60_000, LIMIT + 1))))
                .closes(1009));
        cases.add(Case.of(
                        "10.4 fragments over the limit without an end",
                        Bytes.join(first(Bytes.part(over, 0, 40_000)), next(Bytes.part(over, 0, 40_000))))
                .closes(1009));
        cases.add(Case.of("10.4 characters of three bytes in 64 KiB", ClientFrame.text(threeByteText()))
                .lives("error:bad_field"));
        cases.add(Case.of("7.4.1 binary", ClientFrame.frame(FIN | BINARY, Bytes.of(1, 2, 3)))
                .closes(1003));
        cases.add(Case.of("7.4.1 empty binary", ClientFrame.frame(FIN | BINARY, new byte[0]))
                .closes(1003));
        cases.add(Case.of(
                        "7.4.1 binary in fragments",
                        Bytes.join(ClientFrame.frame(BINARY, Bytes.of(1)), last(Bytes.of(2))))
                .closes(1003));
        cases.add(Case.of("7.4.1 binary over the limit", ClientFrame.frame(FIN | BINARY, new byte[LIMIT + 1]))
                .closes(1009, 1003));
        return cases;
    }

    /** An id that is too long, in characters that are fewer than its bytes. */
    private static byte[] threeByteText() {
        int characters = (LIMIT - Case.ping("").length()) / 3;
        return Bytes.utf8(Case.ping("€".repeat(characters)));
    }
}
