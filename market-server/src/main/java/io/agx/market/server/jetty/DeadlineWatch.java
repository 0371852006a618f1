package io.agx.market.server.jetty;

import io.agx.market.server.handshake.EdgeCounters;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code market-deadlines}: looks at every connection a few times a second, and ends those that are overdue. Bounded by the
 * connections. It waits for nobody: neither what is said to a peer nor cutting it does, and it needs no thread of the pool, all of which may
 * wait for such peers.
 */
final class DeadlineWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineWatch.class);
    private static final long ROUND_NANOS = 200_000_000;

    private final Set<DirectEndPoint> connections = ConcurrentHashMap.newKeySet();
    private final EdgeCounters counters;
    private final Thread thread = new Thread(this::run, "market-deadlines");
    private volatile boolean stopped;

    DeadlineWatch(EdgeCounters counters) {
        this.counters = counters;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(DirectEndPoint connection) {
        connections.add(connection);
    }

    void remove(DirectEndPoint connection) {
        connections.remove(connection);
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopped) {
            for (DirectEndPoint connection : connections) {
                try {
                    look(connection);
                } catch (RuntimeException e) {
                    LOG.error("a connection could not be ended", e);
                }
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private void look(DirectEndPoint connection) {
        Progress.Overdue overdue = connection.progress().overdue();
        if (overdue == null) {
            return;
        }
        if (overdue.reason() != null) {
            counters.count(overdue.reason());
        }
        if (overdue.action() == null) {
            connection.close(new EofException("the peer took too long"));
        } else {
            overdue.action().run();
        }
    }
}
