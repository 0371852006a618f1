package io.agx.market.server.delivery;

/** How a connection of a swarm behaves once it is live. */
enum Manners {
    /** Reads at once, answers pings. */
    GOOD,
    /** Reads nothing more. */
    STALLED,
    /** Reads 64 bytes ten times a second, far less than what comes. */
    TRICKLING,
    /** Sends a Close frame and reads nothing more, so the answer cannot be written. */
    CLOSING,
    /** Sends ping frames as fast as they are taken, up to 400 a second, and reads their answers. */
    PINGING,
    /** The same, and reads nothing. */
    PINGING_UNREAD;

    boolean reads() {
        return this == GOOD || this == PINGING;
    }

    boolean pings() {
        return this == PINGING || this == PINGING_UNREAD;
    }
}
