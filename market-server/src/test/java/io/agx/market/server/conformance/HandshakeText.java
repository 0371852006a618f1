package io.agx.market.server.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The text of a handshake, right unless it is changed. Immutable. */
record HandshakeText(String method, String path, String version, List<String> lines) {
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    /** RFC 6455 section 1.3. */
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /** @param path {@code %} stands for the context path */
    static HandshakeText right() {
        return new HandshakeText(
                "GET",
                "%/ws",
                "HTTP/1.1",
                List.of(
                        "Host: 127.0.0.1",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Key: " + KEY,
                        "Sec-WebSocket-Version: 13"));
    }

    HandshakeText method(String other) {
        return new HandshakeText(other, path, version, lines);
    }

    HandshakeText path(String other) {
        return new HandshakeText(method, other, version, lines);
    }

    HandshakeText version(String other) {
        return new HandshakeText(method, path, other, lines);
    }

    HandshakeText with(String... more) {
        List<String> changed = new ArrayList<>(lines);
        changed.addAll(List.of(more));
        return new HandshakeText(method, path, version, changed);
    }

    HandshakeText without(String name) {
        List<String> changed = new ArrayList<>(lines);
        changed.removeIf(line -> line.startsWith(name + ":"));
        return new HandshakeText(method, path, version, changed);
    }

    /** With another value of a header that is there. */
    HandshakeText but(String name, String value) {
        return without(name).with(name + ": " + value);
    }

    HandshakeText offering(String extensions) {
        return with("Sec-WebSocket-Extensions: " + extensions);
    }

    byte[] bytes(String contextPath) {
        StringBuilder text = new StringBuilder(method + " " + path.replace("%/", contextPath + "/") + " " + version);
        lines.forEach(line -> text.append("\r\n").append(line));
        return text.append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
