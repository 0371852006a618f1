package io.agx.market.server.conformance;

import java.util.ArrayList;
import java.util.List;

/** RFC 6455 section 4.2: the opening handshake. */
final class HandshakeCases {
    private static final String VERSION = "Sec-WebSocket-Version";
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String NO_VERSION = "426 bad_field " + VERSION;
    private static final String NO_KEY = "400 bad_field " + KEY;
    private static final String NO_UPGRADE = "426 bad_field Upgrade";
    private static final String NO_CONNECTION = "426 bad_field Connection";
    private static final String NO_METHOD = "405 not_supported ";
    private static final String NO_PROTOCOL = "400 bad_field Sec-WebSocket-Protocol";

    private HandshakeCases() {}

    static List<HandshakeCase> all() {
        HandshakeText right = HandshakeText.right();
        List<HandshakeCase> cases = new ArrayList<>();
        cases.add(HandshakeCase.of("1.3 the handshake of the RFC", right, "101"));
        addVersions(cases, right);
        addKeys(cases, right);
        addUpgrades(cases, right);
        addRequestLines(cases, right);
        addSubprotocols(cases, right);
        return cases;
    }

    private static void addVersions(List<HandshakeCase> cases, HandshakeText right) {
        cases.add(HandshakeCase.of("4.2.1 no version", right.without(VERSION), NO_VERSION));
        for (String version : List.of("", "0", "7", "8", "12", "14", "113", "13.0", "x", "13, 8", "+13", "-13")) {
            cases.add(HandshakeCase.of("4.2.1 version \"" + version + "\"", right.but(VERSION, version), NO_VERSION));
        }
        cases.add(HandshakeCase.of("4.2.1 two versions", right.with(VERSION + ": 13"), NO_VERSION));
        cases.add(HandshakeCase.of("4.2.1 a version among blanks", right.but(VERSION, "  13  "), "101"));
    }

    private static void addKeys(List<HandshakeCase> cases, HandshakeText right) {
        cases.add(HandshakeCase.of("4.2.1 no key", right.without(KEY), NO_KEY));
        cases.add(HandshakeCase.of("4.2.1 two keys", right.with(KEY + ": " + HandshakeText.KEY), NO_KEY));
        for (String key : List.of(
                "",
                "x",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ=",
                "dGhlIHNhbXBsZSBub25jZQ===",
                "dGhlIHNhbXBsZSBub25j",
                "dGhlIHNhbXBsZSBub25jZWFhYWE=",
                "dGhlIHNhbXBsZSBub25jZ!==",
                "dGhlIHNhbXBsZSBub25jZ_==",
                "dGhlIHNhbXBsZ SBub25jZQ==",
                "A".repeat(24),
                "=".repeat(24),
                "A".repeat(4_000))) {
            String name = key.length() > 40 ? key.length() + " characters" : "\"" + key + "\"";
            cases.add(HandshakeCase.of("4.2.1 key " + name, right.but(KEY, key), NO_KEY));
        }
    }

    private static void addUpgrades(List<HandshakeCase> cases, HandshakeText right) {
        cases.add(HandshakeCase.of("4.2.1 no Upgrade", right.without("Upgrade"), NO_UPGRADE));
        cases.add(HandshakeCase.of("4.2.1 Upgrade to h2c", right.but("Upgrade", "h2c"), NO_UPGRADE));
        cases.add(HandshakeCase.of("4.2.1 Upgrade to websockets", right.but("Upgrade", "websockets"), NO_UPGRADE));
        cases.add(HandshakeCase.of("4.2.1 an empty Upgrade", right.but("Upgrade", ""), NO_UPGRADE));
        cases.add(HandshakeCase.of("4.2.1 Upgrade in other letters", right.but("Upgrade", "WebSocket"), "101"));
        cases.add(HandshakeCase.of(
                "4.2.1 no Connection", right.without("Connection"), NO_CONNECTION, "400", "400 bad_request "));
        cases.add(HandshakeCase.of(
                "4.2.1 Connection without Upgrade",
                right.but("Connection", "keep-alive"),
                NO_CONNECTION,
                "400",
                "400 bad_request "));
        cases.add(HandshakeCase.of(
                "4.2.1 Connection to upgrades",
                right.but("Connection", "upgrades"),
                NO_CONNECTION,
                "400",
                "400 bad_request "));
        cases.add(HandshakeCase.of(
                "4.2.1 Connection with more than Upgrade", right.but("Connection", "keep-alive, UPGRADE"), "101"));
        cases.add(HandshakeCase.of(
                "4.2.1 a plain request",
                right.without("Upgrade").without("Connection").without(KEY).without(VERSION),
                NO_UPGRADE));
    }

    private static void addRequestLines(List<HandshakeCase> cases, HandshakeText right) {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH")) {
            cases.add(HandshakeCase.of("4.2.1 method " + method, right.method(method), NO_METHOD));
        }
        cases.add(HandshakeCase.of("4.2.1 HTTP/1.0", right.version("HTTP/1.0"), NO_UPGRADE));
        cases.add(HandshakeCase.of("9112 no Host", right.without("Host"), "400", "400 bad_request "));
        cases.add(HandshakeCase.of(
                "9112 a handshake with a body", right.with("Content-Length: 5"), "400 bad_field Content-Length"));
        cases.add(HandshakeCase.of("9112 a handshake with an empty body", right.with("Content-Length: 0"), "101"));
        for (String path : List.of("%/ws/", "%/ws/x", "%/wss", "%/WS", "%/x/ws")) {
            cases.add(HandshakeCase.of("4.2.1 path " + path, right.path(path), "404 not_found ", "404"));
        }
        for (String path : List.of("%/%77s", "%/./ws", "%/x/../ws", "%/ws;a=b", "%//ws", "%/ws%2f", "%/ws%00")) {
            // Another spelling is the same path, or is refused; a bad handshake may pass by none.
            cases.add(HandshakeCase.of(
                    "4.2.1 without a key, path " + path,
                    right.path(path).without(KEY),
                    NO_KEY,
                    "400",
                    "400 bad_request ",
                    "404 not_found ",
                    "404"));
        }
    }

    private static void addSubprotocols(List<HandshakeCase> cases, HandshakeText right) {
        String name = "Sec-WebSocket-Protocol: ";
        cases.add(HandshakeCase.of(
                "4.2.2 the subprotocol it has", right.with(name + "market.v1+json"), "101 market.v1+json"));
        cases.add(HandshakeCase.of(
                "4.2.2 it among others", right.with(name + "constructor, market.v1+json"), "101 market.v1+json"));
        cases.add(HandshakeCase.of(
                "4.2.2 it on a second line", right.with(name + "a", name + "market.v1+json"), "101 market.v1+json"));
        cases.add(HandshakeCase.of("4.2.2 a subprotocol it has not", right.with(name + "constructor"), "101"));
        for (String bad : List.of("a,a", "a b", ",a", "a;b", "(a)")) {
            cases.add(HandshakeCase.of("4.1 subprotocols \"" + bad + "\"", right.with(name + bad), NO_PROTOCOL));
        }
        cases.add(HandshakeCase.of(
                "4.1 a subprotocol with thousands of blanks",
                right.with(name + "a" + " ".repeat(6_000) + "b"),
                "400 too_large Sec-WebSocket-Protocol",
                NO_PROTOCOL,
                "400",
                "400 bad_request ",
                "431"));
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add("X-" + i + ": a");
        }
        cases.add(HandshakeCase.of(
                "10.4 300 other headers",
                right.with(many.toArray(String[]::new)),
                "101",
                "400",
                "431",
                "431 too_large "));
    }
}
