package io.agx.market.server.conformance;

import static io.agx.market.server.conformance.ClientFrame.ping;
import static io.agx.market.server.conformance.ClientFrame.pong;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** RFC 6455 sections 5.5.2 and 5.5.3: ping and pong. */
final class ControlCases {
    private static final int MANY = 50;

    private ControlCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int length : List.of(0, 1, 2, 100, 124, 125)) {
            cases.add(Case.of("5.5.2 a ping of " + length + " bytes", ping(counting(length)))
                    .lives(answer(counting(length))));
        }
        cases.add(Case.of("5.5.2 a ping that is not UTF-8", ping(Bytes.hex("fe ff 00 c0")))
                .lives("pongFrame:feff00c0"));
        cases.add(Case.of("5.5.2 a ping byte by byte", Bytes.one(ping(counting(5))))
                .lives(answer(counting(5))));
        List<byte[]> many = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            many.add(ping(Bytes.of(i)));
            answers.add(answer(Bytes.of(i)));
        }
        cases.add(Case.of("5.5.2 many pings, one by one", many.toArray(byte[][]::new))
                .lives(answers.toArray(String[]::new)));
        cases.add(Case.of("5.5.2 many pings in one segment", Bytes.join(many.toArray(byte[][]::new)))
                .lives(answers.toArray(String[]::new)));
        cases.add(Case.of("5.5.3 a pong that nobody asked for", pong(counting(125)))
                .lives());
        cases.add(Case.of("5.5.3 an empty pong that nobody asked for", pong(new byte[0]))
                .lives());
        cases.add(Case.of("5.5.3 a pong and a ping", Bytes.join(pong(Bytes.of(1)), ping(Bytes.of(2))))
                .lives("pongFrame:02"));
        for (int opcode : List.of(ClientFrame.PING, ClientFrame.PONG, ClientFrame.CLOSE)) {
            cases.add(Case.of(
                            "5.5 control frame " + opcode + " of 126 bytes",
                            ClientFrame.frame(ClientFrame.FIN | opcode, counting(126)))
                    .closes(1002));
            cases.add(Case.of("5.5 control frame " + opcode + " without FIN", ClientFrame.frame(opcode, new byte[0]))
                    .closes(1002));
            cases.add(Case.of(
                            "5.5 control frame " + opcode + " with a long form of its length",
                            Bytes.join(
                                    ClientFrame.longLength(ClientFrame.FIN | opcode, 2, Bytes.of(3, 0xe8)),
                                    ClientFrame.text(Case.LAST)))
                    .is(shortOr1002(opcode)));
        }
        return cases;
    }

    /** A length of two bytes says more than 125, or is not minimal: refusing and taking are both seen. */
    private static List<List<String>> shortOr1002(int opcode) {
        List<String> refused = List.of("close:1002", "eof");
        return switch (opcode) {
            case ClientFrame.PING -> List.of(refused, List.of("pongFrame:03e8", Case.LIVES));
            case ClientFrame.PONG -> List.of(refused, List.of(Case.LIVES));
            default -> List.of(refused, List.of("close:1000", "eof"));
        };
    }

    private static String answer(byte[] payload) {
        return "pongFrame:" + HexFormat.of().formatHex(payload);
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
