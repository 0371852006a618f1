package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.first;
import static io.agx.market.server.conformance.ClientFrame.last;
import static io.agx.market.server.conformance.ClientFrame.next;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 section 5.4: messages in several frames. */
final class FragmentationCases {
    private static final byte[] NOTHING = {};
    private static final byte[] MESSAGE = Bytes.utf8(Case.ping("grün €𝄞"));
    private static final String ANSWER = "pong:grün €𝄞";

    private FragmentationCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int size : List.of(1, 2, 3, 5, 20)) {
            cases.add(Case.of("5.4 text in fragments of " + size + " bytes", fragments(size))
                    .lives(ANSWER));
            cases.add(Case.of("5.4 text in fragments of " + size + " bytes, one segment", Bytes.join(fragments(size)))
                    .lives(ANSWER));
        }
        byte[] head = Bytes.part(MESSAGE, 0, 5);
        byte[] tail = Bytes.part(MESSAGE, 5, MESSAGE.length);
        cases.add(Case.of("5.4 an empty first fragment", first(NOTHING), last(MESSAGE))
                .lives(ANSWER));
        cases.add(Case.of("5.4 an empty middle fragment", first(head), next(NOTHING), last(tail))
                .lives(ANSWER));
        cases.add(Case.of("5.4 an empty last fragment", first(MESSAGE), last(NOTHING))
                .lives(ANSWER));
        cases.add(Case.of("5.4 only empty fragments", first(NOTHING), next(NOTHING), last(NOTHING))
                .lives("error:bad_json"));
        cases.add(Case.of("5.4 a ping between fragments", first(head), ClientFrame.ping(Bytes.of(1, 2)), last(tail))
                .lives("pongFrame:0102", ANSWER));
        cases.add(Case.of("5.4 a pong between fragments", first(head), ClientFrame.pong(Bytes.of(1, 2)), last(tail))
                .lives(ANSWER));
        cases.add(Case.of("5.4 a close between fragments", first(head), ClientFrame.close(1000, ""))
                .closes(1000));
        cases.add(Case.of("5.4 a continuation of nothing", last(MESSAGE)).closes(1002));
        cases.add(Case.of("5.4 a continuation of nothing that is not the last", next(MESSAGE))
                .closes(1002));
        cases.add(Case.of("5.4 an empty continuation of nothing", last(NOTHING)).closes(1002));
        cases.add(Case.of("5.4 a continuation after the last", Bytes.join(first(head), last(tail), last(head)))
                .is(List.of(List.of(ANSWER, "close:1002", "eof"), List.of("close:1002", "eof"))));
        cases.add(Case.of("5.4 text inside a fragmented text", Bytes.join(first(head), ClientFrame.text("x")))
                .closes(1002));
        cases.add(Case.of("5.4 a first fragment inside a fragmented text", Bytes.join(first(head), first(head)))
                .closes(1002));
        cases.add(Case.of(
                        "5.4 binary inside a fragmented text",
                        Bytes.join(first(head), ClientFrame.frame(ClientFrame.FIN | ClientFrame.BINARY, Bytes.of(1))))
                .closes(1002));
        cases.add(Case.of(
                        "5.4 two fragmented texts, one after the other",
                        first(head),
                        last(tail),
                        first(head),
                        last(tail))
                .lives(ANSWER, ANSWER));
        return cases;
    }

    private static byte[][] fragments(int size) {
        byte[][] parts = Bytes.cut(MESSAGE, size);
        byte[][] frames = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            int opcode = i == 0 ? ClientFrame.TEXT : ClientFrame.CONTINUATION;
            frames[i] = ClientFrame.frame((i == parts.length - 1 ? ClientFrame.FIN : 0) | opcode, parts[i]);
        }
        return frames;
    }
}
