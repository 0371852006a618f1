package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.room.Publication;
import java.util.List;

/**
 * The arrow to a socket. Methods are called on the flush thread and never block; one write at a time.
 */
public interface Transport {
    /** How it writes, as {@code welcome} tells it, such as {@code portable}. */
    String name();

    /**
     * Writes messages, each as one text frame, in order.
     *
     * @param messages at least one; the list is the caller's, who uses it again when this returns
     * @param done called once, on any thread, when the write has ended, well or not; only if this method returned false
     * @return whether the write has ended already
     */
    boolean write(List<Publication> messages, Runnable done);

    /**
     * Sends a ping frame, unless a write is under way.
     *
     * @param nonce its payload, four bytes
     */
    void ping(int nonce);

    /** Sends a Close frame and ends the connection. Idempotent. */
    void close(CloseCode code, String reason);

    /** Ends the TCP connection without a Close frame, or without waiting for the answer to one. Idempotent. */
    void abort();
}
