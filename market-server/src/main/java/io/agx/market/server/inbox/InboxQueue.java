package io.agx.market.server.inbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The bounded way to the inboxes' owner. Thread-safe. Full: a request is refused and nothing of it is kept. */
final class InboxQueue {
    enum Offered {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int maxRequests;
    private final long maxLength;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<InboxRequest> waiting = new ArrayDeque<>();
    private long length;
    private boolean closed;

    InboxQueue(int maxRequests, long maxLength) {
        this.maxRequests = maxRequests;
        this.maxLength = maxLength;
    }

    /** A request longer than the whole bound is taken when nothing else waits. */
    Offered offer(InboxRequest request) {
        long more = request.length();
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            if (!waiting.isEmpty() && (waiting.size() == maxRequests || length + more > maxLength)) {
                return Offered.FULL;
            }
            waiting.add(request);
            length += more;
            changed.signal();
            return Offered.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a request and takes the oldest ones, up to a number of entries and characters, at least one.
     *
     * @return empty only once closed and empty
     */
    List<InboxRequest> take(int maxEntries, long maxTaken) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<InboxRequest> taken = new ArrayList<>();
            int entries = 0;
            long chars = 0;
            while (!waiting.isEmpty() && entries < maxEntries && chars < maxTaken) {
                InboxRequest request = waiting.remove();
                taken.add(request);
                entries += request.size();
                chars += request.length();
            }
            length -= chars;
            return taken;
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

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
