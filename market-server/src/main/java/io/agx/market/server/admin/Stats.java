package io.agx.market.server.admin;

import io.agx.market.server.room.DeliveryLatency;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's figures now, and each second of the last five minutes. Its thread {@code market-stats} reads what may be read by anyone, so it
 * tells also when the flush thread hangs. Thread-safe.
 */
public final class Stats implements AutoCloseable {
    /** Seconds that are kept. */
    public static final int HISTORY_SECONDS = 300;

    /** Seconds that the latency now is of. */
    public static final int LATENCY_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Stats.class);

    private final Supplier<ServerFigures> source;
    private final DeliveryLatency latency;
    private final ScheduledExecutorService timer;
    private final Object lock = new Object();
    // Guarded by lock; the newest last.
    private final ArrayDeque<Second> history = new ArrayDeque<>(HISTORY_SECONDS);
    // Guarded by lock: the latency's counts at the end of the last seconds, the newest last; at least one.
    private final ArrayDeque<long[]> counts = new ArrayDeque<>(LATENCY_SECONDS + 1);

    /**
     * The figures at the end of a second, and the latency within it.
     */
    public record Second(ServerFigures figures, LatencyFigures latency) {}

    /**
     * @param latency of the last {@link #LATENCY_SECONDS}
     * @param history ascending
     */
    public record Now(ServerFigures figures, LatencyFigures latency, List<Second> history) {}

    /** @param source reads the figures, on any thread, waiting for nothing */
    public Stats(Supplier<ServerFigures> source, DeliveryLatency latency) {
        this.source = source;
        this.latency = latency;
        counts.add(latency.counts());
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "market-stats");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to look each second. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing of it is lost: the task catches and tells.
    public void start() {
        timer.scheduleAtFixedRate(this::lookSafely, 1, 1, TimeUnit.SECONDS);
    }

    /** @param afterTimeMillis leaves out the seconds up to then */
    public Now now(long afterTimeMillis) {
        ServerFigures figures = source.get();
        long[] until = latency.counts();
        synchronized (lock) {
            List<Second> asked = new ArrayList<>(history.size());
            for (Second second : history) {
                if (second.figures.timeMillis() > afterTimeMillis) {
                    asked.add(second);
                }
            }
            return new Now(figures, LatencyFigures.between(counts.element(), until), asked);
        }
    }

    /** One second has passed. */
    void look() {
        ServerFigures figures = source.get();
        long[] until = latency.counts();
        synchronized (lock) {
            Second second = new Second(figures, LatencyFigures.between(counts.getLast(), until));
            if (counts.size() > LATENCY_SECONDS) {
                counts.remove();
            }
            counts.add(until);
            if (history.size() == HISTORY_SECONDS) {
                history.remove();
            }
            history.add(second);
        }
    }

    /** A timer forgets a task that throws. */
    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("the figures of a second could not be read", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
