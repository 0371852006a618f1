package io.agx.market.server.feed;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Monotonic time, and waiting for it, so that tests move it by hand. Used by a feed's own thread. */
interface Pacing {
    /** The machine's monotonic clock and a parked thread. */
    Pacing SYSTEM = new Pacing() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(this, Math.max(nanos, MIN_PARK_NANOS));
        }
    };

    /** Shortest wait: trades due within a millisecond go together, rather than one wake-up each. */
    long MIN_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    long nanoTime();

    /** Waits about that long, or until the thread is unparked, whichever is first. */
    void park(long nanos);
}
