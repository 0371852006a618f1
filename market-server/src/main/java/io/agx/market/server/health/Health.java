package io.agx.market.server.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each part of the server says of itself. Thread-safe; a report reads fields and waits for nothing. Thread {@code market-health} looks once a
 * second, so that "since when" is right to a second though nobody asks.
 */
public final class Health implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final LongSupplier clockMillis;
    // In the order in which they are told.
    private final List<Watched> parts = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "market-health");
        thread.setDaemon(true);
        return thread;
    });

    /** What the whole says. */
    public enum Status {
        /** All is well. */
        READY("ready"),
        /** It serves, and something is missing. */
        DEGRADED("degraded"),
        /** It serves nobody: it starts or stops. */
        NOT_READY("not_ready");

        private final String code;

        Status(String code) {
            this.code = code;
        }

        /** As it is told. */
        public String code() {
            return code;
        }
    }

    /**
     * What a part says.
     *
     * @param sinceTimeMillis since when it is well or not, epoch milliseconds
     * @param reason why it is not; empty if it is
     */
    public record Part(String name, boolean ok, long sinceTimeMillis, String reason) {}

    /** What all say; {@code parts} in the order in which they were added. */
    public record Report(Status status, List<Part> parts) {}

    private static final class Watched {
        private final String name;
        private final Status without;
        private final Supplier<Optional<String>> fault;
        // Guarded by this.
        private boolean ok;
        private long sinceTimeMillis;

        Watched(String name, Status without, Supplier<Optional<String>> fault, long nowMillis) {
            this.name = name;
            this.without = without;
            this.fault = fault;
            sinceTimeMillis = nowMillis;
        }

        synchronized Part look(long nowMillis) {
            Optional<String> found = fault.get();
            if (found.isEmpty() != ok) {
                ok = found.isEmpty();
                sinceTimeMillis = nowMillis;
            }
            return new Part(name, ok, sinceTimeMillis, found.orElse(""));
        }
    }

    /** @param clockMillis the wall clock, by which "since" is told */
    public Health(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    /**
     * Adds a part, before {@link #start()}.
     *
     * @param without what the whole is while this part is not well
     * @param fault why it is not, or nothing; called on any thread, must not wait
     */
    public void part(String name, Status without, Supplier<Optional<String>> fault) {
        parts.add(new Watched(name, without, fault, clockMillis.getAsLong()));
    }

    /** Begins to look. */
    public void start() {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(this::lookSafely, 0, 1, TimeUnit.SECONDS);
    }

    /** What all say now. */
    public Report report() {
        long now = clockMillis.getAsLong();
        Status status = Status.READY;
        List<Part> told = new ArrayList<>(parts.size());
        for (Watched watched : parts) {
            Part part = watched.look(now);
            told.add(part);
            if (!part.ok() && watched.without.compareTo(status) > 0) {
                status = watched.without;
            }
        }
        return new Report(status, told);
    }

    /** A timer forgets a task that throws. */
    private void lookSafely() {
        try {
            report();
        } catch (Throwable e) {
            LOG.error("the server's health could not be told", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
