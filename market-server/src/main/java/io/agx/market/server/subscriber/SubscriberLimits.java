package io.agx.market.server.subscriber;

/**
 * Bounds of one connection. Immutable.
 *
 * @param maxRooms rooms it may be in
 * @param outboundBytes bytes that may wait for it before messages are dropped (logs) or it is ended (replies)
 * @param heartbeatMillis between two {@code heartbeat} events
 * @param pingMillis between two ping frames
 * @param silenceMillis how long nothing may be heard from it
 * @param slowMillis how long one write may take before it counts as too slow
 */
public record SubscriberLimits(
        int maxRooms, long outboundBytes, long heartbeatMillis, long pingMillis, long silenceMillis, long slowMillis) {

    /** PROTOCOL.md section 3: 1,024 rooms, 1 MiB out, heartbeats 10 s, pings 20 s, dead at 60 s; slow after 15 s. */
    public static final SubscriberLimits DEFAULTS =
            new SubscriberLimits(1_024, 1L << 20, 10_000, 20_000, 60_000, 15_000);

    public SubscriberLimits {
        require("maxRooms", maxRooms, 1, 100_000);
        require("outboundBytes", outboundBytes, 4_096, 1L << 30);
        require("heartbeatMillis", heartbeatMillis, 100, 3_600_000);
        require("pingMillis", pingMillis, 100, 3_600_000);
        require("silenceMillis", silenceMillis, 500, 86_400_000);
        require("slowMillis", slowMillis, 100, 3_600_000);
    }

    private static void require(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " must be " + least + " to " + most + ", was " + value);
        }
    }
}
