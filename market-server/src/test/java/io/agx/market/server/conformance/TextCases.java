package io.agx.market.server.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** RFC 6455 sections 5.6 and 8.1: text is UTF-8 (RFC 3629), or the connection ends with 1007. */
final class TextCases {
    private static final int[] EDGES = {
        0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfdd0, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1f600, 0x2fffe, 0x10ffff
    };

    private TextCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int codePoint : EDGES) {
            String text = Character.toString(codePoint);
            cases.add(Case.of("8.1 U+" + Integer.toHexString(codePoint), ClientFrame.text(Case.ping(text)))
                    .lives("pong:" + text));
        }
        invalid().forEach((name, digits) -> {
            byte[] message = withId(Bytes.hex(digits));
            cases.add(Case.of("8.1 " + name, ClientFrame.text(message)).closes(1007));
        });
        byte[] cutShort = Bytes.join(Bytes.utf8("\"x"), Bytes.hex("f0 9f 98"));
        cases.add(Case.of("8.1 a character that is cut at the end", ClientFrame.text(cutShort))
                .closes(1007));
        cases.add(Case.of(
                        "8.1 a character that is cut at the end of the last fragment",
                        Bytes.join(ClientFrame.first(Bytes.hex("22 e2")), ClientFrame.last(Bytes.hex("82"))))
                .closes(1007));
        cases.add(Case.of(
                        "8.1 a character that is cut, and an empty last fragment",
                        Bytes.join(ClientFrame.first(Bytes.hex("22 e2 82")), ClientFrame.last(new byte[0])))
                .closes(1007));
        cases.add(Case.of(
                        "8.1 a fragment goes on with what is no continuation byte",
                        Bytes.join(ClientFrame.first(Bytes.hex("22 e2 82")), ClientFrame.last(Bytes.hex("22"))))
                .closes(1007));
        byte[] early = Bytes.join(Bytes.utf8("\"x"), Bytes.hex("ff"), Bytes.utf8("y".repeat(60_000)));
        cases.add(Case.of("8.1 an invalid byte early in a long message", ClientFrame.text(early))
                .closes(1007));
        cases.add(Case.of(
                        "8.1 an invalid byte in a fragment before the last",
                        Bytes.join(
                                ClientFrame.first(Bytes.hex("22 ff")),
                                ClientFrame.next(Bytes.utf8("y".repeat(1_000))),
                                ClientFrame.last(Bytes.utf8("\""))))
                .closes(1007));
        return cases;
    }

    private static Map<String, String> invalid() {
        Map<String, String> invalid = new LinkedHashMap<>();
        invalid.put("a continuation byte alone", "80");
        invalid.put("another continuation byte alone", "bf");
        invalid.put("two continuation bytes alone", "80 bf");
        invalid.put("a lead byte of two alone", "c3");
        invalid.put("a lead byte of three alone", "e2");
        invalid.put("a lead byte of three and one more", "e2 82");
        invalid.put("a lead byte of four and two more", "f0 9f 98");
        invalid.put("an overlong slash in two bytes", "c0 af");
        invalid.put("an overlong slash in three bytes", "e0 80 af");
        invalid.put("an overlong slash in four bytes", "f0 80 80 af");
        invalid.put("an overlong U+007f", "c1 bf");
        invalid.put("an overlong U+07ff", "e0 9f bf");
        invalid.put("an overlong U+ffff", "f0 8f bf bf");
        invalid.put("an overlong U+0000", "c0 80");
        invalid.put("the first high surrogate", "ed a0 80");
        invalid.put("the last high surrogate", "ed af bf");
        invalid.put("the first low surrogate", "ed b0 80");
        invalid.put("the last low surrogate", "ed bf bf");
        invalid.put("a pair of surrogates", "ed a0 80 ed b0 80");
        invalid.put("U+110000", "f4 90 80 80");
        invalid.put("a lead byte above U+10ffff", "f5 80 80 80");
        invalid.put("a form of five bytes", "f8 88 80 80 80");
        invalid.put("a form of six bytes", "fc 84 80 80 80 80");
        invalid.put("fe", "fe");
        invalid.put("ff", "ff");
        return invalid;
    }

    private static byte[] withId(byte[] raw) {
        return Bytes.join(Bytes.utf8("{\"event\":\"ping\",\"id\":\""), raw, Bytes.utf8("\"}"));
    }
}
