package io.agx.market.server.replay;

import java.time.Duration;

/**
 * Bounds of replays. Immutable.
 *
 * @param maxAtOnce replays that run at once on a server, each with a thread of its own
 * @param maxRooms different rooms of one replay
 * @param maxRangeMillis longest stretch of the past
 * @param maxLastingMillis longest time that a stretch may take at its speed
 * @param maxWarmUpTrades trades before the stretch that are read so that its first candles and ticker are whole
 * @param maxWaitingBytes bytes that may wait for the peer to read; while there are more, the replay's time stands still. What one
 *     step makes may come on top: 64 KiB, or one message
 */
public record ReplayLimits(
        int maxAtOnce,
        int maxRooms,
        long maxRangeMillis,
        long maxLastingMillis,
        long maxWarmUpTrades,
        long maxWaitingBytes) {

    /**
     * 16 threads, mostly waiting; 32 rooms, of all 16 intervals at two rates; a week; a day's patience; 2,000,000 trades, some ten
     * seconds of reading and a day at 23 trades a second; 256 KiB, four full writes.
     */
    public static final ReplayLimits DEFAULTS = new ReplayLimits(
            16, 32, Duration.ofDays(7).toMillis(), Duration.ofDays(1).toMillis(), 2_000_000, 256 << 10);
}
