package io.agx.market.server.conformance;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 section 9.1 and RFC 7692 section 7.1: what is agreed on. */
final class OfferCases {
    private static final String DEFLATE = "permessage-deflate";
    private static final String AGREED = "101 deflate";
    private static final String PLAIN = "101";
    private static final String MALFORMED = "400 bad_field Sec-WebSocket-Extensions";
    private static final String TOO_LARGE = "400 too_large Sec-WebSocket-Extensions";

    private OfferCases() {}

    static List<HandshakeCase> all() {
        List<HandshakeCase> cases = new ArrayList<>();
        for (String parameters : List.of(
                "",
                "; client_max_window_bits",
                "; client_max_window_bits=8",
                "; client_max_window_bits=15",
                "; client_max_window_bits=\"10\"",
                "; server_no_context_takeover",
                "; client_no_context_takeover",
                "; server_no_context_takeover; client_no_context_takeover",
                "; server_max_window_bits=15",
                "; server_max_window_bits=15; client_max_window_bits; server_no_context_takeover",
                ";client_max_window_bits;client_no_context_takeover")) {
            cases.add(agreement("7.1 offer \"" + parameters + "\"", DEFLATE + parameters, AGREED));
        }
        for (String parameters : List.of(
                "; server_max_window_bits=7",
                "; server_max_window_bits=8",
                "; server_max_window_bits=9",
                "; server_max_window_bits=14",
                "; server_max_window_bits=16",
                "; server_max_window_bits=016",
                "; server_max_window_bits=015",
                "; server_max_window_bits=\"\"",
                "; server_max_window_bits",
                "; server_max_window_bits=x",
                "; client_max_window_bits=7",
                "; client_max_window_bits=16",
                "; client_max_window_bits=\"\"",
                "; client_no_context_takeover=1",
                "; server_no_context_takeover=true",
                "; server_no_context_takeover; server_no_context_takeover",
                "; client_max_window_bits=9; client_max_window_bits=10",
                "; server_max_window_bits=15; server_max_window_bits=15",
                "; constructor",
                "; unknown=1",
                "; server_no_context_takeover; __proto__")) {
            cases.add(agreement("7.1 declined \"" + parameters + "\"", DEFLATE + parameters, PLAIN));
            cases.add(
                    agreement("7.1 next after \"" + parameters + "\"", DEFLATE + parameters + ", " + DEFLATE, AGREED));
        }
        for (String unknown : List.of(
                "x-webkit-deflate-frame", "constructor", "__proto__; a=b", "identity", "fragment;maxLength=1")) {
            cases.add(agreement("9.1 unknown \"" + unknown + "\"", unknown, PLAIN));
            cases.add(agreement("9.1 next after \"" + unknown + "\"", unknown + ", " + DEFLATE, AGREED));
        }
        for (String bad : List.of(
                DEFLATE + ";",
                DEFLATE + "; =15",
                DEFLATE + "; server_max_window_bits=",
                DEFLATE + "; server_max_window_bits=\"15",
                DEFLATE + " client_max_window_bits",
                "@identity",
                ";",
                "a b")) {
            cases.add(agreement("9.1 malformed \"" + bad + "\"", bad, MALFORMED));
        }
        cases.add(agreement("9.1 16 offers", "a, ".repeat(15) + DEFLATE, AGREED));
        cases.add(agreement("9.1 17 offers", "a, ".repeat(16) + DEFLATE, TOO_LARGE));
        cases.add(agreement("9.1 a parameter of thousands of backslashes", "a; b=\"" + "\\".repeat(5_000), TOO_LARGE));
        cases.add(HandshakeCase.of(
                "9.1 offers on two lines",
                HandshakeText.right().offering("x").offering(DEFLATE + "; client_max_window_bits"),
                AGREED));
        return cases;
    }

    private static HandshakeCase agreement(String name, String offer, String outcome) {
        return HandshakeCase.of(name, HandshakeText.right().offering(offer), outcome);
    }
}
