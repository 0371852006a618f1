package io.agx.market.server.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Wall clock and monotonic clock that move together, when told. Thread-safe. */
public final class ManualClock {
    /** 2026-01-05T00:00:00Z, a Monday. */
    public static final long START_MILLIS = 1_767_571_200_000L;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1)); // It will overflow.
    private final AtomicLong millis = new AtomicLong(START_MILLIS);

    public long millis() {
        return millis.get();
    }

    public long nanos() {
        return nanos.get();
    }

    public void advanceMillis(long by) {
        millis.addAndGet(by);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(by));
    }

    /** Moves the wall clock only, as an administrator does. */
    public void stepMillis(long by) {
        millis.addAndGet(by);
    }
}
