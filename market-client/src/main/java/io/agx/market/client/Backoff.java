package io.agx.market.client;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: exponential with full jitter. Pure but for the randomness.
 *
 * <p>The upper end doubles from {@code min} to 8 × {@code min} (4 s by default), stays there until the 32nd attempt (about a minute), then doubles
 * up to {@code max}: after an outage of up to half a minute the client is back within 10 s of its end, and in a long one it
 * asks rarely. The lower end is 200 ms (or {@code min}, if that is less), so that there are never more than five attempts a second.
 */
final class Backoff {
    private static final long FLOOR_MILLIS = 200;
    private static final int PLATEAU_EXPONENT = 3;
    private static final int PLATEAU_ATTEMPTS = 32;

    private final long minMillis;
    private final long maxMillis;
    private final RandomGenerator random;

    Backoff(long minMillis, long maxMillis, RandomGenerator random) {
        this.minMillis = minMillis;
        this.maxMillis = maxMillis;
        this.random = random;
    }

    /** @param attempt failed attempts before, 0 or higher */
    long delayMillis(int attempt) {
        long floor = Math.min(FLOOR_MILLIS, minMillis);
        return floor + random.nextLong(ceilingMillis(attempt) - floor + 1);
    }

    long ceilingMillis(int attempt) {
        int exponent = attempt < PLATEAU_ATTEMPTS
                ? Math.min(attempt, PLATEAU_EXPONENT)
                : PLATEAU_EXPONENT + Math.min(attempt - PLATEAU_ATTEMPTS + 1, 20);
        return Math.min(maxMillis, minMillis << exponent);
    }
}
