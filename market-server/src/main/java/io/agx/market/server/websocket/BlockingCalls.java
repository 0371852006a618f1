package io.agx.market.server.websocket;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads {@code market-close} and {@code market-ping}, for the calls of the Jakarta API on which a container may wait for a
 * peer that does not read: {@code Session.close} and {@code sendPing} (Jetty and Tomcat both wait until it is written). They never run
 * on the flush thread. Thread-safe. Pings have threads of their own: who only answers pings must not be taken for dead because
 * many others are closing.
 *
 * <p>Bounded: 65,536 calls of a kind wait; what comes beyond that is dropped, and the connection left to its time-out.
 */
public final class BlockingCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);
    /** Calls of a kind that may wait. */
    public static final int MAX_WAITING = 65_536;

    private static final long STOP_MILLIS = 5_000;

    private final ThreadPoolExecutor closing = pool("market-close", 4);
    private final ThreadPoolExecutor pinging = pool("market-ping", 2);

    private final LongAdder droppedCloses = new LongAdder();
    private final LongAdder droppedPings = new LongAdder();

    void close(Runnable call) {
        run(closing, call, droppedCloses);
    }

    /** @return whether it will be called */
    boolean ping(Runnable call) {
        return run(pinging, call, droppedPings);
    }

    /** Closes that wait. */
    public int waitingCloses() {
        return closing.getQueue().size();
    }

    /** Pings that wait. */
    public int waitingPings() {
        return pinging.getQueue().size();
    }

    /** Closes dropped because so many waited. */
    public long droppedCloses() {
        return droppedCloses.sum();
    }

    /** Pings dropped because so many waited. */
    public long droppedPings() {
        return droppedPings.sum();
    }

    /** Ends the threads after the calls that wait, for at most 5 seconds; then interrupts them. Idempotent. */
    @Override
    public void close() {
        pinging.shutdownNow();
        closing.shutdown();
        try {
            if (!closing.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "connections are left to the container: count={}",
                        closing.shutdownNow().size());
            }
        } catch (InterruptedException e) {
            closing.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean run(ThreadPoolExecutor pool, Runnable call, LongAdder dropped) {
        try {
            pool.execute(call);
            return true;
        } catch (RejectedExecutionException e) {
            if (!pool.isShutdown()) {
                dropped.increment();
                LOG.warn("too many connections are closing or pinged; one is left to its time-out");
            }
            return false;
        }
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
