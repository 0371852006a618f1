package io.agx.market.server.health;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks something that may not answer, once a second, on the thread {@code market-probe}; one question at a time, so that one that hangs keeps one thread
 * and holds up nobody who wants to know. Thread-safe.
 */
public final class Probe implements AutoCloseable {
    /** Between an answer and the next question. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Three times what a healthy database on a busy disk takes at worst for one row. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long STOP_MILLIS = 500;

    private final Runnable question;
    private final LongSupplier nanoClock;
    private final Thread thread = new Thread(this::run, "market-probe");

    // Written by the probe's thread, read by anyone.
    private volatile @Nullable String failure;
    private volatile long askedNanos;
    private volatile boolean asking;
    private volatile boolean stopping;

    /**
     * @param question throws if it is not answered well; may hang. Until it is asked first, all is taken to be well
     * @param nanoClock monotonic
     */
    public Probe(Runnable question, LongSupplier nanoClock) {
        this.question = question;
        this.nanoClock = nanoClock;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Why the last question was not answered well, or that the one now has none for seconds; nothing if all is well. Waits for nothing. */
    public Optional<String> fault() {
        long since = askedNanos; // Before it is seen that the question is open still.
        if (asking) {
            long waited = nanoClock.getAsLong() - since;
            if (waited > PATIENCE_NANOS) {
                return Optional.of("no answer for " + TimeUnit.NANOSECONDS.toSeconds(waited) + " s");
            }
        }
        return Optional.ofNullable(failure);
    }

    /** Asks once, on the caller's thread: instead of {@link #start()}. */
    void ask() {
        askedNanos = nanoClock.getAsLong();
        asking = true;
        try {
            question.run();
            failure = null;
        } catch (Throwable e) { // Errors too: a thread that ends would leave the last answer standing for good.
            failure = "it fails: "
                    + rootOf(e).getClass().getSimpleName(); // The message may name hosts and users: the log has it.
        } finally {
            asking = false;
        }
    }

    private void run() {
        while (!stopping) {
            ask();
            long endNanos = System.nanoTime() + PAUSE_NANOS;
            for (long left = PAUSE_NANOS; left > 0 && !stopping; left = endNanos - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    /** Asks no more. It waits for the question that is open, but for one that hangs not: interrupted, a driver would close its files. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
