package io.agx.market.server.feed;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The event time of a replay. It never goes back, and never passes a trade that is not yet durable, so that no candle is
 * closed before its trades: when the log is slow, event time waits for it and then catches up.
 *
 * <p>Written by the replay's thread, read by any.
 */
final class ReplayClock {
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * One consistent state.
     *
     * @param eventMillis event time at {@code nanos}
     * @param factor event time per time from then on; 0 while standing still, infinite at max speed
     * @param ceilingMillis event time does not pass this
     */
    private record State(long eventMillis, long nanos, double factor, long ceilingMillis) {}

    private final LongSupplier nanoTime;
    private final AtomicLong shownMillis; // highest ever returned, by any thread
    private volatile State state; // written by the replay's thread only

    /** Stands at the first trade's time until started. */
    ReplayClock(long firstMillis, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.shownMillis = new AtomicLong(firstMillis);
        this.state = new State(firstMillis, nanoTime.getAsLong(), 0, firstMillis);
    }

    /** Event time now, epoch milliseconds. */
    long millis() {
        long millis = millis(state);
        long shown = shownMillis.get();
        return millis <= shown ? shown : shownMillis.accumulateAndGet(millis, Math::max);
    }

    void start(ReplaySpeed speed) {
        State before = state;
        state = new State(before.eventMillis, nanoTime.getAsLong(), speed.factor(), before.ceilingMillis);
    }

    /** Lets event time go up to a trade; one that is earlier than allowed already changes nothing. */
    void raise(long ceilingMillis) {
        State before = state;
        if (ceilingMillis > before.ceilingMillis) {
            state = new State(before.eventMillis, before.nanos, before.factor, ceilingMillis);
        }
    }

    /** After the last trade: goes on from where it is, with no ceiling, at the replay's speed but real time at most. */
    void runOn() {
        State before = state;
        state = new State(millis(), nanoTime.getAsLong(), Math.min(before.factor, 1), Long.MAX_VALUE);
    }

    /** Nanoseconds until a trade of that time is due; 0 or less if it is. At max speed everything is due. */
    long nanosUntil(long eventMillis) {
        State now = state;
        if (Double.isInfinite(now.factor)) {
            return 0;
        }
        double wait = (eventMillis - now.eventMillis) * NANOS_PER_MILLI / now.factor;
        return (long) wait - (nanoTime.getAsLong() - now.nanos);
    }

    private long millis(State now) {
        if (Double.isInfinite(now.factor)) {
            return now.ceilingMillis;
        }
        double passed = (nanoTime.getAsLong() - now.nanos) * now.factor / NANOS_PER_MILLI;
        return Math.min(now.eventMillis + (long) passed, now.ceilingMillis);
    }
}
