package io.agx.market.server.gateway;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * When each of many clients is to come back after a stop: evenly spread, each somewhere in a slot of its own, and in an order that has
 * nothing to do with that in which they came. Pure but for the randomness.
 */
final class DrainSlots {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private DrainSlots() {}

    /**
     * @param connectsPerSecond 1 or higher; in no second there are more than one above it
     * @param firstMillis where the first slot begins
     * @return for each client how long it waits, milliseconds
     */
    static List<Long> millis(int clients, int connectsPerSecond, long firstMillis, Random random) {
        List<Long> slots = LongStream.range(0, clients)
                .map(slot -> slot * NANOS_PER_SECOND + random.nextLong(NANOS_PER_SECOND))
                .map(nanos -> firstMillis + nanos / connectsPerSecond / NANOS_PER_MILLI)
                .boxed()
                .collect(Collectors.toList());
        Collections.shuffle(slots, random);
        return slots;
    }
}
