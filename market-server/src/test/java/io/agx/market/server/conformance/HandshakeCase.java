package io.agx.market.server.conformance;

import java.util.List;

/**
 * A handshake, and what must be answered.
 *
 * @param outcomes what may come: {@code 101}, {@code 101 deflate}, or {@code <status> <code> <field>}; a status alone where the
 *     container answers before anyone else does
 */
record HandshakeCase(String name, HandshakeText text, List<String> outcomes) {
    static HandshakeCase of(String name, HandshakeText text, String... outcomes) {
        return new HandshakeCase(name, text, List.of(outcomes));
    }

    @Override
    public String toString() {
        return name;
    }
}
