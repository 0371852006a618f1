package io.agx.market.server.websocket;

import jakarta.websocket.Session;

/** Ends a session's TCP connection without a Close frame, where the container lets it be done. Thread-safe. */
@FunctionalInterface
public interface SessionAborter {
    /** For containers that offer nothing of the kind. */
    SessionAborter NONE = session -> false;

    /** Whether the connection was ended. */
    boolean abort(Session session);
}
