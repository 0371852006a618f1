package io.agx.market.server.websocket;

import io.agx.market.server.subscriber.Transport;
import jakarta.websocket.Session;
import java.util.function.Supplier;

/** What a container can do with a session beyond the Jakarta API. Thread-safe. */
public interface ContainerSessions {
    /** For containers of which nothing more is known. */
    ContainerSessions PORTABLE = new ContainerSessions() {
        @Override
        public Transport transport(Session session, Supplier<Transport> portable) {
            return portable.get();
        }

        @Override
        public boolean abort(Session session) {
            return false;
        }
    };

    /**
     * Picks how a session is written to.
     *
     * @param portable makes the transport that works everywhere
     */
    Transport transport(Session session, Supplier<Transport> portable);

    /** Messages compressed since the start, each once for all sessions that get it; 0 where the container compresses by itself. */
    default long compressionCount() {
        return 0;
    }

    /** Ends a session's TCP connection without a Close frame; returns whether that could be done. Never blocks. */
    boolean abort(Session session);
}
