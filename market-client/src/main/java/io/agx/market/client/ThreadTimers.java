package io.agx.market.client;

import java.time.Clock;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** {@link Timers} on one real thread. */
final class ThreadTimers implements Timers {
    private static final Clock CLOCK = Clock.systemUTC();

    private final ScheduledThreadPoolExecutor scheduler;

    ThreadTimers(String threadName) {
        scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        // What was accepted is run: a future must not be left without a result. Long delays are cancelled by their
        // owner.
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long epochMillis() {
        return CLOCK.millis();
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            scheduler.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            if (!scheduler.isShutdown()) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        try {
            ScheduledFuture<?> future = scheduler.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            if (!scheduler.isShutdown()) {
                throw e;
            }
            return () -> {};
        }
    }

    @Override
    public void stop() {
        scheduler.shutdown();
    }
}
