package io.agx.market.client;

import java.net.URI;

/** One open WebSocket. Called by the owner thread only. */
interface Socket {
    /** Sends a text frame after those before it. A failure ends the socket and is told to its listener. */
    void send(String text);

    /** Allows one more message to be delivered. */
    void request();

    /** Sends a Close frame. */
    void close(int code, String reason);

    /** Ends the TCP connection at once. */
    void abort();

    /** Opens sockets. */
    @FunctionalInterface
    interface Connector {
        /**
         * Begins to connect; the outcome is told to the listener. Never blocks, never throws.
         *
         * @param token sent in a header; empty for none
         */
        void connect(URI uri, String token, Listener listener);
    }

    /** Told about one socket, on any thread, one call at a time. */
    interface Listener {
        void onOpen(Socket socket);

        /** One whole text message; the next comes after {@link Socket#request()}. */
        void onText(String text);

        /** A frame that is no message: proof that the peer lives. */
        void onFrame();

        /** The socket ended, with a code (1006 without Close frame). The last call. */
        void onClosed(int code, String reason);

        /**
         * The handshake was answered by something else than 101. The last call.
         *
         * @param status the HTTP status
         * @param retryAfterMillis what the server tells in {@code Retry-After}, or 0
         */
        void onRefused(int status, long retryAfterMillis);
    }
}
