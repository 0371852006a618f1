package io.agx.market.server.conformance;

/**
 * A server that listens on loopback.
 *
 * @param contextPath before {@code /ws}, or empty
 * @param stop ends it
 */
public record Endpoint(int port, String contextPath, AutoCloseable stop) {}
