package io.agx.market.client;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's listeners of one client, one at a time and in order, on a thread of the executor's. {@link #post} is called by
 * the owner thread. When {@link #BOUND} calls wait, the client stops reading from the socket until half of them are done: a slow
 * listener slows its own connection, and costs no memory.
 */
final class Deliveries {
    /** Calls waiting at which reading stops. What one message brings may come on top. */
    static final int BOUND = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final Executor executor;
    private final Runnable onRoom;
    private final ArrayDeque<Runnable> line = new ArrayDeque<>(); // Guarded by itself, as is running.
    private boolean running;
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong failureCount = new AtomicLong();

    /**
     * @param executor may run two of our tasks at a time; never gets a second before the first has ended
     * @param onRoom called when the number waiting has fallen to half the bound, on any thread
     */
    Deliveries(Executor executor, Runnable onRoom) {
        this.executor = executor;
        this.onRoom = onRoom;
    }

    void post(Runnable call) {
        hold();
        synchronized (line) {
            line.add(call);
            if (running) {
                return;
            }
            running = true;
        }
        executor.execute(this::runLine);
    }

    /** Runs something that calls the application by {@link #call}, outside of the line. */
    void execute(Runnable task) {
        executor.execute(task);
    }

    /** Counts one thing more that waits for the application, outside of the line. */
    void hold() {
        waitingCount.incrementAndGet();
    }

    /** One thing less waits. */
    void release() {
        if (waitingCount.decrementAndGet() == BOUND / 2) {
            onRoom.run();
        }
    }

    boolean isFull() {
        return waitingCount.get() >= BOUND;
    }

    long failureCount() {
        return failureCount.get();
    }

    /** Calls code of the application. Its failure is its own: logged at 1, 10, 100 … so that it cannot flood the log. */
    void call(Runnable theirs) {
        try {
            theirs.run();
        } catch (RuntimeException | AssertionError | LinkageError e) {
            long count = failureCount.incrementAndGet();
            if (isPowerOfTen(count)) {
                LOG.warn("listener_failed count={}", count, e);
            }
        }
    }

    private void runLine() {
        Runnable call;
        while ((call = next()) != null) {
            call(call);
            release();
        }
    }

    private @Nullable Runnable next() {
        synchronized (line) {
            Runnable call = line.poll();
            running = call != null;
            return call;
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
