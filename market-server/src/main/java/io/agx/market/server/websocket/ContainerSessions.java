package io.agx.market.server.websocket;

import io.agx.market.server.subscriber.Transport;
import jakarta.websocket.Session;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a container can do with a session beyond the Jakarta API. Thread-safe. */
public interface ContainerSessions {
    /** Under this name Jetty tells the peer's socket; the Jakarta API has no name for it. */
    String REMOTE_ADDRESS = "jakarta.websocket.endpoint.remoteAddress";

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

    /** The peer's IP address, without a port; empty if the container does not tell it. Asked before {@link #transport}. */
    default String address(Session session) {
        return addressOf(session.getUserProperties().get(REMOTE_ADDRESS));
    }

    /** The address in the text of a socket's, such as {@code host/192.0.2.1:4711} or {@code /[2001:db8::1]:4711}; empty for null. */
    static String addressOf(@Nullable Object socketAddress) {
        if (socketAddress == null) {
            return "";
        }
        String text = socketAddress.toString();
        String address =
                text.substring(text.lastIndexOf('/') + 1, Math.max(text.lastIndexOf('/') + 1, text.lastIndexOf(':')));
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }

    /** Limits of its own, as {@code welcome} tells them beside the others. */
    default Map<String, Long> limits() {
        return Map.of();
    }

    /** Messages compressed since the start, each once for all sessions that get it; 0 where the container compresses by itself. */
    default long compressionCount() {
        return 0;
    }

    /** Ends a session's TCP connection without a Close frame; returns whether that could be done. Never blocks. */
    boolean abort(Session session);
}
