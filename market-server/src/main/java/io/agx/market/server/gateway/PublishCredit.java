package io.agx.market.server.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** How many trades and quotes of one connection are offered and not answered yet. Thread-safe but for {@link #takeRefused}, the reading thread's. */
final class PublishCredit {
    /** Seven full messages of trades: at 10 ms for an ack, 400,000 trades a second; and 1 MiB of memory. */
    static final int TRADES = 4_096;

    private final AtomicInteger inFlight = new AtomicInteger();
    // The reading thread's.
    private boolean refused;

    /** Takes places; false if there are not so many, and then none is taken. */
    boolean tryTake(int trades) {
        if (inFlight.addAndGet(trades) > TRADES) {
            inFlight.addAndGet(-trades);
            return false;
        }
        return true;
    }

    void giveBack(int trades) {
        inFlight.addAndGet(-trades);
    }

    /** A command was not taken on: nothing of it is in flight, so nothing bounds how many there are. */
    void refuse() {
        refused = true;
    }

    /** Whether the last command was refused; asked once for each. */
    boolean takeRefused() {
        boolean was = refused;
        refused = false;
        return was;
    }

    /** Trades that may be offered now. */
    int left() {
        return Math.max(0, TRADES - inFlight.get());
    }
}
