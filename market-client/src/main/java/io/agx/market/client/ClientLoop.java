package io.agx.market.client;

import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One owner thread and one HTTP client, shared by many market clients. The thread and the HTTP client's selector end when the last
 * market client has. Thread-safe.
 */
final class ClientLoop {
    private static final Clock CLOCK = Clock.systemUTC();

    private final ScheduledThreadPoolExecutor thread;
    // Guarded by this.
    private @Nullable HttpClient http;
    private int users;

    ClientLoop(ThreadFactory threads, long keepSeconds) {
        thread = new ScheduledThreadPoolExecutor(1, threads);
        thread.setRemoveOnCancelPolicy(true);
        thread.setKeepAliveTime(keepSeconds, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    /** The HTTP client, for as long as nobody has called {@link #leave} as often as this. */
    synchronized HttpClient join() {
        users++;
        if (http == null) {
            // Connections have their own limit of time each, see JdkConnector.
            http = HttpClient.newBuilder()
                    .executor(thread)
                    .connectTimeout(Duration.ofSeconds(30))
                    .build();
        }
        return http;
    }

    /** The JDK ends the selector of an HTTP client that nobody refers to and that has no connection. */
    synchronized void leave() {
        if (--users == 0) {
            http = null;
        }
    }

    /** Timers of one client, that end alone. */
    Timers timers(Runnable onStop) {
        return new OwnTimers(onStop);
    }

    private final class OwnTimers implements Timers {
        private final Runnable onStop;
        private volatile boolean stopped;

        OwnTimers(Runnable onStop) {
            this.onStop = onStop;
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
            if (stopped) {
                return false;
            }
            thread.execute(task); // Run even if the client stops meanwhile: a future must not be left without a result.
            return true;
        }

        @Override
        public Timer schedule(Runnable task, long delayMillis) {
            if (stopped) {
                return () -> {};
            }
            ScheduledFuture<?> future = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        }

        @Override
        public void stop() {
            if (!stopped) {
                stopped = true;
                onStop.run();
            }
        }
    }
}
