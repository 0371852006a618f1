package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.CONTINUATION;
import static io.agx.market.server.conformance.ClientFrame.FIN;
import static io.agx.market.server.conformance.ClientFrame.RSV1;
import static io.agx.market.server.conformance.ClientFrame.RSV2;
import static io.agx.market.server.conformance.ClientFrame.TEXT;
import static io.agx.market.server.conformance.ClientFrame.frame;

import java.util.ArrayList;
import java.util.List;

/** RFC 7692 sections 6 and 7.2: compressed messages. */
final class DeflateCases {
    private static final String OFFER = "permessage-deflate";
    private static final int COMPRESSED = FIN | RSV1 | TEXT;
    private static final int LIMIT = 65_536;
    private static final byte[] NOTHING = {};
    private static final byte[] LAST = ClientFrame.text(Case.LAST);

    private DeflateCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        addMessages(cases);
        addFragments(cases);
        addExamples(cases);
        addFaults(cases);
        addLimits(cases);
        return cases.stream()
                .map(each -> each.offer().isPresent() ? each : each.offering(OFFER))
                .toList();
    }

    private static void addMessages(List<Case> cases) {
        cases.add(Case.of("7.2.1 a compressed message", compressed("a")).lives("pong:a"));
        try (Deflate deflate = new Deflate()) {
            List<byte[]> kept = new ArrayList<>();
            for (String id : List.of("a", "b", "a", "a")) {
                kept.add(frame(COMPRESSED, deflate.message(Bytes.utf8(Case.ping(id)))));
            }
            cases.add(Case.of("7.1.1.2 messages that use the client's window", kept.toArray(byte[][]::new))
                    .lives("pong:a", "pong:b", "pong:a", "pong:a"));
            cases.add(Case.of("7.1.1.2 the client's window in one segment", Bytes.join(kept.toArray(byte[][]::new)))
                    .lives("pong:a", "pong:b", "pong:a", "pong:a"));
        }
        cases.add(Case.of("7.1.1.2 a client that forgets its window unasked", compressed("a"), compressed("b"))
                .lives("pong:a", "pong:b"));
        cases.add(Case.of("7.1.1.2 a client that offered to forget its window", compressed("a"), compressed("b"))
                .offering(OFFER + "; client_no_context_takeover")
                .lives("pong:a", "pong:b"));
        cases.add(Case.of("7.1.1.1 a server that forgets its window", compressed("a"), compressed("b"), compressed("a"))
                .offering(OFFER + "; server_no_context_takeover")
                .lives("pong:a", "pong:b", "pong:a"));
        cases.add(
                Case.of("7.1.1.1 a server that may keep its window", compressed("a"), compressed("b"), compressed("a"))
                        .offering(OFFER + "; client_no_context_takeover; client_max_window_bits")
                        .lives("pong:a", "pong:b", "pong:a"));
        cases.add(Case.of("6 a message that is not compressed", ClientFrame.text(Case.ping("a")))
                .lives("pong:a"));
        cases.add(Case.of(
                        "6 messages that are compressed and not, by turns",
                        ClientFrame.text(Case.ping("a")),
                        compressed("b"),
                        ClientFrame.text(Case.ping("c")),
                        compressed("d"))
                .lives("pong:a", "pong:b", "pong:c", "pong:d"));
        cases.add(Case.of("6.1 a control frame is not compressed", ClientFrame.ping(Bytes.of(7)), compressed("a"))
                .lives("pongFrame:07", "pong:a"));
        cases.add(Case.of("7.2.1 a compressed message byte by byte", Bytes.one(compressed("a")))
                .lives("pong:a"));
    }

    private static void addFragments(List<Case> cases) {
        byte[] message = alone(Bytes.utf8(Case.ping("grün €𝄞")));
        String answer = "pong:grün €𝄞";
        for (int size : List.of(1, 2, 7, 20)) {
            byte[][] parts = Bytes.cut(message, size);
            byte[][] frames = new byte[parts.length][];
            for (int i = 0; i < parts.length; i++) {
                frames[i] = frame((i == 0 ? RSV1 | TEXT : CONTINUATION) | (i == parts.length - 1 ? FIN : 0), parts[i]);
            }
            cases.add(Case.of("6.1 a compressed message in fragments of " + size + " bytes", frames)
                    .lives(answer));
        }
        byte[] head = Bytes.part(message, 0, 9);
        byte[] tail = Bytes.part(message, 9, message.length);
        cases.add(Case.of(
                        "6.1 a ping between compressed fragments",
                        frame(RSV1 | TEXT, head),
                        ClientFrame.ping(Bytes.of(7)),
                        frame(FIN, tail))
                .lives("pongFrame:07", answer));
        cases.add(Case.of(
                        "6.1 empty fragments of a compressed message",
                        frame(RSV1 | TEXT, NOTHING),
                        frame(CONTINUATION, message),
                        frame(FIN, NOTHING))
                .lives(answer));
        cases.add(Case.of(
                        "6.1 RSV1 on a continuation",
                        Bytes.join(frame(RSV1 | TEXT, head), frame(FIN | RSV1, tail), LAST))
                .closes(1002));
        cases.add(Case.of(
                        "6.1 RSV1 on the continuation of a message that is not compressed",
                        Bytes.join(frame(TEXT, Bytes.utf8("{")), frame(FIN | RSV1, tail), LAST))
                .closes(1002));
    }

    private static void addExamples(List<Case> cases) {
        String notJson = "error:bad_json";
        cases.add(Case.of("7.2.3.1 the example of one block", frame(COMPRESSED, Bytes.hex("f248cdc9c90700")))
                .lives(notJson));
        cases.add(Case.of(
                        "7.2.3.1 the example in two fragments",
                        frame(RSV1 | TEXT, Bytes.hex("f248cd")),
                        frame(FIN, Bytes.hex("c9c90700")))
                .lives(notJson));
        cases.add(Case.of(
                        "7.2.3.2 the example of a shared window",
                        frame(COMPRESSED, Bytes.hex("f248cdc9c90700")),
                        frame(COMPRESSED, Bytes.hex("f200110000")))
                .lives(notJson, notJson));
        cases.add(Case.of(
                        "7.2.3.3 the example of a block without compression",
                        frame(COMPRESSED, Bytes.hex("000500faff48656c6c6f00")))
                .lives(notJson));
        cases.add(Case.of("7.2.3.4 the example of a last block", frame(COMPRESSED, Bytes.hex("f348cdc9c9070000")))
                .lives(notJson));
        cases.add(Case.of(
                        "7.2.3.4 a command in a last block, and one after it",
                        frame(COMPRESSED, Deflate.finalBlock(Bytes.utf8(Case.ping("a")))),
                        compressed("b"))
                .lives("pong:a", "pong:b"));
        cases.add(Case.of(
                        "7.2.3.5 the example of two blocks",
                        frame(COMPRESSED, Bytes.hex("f248050000 00ffffcac9c90700")))
                .lives(notJson));
        cases.add(Case.of("7.2.3.6 an empty message of one byte", frame(COMPRESSED, Bytes.of(0)), compressed("a"))
                .lives(notJson, "pong:a"));
        // An empty payload and the tail are no deflate stream: an empty message in a lenient server, a fault in a
        // strict one.
        cases.add(Case.of("7.2.2 a compressed message without bytes", Bytes.join(frame(COMPRESSED, NOTHING), LAST))
                .is(List.of(List.of(notJson, Case.LIVES), List.of("close:1007", "eof"), List.of("close:1002", "eof"))));
    }

    private static void addFaults(List<Case> cases) {
        cases.add(Case.of("6.1 RSV1 on a ping", frame(FIN | RSV1 | ClientFrame.PING, NOTHING))
                .closes(1002));
        cases.add(Case.of("6.1 RSV1 on a pong", frame(FIN | RSV1 | ClientFrame.PONG, NOTHING))
                .closes(1002));
        cases.add(Case.of("6.1 RSV1 on a close", frame(FIN | RSV1 | ClientFrame.CLOSE, Bytes.hex("03e8")))
                .closes(1002));
        cases.add(Case.of("6 RSV2 beside RSV1", frame(COMPRESSED | RSV2, alone(Bytes.utf8(Case.ping("a")))))
                .closes(1002));
        cases.add(Case.of("7.2.2 a block of a type that there is not", frame(COMPRESSED, Bytes.hex("ffffffffff")))
                .closes(1007, 1002));
        cases.add(Case.of("7.2.2 a distance before the beginning", frame(COMPRESSED, Bytes.hex("f200110000")))
                .closes(1007, 1002));
        cases.add(Case.of(
                        "7.2.2 a block without compression whose length is wrong",
                        frame(COMPRESSED, Bytes.hex("000500000048656c6c6f00")))
                .closes(1007, 1002));
        byte[] second;
        try (Deflate deflate = new Deflate()) {
            deflate.message(Bytes.utf8(Case.ping("a")));
            second = deflate.message(Bytes.utf8(Case.ping("a")));
        }
        cases.add(Case.of("7.1.1.2 a window that the server never saw", frame(COMPRESSED, second))
                .closes(1007, 1002));
        cases.add(Case.of("8.1 a compressed message that is not UTF-8", frame(COMPRESSED, alone(Bytes.hex("22ff22"))))
                .closes(1007));
        cases.add(Case.of(
                        "8.1 a compressed message that ends in a character",
                        frame(COMPRESSED, alone(Bytes.hex("22e282"))))
                .closes(1007));
        cases.add(Case.of("7.4.1 compressed binary", frame(FIN | RSV1 | ClientFrame.BINARY, alone(Bytes.of(1, 2))))
                .closes(1003));
    }

    private static void addLimits(List<Case> cases) {
        cases.add(Case.of("10.4 64 KiB when inflated", frame(COMPRESSED, alone(Bytes.utf8(FramingCases.padded(LIMIT)))))
                .lives("pong:a"));
        cases.add(Case.of(
                        "10.4 one byte more when inflated",
                        frame(COMPRESSED, alone(Bytes.utf8(FramingCases.padded(LIMIT + 1)))))
                .closes(1009));
        byte[] bomb = alone(new byte[40 << 20]);
        cases.add(Case.of("10.4 40 MiB when inflated", frame(COMPRESSED, bomb)).closes(1009));
        byte[] half = Bytes.part(bomb, 0, bomb.length / 2);
        cases.add(Case.of(
                        "10.4 40 MiB when inflated, in fragments",
                        Bytes.join(frame(RSV1 | TEXT, half), frame(FIN, Bytes.part(bomb, half.length, bomb.length))))
                .closes(1009));
        cases.add(Case.of(
                        "10.4 fragments of more than 64 KiB when inflated, without an end",
                        frame(RSV1 | TEXT, alone(new byte[4 * LIMIT])))
                .closes(1009));
    }

    /** A command, compressed without the window of others. */
    private static byte[] compressed(String id) {
        return frame(COMPRESSED, alone(Bytes.utf8(Case.ping(id))));
    }

    private static byte[] alone(byte[] content) {
        try (Deflate deflate = new Deflate()) {
            return deflate.message(content);
        }
    }
}
