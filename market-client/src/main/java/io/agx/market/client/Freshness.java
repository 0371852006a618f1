package io.agx.market.client;

import org.jspecify.annotations.Nullable;

/**
 * Whether a room's data comes, told by the watermarks of the server's heartbeats. Owned by the client's thread.
 *
 * <p>A watermark's time is the market's clock: the wall clock, or a replay's, which may be years back and run at another speed. So what
 * counts is not how far it is behind, but that it stays behind further than before.
 */
final class Freshness {
    /** By how much a watermark may fall back: the engine looks at its clock, and the room sends, a little later each time. */
    static final long SLACK_MILLIS = 1_000;

    private final long ratePeriodMillis;
    private @Nullable Mark last;
    private long leastLagMillis = Long.MAX_VALUE;
    private boolean stale;

    private record Mark(long serverTimeMillis, long timeMillis) {}

    /** @param ratePeriodMillis how long the room holds back what is new, by its rate; 0 for raw */
    Freshness(long ratePeriodMillis) {
        this.ratePeriodMillis = ratePeriodMillis;
    }

    boolean isStale() {
        return stale;
    }

    /** The time up to which the room was complete when it was last seen, epoch milliseconds; 0 if it never was. */
    long completeTimeMillis() {
        return last == null ? 0 : last.timeMillis();
    }

    /** Another connection, or another history: what came before says nothing about the clock. */
    void restart() {
        last = null;
        leastLagMillis = Long.MAX_VALUE;
        stale = false;
    }

    /** No heartbeat came in time. Returns whether that is news. */
    boolean silent() {
        boolean news = !stale;
        stale = true;
        return news;
    }

    /** A heartbeat without a watermark for the room: the connection lives, and no more is known. Returns whether the room is stale no longer. */
    boolean heardNothing() {
        boolean news = stale;
        restart();
        return news;
    }

    /** A heartbeat's watermark. Returns whether the room became stale by it, or is so no longer. */
    boolean heard(long serverTimeMillis, long timeMillis) {
        Mark before = last;
        last = new Mark(serverTimeMillis, timeMillis);
        long lagMillis = serverTimeMillis - timeMillis;
        if (stale) {
            boolean advances = before == null
                    || 2 * (timeMillis - before.timeMillis()) >= serverTimeMillis - before.serverTimeMillis();
            if (advances) {
                stale = false;
                leastLagMillis = lagMillis;
            }
            return advances;
        }
        if (before != null && lagMillis > leastLagMillis + SLACK_MILLIS + ratePeriodMillis) {
            stale = true;
            return true;
        }
        leastLagMillis = Math.min(leastLagMillis, lagMillis);
        return false;
    }
}
