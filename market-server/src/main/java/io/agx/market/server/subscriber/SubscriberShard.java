package io.agx.market.server.subscriber;

import io.agx.market.server.room.Publication;
import io.agx.market.server.room.RoomLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the subscribers of one flush thread share, so that none of them needs to keep it. Owned by that thread, but for the clocks. */
public final class SubscriberShard {
    private final RoomLoop loop;
    private final Supplier<SubscriberLimits> limits;
    private final LongSupplier clockMillis;
    private final LongSupplier nanoClock;
    private final DeliveryCounters counters;
    // What one subscriber after the other writes.
    private final List<Publication> due = new ArrayList<>();
    private int lastNonce;

    /** With limits that stay. */
    public SubscriberShard(
            RoomLoop loop,
            SubscriberLimits limits,
            LongSupplier clockMillis,
            LongSupplier nanoClock,
            DeliveryCounters counters) {
        this(loop, () -> limits, clockMillis, nanoClock, counters);
    }

    /**
     * @param limits asked whenever one applies, so that new ones hold for connections that there are; on the flush thread, and on a
     *     container's when a connection opens
     * @param clockMillis the time that heartbeats tell, epoch milliseconds
     * @param nanoClock monotonic, for all that takes or lasts
     */
    public SubscriberShard(
            RoomLoop loop,
            Supplier<SubscriberLimits> limits,
            LongSupplier clockMillis,
            LongSupplier nanoClock,
            DeliveryCounters counters) {
        this.loop = loop;
        this.limits = limits;
        this.clockMillis = clockMillis;
        this.nanoClock = nanoClock;
        this.counters = counters;
    }

    RoomLoop loop() {
        return loop;
    }

    SubscriberLimits limits() {
        return limits.get();
    }

    long nowMillis() {
        return clockMillis.getAsLong();
    }

    long nowNanos() {
        return nanoClock.getAsLong();
    }

    long nanosFromNow(long millis) {
        return nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    DeliveryCounters counters() {
        return counters;
    }

    /** Payload of the next ping: never 0. */
    int nextNonce() {
        lastNonce = lastNonce == Integer.MAX_VALUE ? 1 : lastNonce + 1;
        return lastNonce;
    }

    /** An empty list, until the next call. */
    List<Publication> due() {
        due.clear();
        return due;
    }
}
