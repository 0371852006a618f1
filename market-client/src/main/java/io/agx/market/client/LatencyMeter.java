package io.agx.market.client;

import java.util.Arrays;

/** Collects pings. Written by the client's thread, read by anyone. */
final class LatencyMeter {
    private final long[] roundTripMicros = new long[Latency.MAX_SAMPLES];
    private final long[] offsetMillis = new long[Latency.MAX_SAMPLES];
    private long count;

    synchronized void add(long roundTripMicros, long clockOffsetMillis) {
        int at = (int) (count++ % Latency.MAX_SAMPLES);
        this.roundTripMicros[at] = roundTripMicros;
        this.offsetMillis[at] = clockOffsetMillis;
    }

    synchronized Latency latency() {
        int samples = (int) Math.min(count, Latency.MAX_SAMPLES);
        if (samples == 0) {
            return new Latency(0, 0, 0, 0, 0);
        }
        int shortest = 0;
        for (int i = 1; i < samples; i++) {
            if (roundTripMicros[i] < roundTripMicros[shortest]) {
                shortest = i;
            }
        }
        long[] sorted = Arrays.copyOf(roundTripMicros, samples);
        Arrays.sort(sorted);
        return new Latency(samples, sorted[0], rank(sorted, 50), rank(sorted, 99), offsetMillis[shortest]);
    }

    /** Nearest rank. */
    private static long rank(long[] sorted, int percent) {
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }
}
