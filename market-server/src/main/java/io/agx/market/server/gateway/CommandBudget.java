package io.agx.market.server.gateway;

import java.util.concurrent.TimeUnit;

/**
 * How many commands a connection may send: a token bucket on the monotonic clock. Owned by the thread that reads the connection;
 * containers never read one connection on two threads at once.
 */
final class CommandBudget {
    private double perNano;
    private int burst;
    private double tokens;
    private long lastNanos;
    private int refused;
    private int badInRow;

    CommandBudget(int perSecond, int burst, long nowNanos) {
        setLimits(perSecond, burst);
        this.tokens = burst;
        this.lastNanos = nowNanos;
    }

    /** From now on this fast: what is there stays, up to the new burst. */
    void setLimits(int newPerSecond, int newBurst) {
        perNano = newPerSecond / (double) TimeUnit.SECONDS.toNanos(1);
        burst = newBurst;
    }

    /** Takes one command, if there is one left. */
    boolean tryTake(long nowNanos) {
        tokens = Math.min(burst, tokens + (nowNanos - lastNanos) * perNano);
        lastNanos = nowNanos;
        if (tokens < 1) {
            refused++;
            return false;
        }
        if (tokens >= burst / 2.0) {
            refused = 0;
        }
        tokens -= 1;
        return true;
    }

    /** Milliseconds until there is one again. */
    long retryAfterMillis() {
        return Math.max(1, (long) Math.ceil((1 - tokens) / perNano / TimeUnit.MILLISECONDS.toNanos(1)));
    }

    /** Commands refused since half of the burst was there: one that is let through amid a flood is no pause. */
    int refused() {
        return refused;
    }

    /** Notes whether a command was one at all, and returns how many in a row were not. */
    int noted(boolean bad) {
        badInRow = bad ? badInRow + 1 : 0;
        return badInRow;
    }
}
