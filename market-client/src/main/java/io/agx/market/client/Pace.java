package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands no faster than the server takes them ({@code welcome.limits}): one beyond its budget is refused without its id, so that
 * nobody could tell which it was. What is about rooms and tokens goes before queries. Owned by the client's thread. Bounded by {@link
 * Requests}, whose commands wait here.
 */
final class Pace {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Timers timers;
    private final Predicate<ClientCommand> isAwaited;
    private final Consumer<ClientCommand> out;
    private final ArrayDeque<ClientCommand> first = new ArrayDeque<>();
    private final ArrayDeque<ClientCommand> others = new ArrayDeque<>();
    private double perNano;
    private double burst = Double.POSITIVE_INFINITY;
    private double budget = Double.POSITIVE_INFINITY;
    private long lastNanos;
    private Timers.@Nullable Timer timer;

    /** @param isAwaited whether someone still waits for a command's answer; it is not sent otherwise */
    Pace(Timers timers, Predicate<ClientCommand> isAwaited, Consumer<ClientCommand> out) {
        this.timers = timers;
        this.isAwaited = isAwaited;
        this.out = out;
    }

    /** A new connection: its budget is whole, and nothing waits for it yet. Without limits everything goes at once. */
    void restart(Map<String, Long> limits) {
        stop();
        long perSecond = limits.getOrDefault("commandsPerSecond", 0L);
        long atOnce = limits.getOrDefault("commandBurst", 0L);
        boolean limited = perSecond > 0 && atOnce > 0;
        // Half of it: heartbeats take from the budget too, and the server's clock is another one.
        perNano = limited ? perSecond / 2.0 / NANOS_PER_SECOND : 0;
        burst = limited ? Math.max(1, atOnce / 2.0) : Double.POSITIVE_INFINITY;
        budget = burst;
        lastNanos = timers.nanos();
    }

    /** The connection is gone. */
    void stop() {
        first.clear();
        others.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    void send(ClientCommand command) {
        boolean isQuery = !(command instanceof ClientCommand.Subscribe
                || command instanceof ClientCommand.Unsubscribe
                || command instanceof ClientCommand.Auth);
        (isQuery ? others : first).add(command);
        drain();
    }

    /** A command went past the line; those in it wait the longer. */
    void spend() {
        refill();
        budget = Math.max(budget - 1, -burst);
    }

    /** The server has refused a command, whichever it was. */
    void refused() {
        refill();
        budget = burst == Double.POSITIVE_INFINITY ? budget : Math.min(budget, 0);
    }

    private void refill() {
        long now = timers.nanos();
        budget = Math.min(burst, budget + (now - lastNanos) * perNano);
        lastNanos = now;
    }

    private void drain() {
        if (timer != null) {
            return;
        }
        refill();
        while (budget >= 1) {
            ClientCommand next = first.isEmpty() ? others.poll() : first.poll();
            if (next == null) {
                return;
            }
            if (isAwaited.test(next)) {
                budget -= 1;
                out.accept(next);
            }
        }
        if (!first.isEmpty() || !others.isEmpty()) {
            double waitMillis = (1 - budget) / perNano / TimeUnit.MILLISECONDS.toNanos(1);
            timer = timers.schedule(
                    () -> {
                        timer = null;
                        drain();
                    },
                    Math.max(1, (long) Math.ceil(waitMillis)));
        }
    }
}
