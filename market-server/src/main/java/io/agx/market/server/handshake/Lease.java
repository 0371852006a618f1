package io.agx.market.server.handshake;

/** A connection's place among those of its address. */
@FunctionalInterface
public interface Lease {
    /** For connections that are not counted. */
    Lease FREE = () -> {};

    /** The connection is gone, or did not come to be. Idempotent, on any thread. */
    void release();
}
