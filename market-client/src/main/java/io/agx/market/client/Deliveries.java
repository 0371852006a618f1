package io.agx.market.client;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's listeners, one at a time and in order, on a thread of their own. {@link #post} is called by the owner
 * thread. When {@link #BOUND} calls wait, the client stops reading from the socket until half of them are done: a slow
 * listener slows its own connection, and costs no memory.
 */
final class Deliveries {
    /** Calls waiting at which reading stops. One message more may come on top. */
    static final int BOUND = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final Executor executor;
    private final Runnable onRoom;
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong failureCount = new AtomicLong();

    /** @param onRoom called on the listener thread when the number waiting falls to half the bound */
    Deliveries(Executor executor, Runnable onRoom) {
        this.executor = executor;
        this.onRoom = onRoom;
    }

    void post(Runnable call) {
        waitingCount.incrementAndGet();
        executor.execute(() -> run(call));
    }

    boolean isFull() {
        return waitingCount.get() >= BOUND;
    }

    long failureCount() {
        return failureCount.get();
    }

    private void run(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | AssertionError | LinkageError e) {
            // Theirs, not ours: the connection lives on. Logged at 1, 10, 100 … so that it cannot flood the log.
            long count = failureCount.incrementAndGet();
            if (isPowerOfTen(count)) {
                LOG.warn("listener_failed count={}", count, e);
            }
        } finally {
            if (waitingCount.decrementAndGet() == BOUND / 2) {
                onRoom.run();
            }
        }
    }

    private static boolean isPowerOfTen(long count) {
        long power = 1;
        while (power < count) {
            power *= 10;
        }
        return power == count;
    }
}
