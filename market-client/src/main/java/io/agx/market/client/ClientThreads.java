package io.agx.market.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all clients of this JVM share: at most {@link #LOOPS} owner threads, {@code market-client-N}, each for every so many clients,
 * and the threads {@code market-listener-N}, as many as listeners are at work at the same moment. All are daemons, and end when
 * nobody needs them for {@link #KEEP_SECONDS} seconds. Thread-safe.
 */
final class ClientThreads {
    /** Decoding is what costs, so one for each core, up to what a process may spend on being a client. */
    static final int LOOPS = Math.min(4, Runtime.getRuntime().availableProcessors());

    static final long KEEP_SECONDS = 5;

    private static final ClientThreads SHARED = new ClientThreads();

    private final ClientLoop[] loops = new ClientLoop[LOOPS];
    private final AtomicInteger clients = new AtomicInteger();
    private final ExecutorService listeners;

    private ClientThreads() {
        for (int i = 0; i < loops.length; i++) {
            String name = "market-client-" + (i + 1);
            loops[i] = new ClientLoop(task -> daemon(task, name), KEEP_SECONDS);
        }
        AtomicInteger number = new AtomicInteger();
        listeners = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> daemon(task, "market-listener-" + number.incrementAndGet()));
    }

    static ClientThreads shared() {
        return SHARED;
    }

    /** The loop of one more client: they take turns. */
    ClientLoop nextLoop() {
        return loops[Math.floorMod(clients.getAndIncrement(), loops.length)];
    }

    /** Where listeners are called; each client has at most one call under way. */
    ExecutorService listeners() {
        return listeners;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
