package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * What the next ping tells the server of what we have seen: how long the last one took, and how late one live message since then came. Owned by the
 * client's thread.
 */
final class SeenLatency {
    private @Nullable Long roundTripMicros;
    private @Nullable Long latencyMicros;
    private boolean due = true;

    /** Whether the next live message is to be timed: one for each ping, and no clock is read for the others. */
    boolean isDue() {
        return due;
    }

    /** A ping was answered. */
    void measured(long micros) {
        roundTripMicros = bounded(micros);
    }

    /**
     * A live message came.
     *
     * @param serverTimeMillis when the server made it; 0 if it does not tell
     * @param pings by which the server's clock is known; without one nothing is timed
     */
    void arrived(long serverTimeMillis, long nowMillis, Latency pings) {
        if (serverTimeMillis > 0 && pings.sampleCount() > 0) {
            latencyMicros = bounded((nowMillis + pings.clockOffsetMillis() - serverTimeMillis) * 1_000);
            due = false;
        }
    }

    /** The next ping; what it tells is not told again. */
    ClientCommand.Ping ping(RequestId id, long clientTimeMillis) {
        ClientCommand.Ping ping = new ClientCommand.Ping(id, clientTimeMillis, roundTripMicros, latencyMicros);
        roundTripMicros = null;
        latencyMicros = null;
        due = true;
        return ping;
    }

    private static long bounded(long micros) {
        return Math.max(0, Math.min(micros, ClientCommand.Ping.MAX_TOLD_MICROS));
    }
}
