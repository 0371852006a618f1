package io.agx.market.client;

/**
 * The way to the server and back, and its clock.
 *
 * @param roundTripMicros from sending to receiving, without the time the server took
 * @param clockOffsetMillis the server's clock minus ours, estimated as NTP does; wrong by half the round trip at most
 */
public record PingReply(long roundTripMicros, long clockOffsetMillis) {}
