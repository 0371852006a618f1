package io.agx.market.server.admin;

import io.agx.market.server.room.DeliveryLatency;

/**
 * How long sampled trades took from being durable to the sockets, in a stretch of time; each figure at most 3.2 % too high. Immutable.
 *
 * @param p50Micros half took no longer; 0 without samples, as the others
 * @param p99Micros 99 of 100 took no longer
 * @param maxMicros none took longer
 * @param count samples
 */
public record LatencyFigures(long p50Micros, long p99Micros, long maxMicros, long count) {
    /** What was counted between two copies of {@link DeliveryLatency#counts()}. */
    static LatencyFigures between(long[] earlier, long[] later) {
        long count = 0;
        for (int place = 0; place < later.length; place++) {
            count += later[place] - earlier[place];
        }
        return new LatencyFigures(
                at(earlier, later, rank(count, 50)),
                at(earlier, later, rank(count, 99)),
                at(earlier, later, count),
                count);
    }

    /** The number, from 1, of the sample at a percentile; rounded up. */
    private static long rank(long count, int percent) {
        return (count * percent + 99) / 100;
    }

    private static long at(long[] earlier, long[] later, long rank) {
        long seen = 0;
        for (int place = 0; place < later.length && rank > 0; place++) {
            seen += later[place] - earlier[place];
            if (seen >= rank) {
                return DeliveryLatency.endMicros(place);
            }
        }
        return 0;
    }
}
