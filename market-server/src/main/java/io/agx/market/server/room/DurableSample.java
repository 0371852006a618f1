package io.agx.market.server.room;

/**
 * When one flush of an engine's thread became durable, out of those that wait to be published: each is as likely. Offered by one thread,
 * taken by the flush thread; where both meet a sample may be lost, and nothing else.
 */
final class DurableSample {
    // Written by both; 0 for none.
    private volatile long nanos;
    // The engine thread's own.
    private int offered;
    private int random = 0x9e3779b9;

    /** Called on the engine's thread, before what it is about can be published. */
    void offer(long durableNanos) {
        if (durableNanos == 0) {
            return;
        }
        if (nanos == 0) {
            offered = 1;
            nanos = durableNanos;
        } else {
            offered++;
            random ^= random << 13; // Marsaglia's xorshift.
            random ^= random >>> 17;
            random ^= random << 5;
            if (Integer.remainderUnsigned(random, offered) == 0) {
                nanos = durableNanos;
            }
        }
    }

    /** Monotonic nanoseconds, or 0 if nothing waits; it is then forgotten. Called on the flush thread. */
    long take() {
        long taken = nanos;
        if (taken != 0) {
            nanos = 0;
        }
        return taken;
    }
}
