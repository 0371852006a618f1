package io.agx.market.server.drill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Does something small again and again on a thread of its own, and keeps how long each took. A probe that fails ends it. */
final class Prober implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Long> tookMillis = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;

    Prober(String name, Callable<?> probe) {
        thread = new Thread(() -> run(probe), name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Rounded up; 0 if nothing was probed. @throws AssertionError if a probe failed */
    long p99Millis() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError(thread.getName() + " failed after " + tookMillis.size() + " probes", cause);
        }
        List<Long> sorted = new ArrayList<>(List.of(tookMillis.toArray(Long[]::new)));
        Collections.sort(sorted);
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
    }

    /** Forgets what was so far. */
    void begin() {
        tookMillis.clear();
    }

    int count() {
        return tookMillis.size();
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(40));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Callable<?> probe) {
        while (!closing) {
            long startNanos = System.nanoTime();
            try {
                probe.call();
            } catch (Exception | AssertionError e) {
                failure = e;
                return;
            }
            tookMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + 1);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
