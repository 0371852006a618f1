package io.agx.market.server.feed;

import java.util.concurrent.atomic.AtomicLong;

/** A clock that a wait moves on at once, so that a replay of hours takes no time. */
final class ManualPacing implements Pacing {
    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
    private Runnable onPark = () -> {};

    /** Runs whenever the feed waits, before time moves. */
    ManualPacing onPark(Runnable action) {
        onPark = action;
        return this;
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void park(long wait) {
        onPark.run();
        nanos.addAndGet(wait);
    }

    void advanceMillis(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }
}
