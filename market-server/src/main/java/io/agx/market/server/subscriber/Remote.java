package io.agx.market.server.subscriber;

/**
 * What is known of a connection's other end. Immutable.
 *
 * @param address its IP address, without a port; empty if the container does not tell it
 * @param compressed whether compression was negotiated
 */
public record Remote(String address, boolean compressed) {
    /** For connections of which nothing is known. */
    public static final Remote UNKNOWN = new Remote("", false);
}
