package io.agx.market.client;

/**
 * The way to the server and back, and the server's clock, from the newest {@link #MAX_SAMPLES} pings.
 *
 * @param sampleCount pings that these figures are of; 0 before the first answer, and then all is 0
 * @param minMicros shortest round trip
 * @param p50Micros half of the round trips were this long or shorter
 * @param p99Micros 99 of 100 were
 * @param clockOffsetMillis the server's clock minus ours, by the ping with the shortest round trip; wrong by half of that at most
 */
public record Latency(int sampleCount, long minMicros, long p50Micros, long p99Micros, long clockOffsetMillis) {
    /** Pings that count: twenty minutes of heartbeats. */
    public static final int MAX_SAMPLES = 128;
}
