package io.agx.market.server.feed;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a feed: started once, stopped by a flag and a wake-up rather than an interrupt, which would close a file
 * channel that the thread happens to use. Thread-safe.
 */
final class FeedThread {
    private static final Logger LOG = LoggerFactory.getLogger(FeedThread.class);
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean stopped; // written by stop(), read by the thread

    FeedThread(String name, Runnable body) {
        this.thread = new Thread(body, name);
        thread.setDaemon(true);
    }

    /** @throws IllegalStateException if it was started before */
    void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("feed was already started");
        }
        if (!stopped) {
            thread.start();
        }
    }

    /** Whether the thread should end. An interrupt by anyone counts as well. */
    boolean stopped() {
        return stopped || (Thread.currentThread() == thread && thread.isInterrupted());
    }

    /** Asks the thread to end and waits up to a second for it; idempotent. Returns whether it has ended. */
    boolean stop() {
        stopped = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread) {
            try {
                thread.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                LOG.warn("feed did not end in time thread={} limitMillis={}", thread.getName(), STOP_MILLIS);
            }
        }
        return !thread.isAlive();
    }
}
