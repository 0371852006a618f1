package io.agx.market.server.container;

/** Where a handshake has its token. */
enum HandshakeWay {
    HEADER,
    SUBPROTOCOL,
    QUERY
}
