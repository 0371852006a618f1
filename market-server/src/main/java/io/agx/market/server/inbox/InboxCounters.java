package io.agx.market.server.inbox;

import java.util.concurrent.atomic.AtomicLong;

/** What the inboxes did since the start. Thread-safe. */
public final class InboxCounters {
    private final AtomicLong addedCount = new AtomicLong();
    private final AtomicLong failedGroupCount = new AtomicLong();
    private final AtomicLong pushedBackCount = new AtomicLong();
    private final AtomicLong pushedCount = new AtomicLong();
    private final AtomicLong refusedUserCount = new AtomicLong();

    /** Messages made durable. */
    public long addedCount() {
        return addedCount.get();
    }

    /** Groups of which nothing was kept. */
    public long failedGroupCount() {
        return failedGroupCount.get();
    }

    /** Requests refused because too much waited. */
    public long pushedBackCount() {
        return pushedBackCount.get();
    }

    /** Messages pushed to rooms, each once for all connections of its user. */
    public long pushedCount() {
        return pushedCount.get();
    }

    void added(int more) {
        addedCount.addAndGet(more);
    }

    void failedGroup() {
        failedGroupCount.incrementAndGet();
    }

    /** Messages refused because their user would have been one more than may have an inbox. */
    public long refusedUserCount() {
        return refusedUserCount.get();
    }

    void refusedUser() {
        refusedUserCount.incrementAndGet();
    }

    void pushedBack() {
        pushedBackCount.incrementAndGet();
    }

    void pushed() {
        pushedCount.incrementAndGet();
    }
}
