package io.agx.market.server.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded way to the journal's thread. Thread-safe.
 *
 * <p>Full: a request is refused and nothing of it is kept. What is in flight counts from {@link #offer} to {@link #release}, so the
 * group that is being forced counts too. A request larger than the whole bound is taken when nothing else is in flight.
 */
final class JournalQueue {
    /** What became of an offered request. */
    enum Offered {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int maxTrades;
    private final int maxRequests;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<JournalRequest> waiting = new ArrayDeque<>();
    private int trades;
    private int requests;
    private boolean closed;
    private long refused;

    JournalQueue(int maxTrades, int maxRequests) {
        this.maxTrades = maxTrades;
        this.maxRequests = maxRequests;
    }

    Offered offer(JournalRequest request) {
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            long tradesThen = (long) trades + request.tradeCount();
            if (requests > 0 && (requests == maxRequests || tradesThen > maxTrades)) {
                refused++;
                return Offered.FULL;
            }
            trades = (int) tradesThen;
            requests++;
            waiting.add(request);
            changed.signal();
            return Offered.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the oldest requests up to a number of trades, at least one if there is one.
     *
     * @param wait whether to wait for one
     * @return empty if there is none: with {@code wait} only once closed
     */
    List<JournalRequest> take(int maxGroupTrades, boolean wait) {
        lock.lock();
        try {
            while (wait && waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<JournalRequest> taken = new ArrayList<>(Math.min(waiting.size(), maxGroupTrades));
            int count = 0;
            while (!waiting.isEmpty() && count < maxGroupTrades) {
                JournalRequest request = waiting.remove();
                taken.add(request);
                count += Math.max(1, request.tradeCount());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** The requests are answered, or are about to be. */
    void release(List<JournalRequest> answered) {
        int count = 0;
        for (JournalRequest request : answered) {
            count += request.tradeCount();
        }
        lock.lock();
        try {
            trades -= count;
            requests -= answered.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int inFlightRequests() {
        lock.lock();
        try {
            return requests;
        } finally {
            lock.unlock();
        }
    }

    /** Requests refused because it was full. */
    long refusedCount() {
        lock.lock();
        try {
            return refused;
        } finally {
            lock.unlock();
        }
    }

    int inFlightTrades() {
        lock.lock();
        try {
            return trades;
        } finally {
            lock.unlock();
        }
    }
}
