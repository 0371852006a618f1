package io.agx.market.server.room;

/**
 * When one flush of an engine's thread became durable, out of those that wait to be published: each is as likely. Offered by one thread,
 * taken by the flush thread; where both meet a sample may be lost, and nothing else.
 */
final class DurableSample {
    // Written by both; 0 for none.
    private volatile long nanos;
    // The event time of that flush's newest trade, epoch milliseconds; written before nanos. It is of another flush
    // where both threads meet.
    private volatile long tradeTimeMillis;
    // The engine thread's own.
    private int offered;
    private int random = 0x9e3779b9;

    /** Called on the engine's thread, before what it is about can be published. */
    void offer(long durableNanos, long newestTradeMillis) {
        if (durableNanos == 0) {
            return;
        }
        if (nanos == 0) {
            offered = 1;
            tradeTimeMillis = newestTradeMillis;
            nanos = durableNanos;
        } else {
            offered++;
            random ^= random << 13; // Marsaglia's xorshift.
            random ^= random >>> 17;
            random ^= random << 5;
            if (Integer.remainderUnsigned(random, offered) == 0) {
                tradeTimeMillis = newestTradeMillis;
                nanos = durableNanos;
            }
        }
    }

    /** Of what {@link #take} takes next: asked before it. Called on the flush thread. */
    long tradeTimeMillis() {
        return tradeTimeMillis;
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
