package io.agx.market.client;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect, by a {@link ReconnectPolicy}. Pure but for the randomness.
 *
 * <p>Why jittered waits keep to 8 × {@code minDelay} (4 s by default) for a minute: after an outage of up to half a minute the client
 * is back within 10 s of its end, and in a long one it asks rarely. No wait is under 200 ms (or {@code minDelay}, if that is less), so
 * that there are never more than five attempts a second.
 */
final class Backoff {
    private static final long FLOOR_MILLIS = 200;
    private static final int PLATEAU_EXPONENT = 3;
    private static final int PLATEAU_ATTEMPTS = 32;

    private final ReconnectPolicy policy;
    private final RandomGenerator random;

    Backoff(ReconnectPolicy policy, RandomGenerator random) {
        this.policy = policy;
        this.random = random;
    }

    /** @param attempt failed attempts before, 0 or higher */
    long delayMillis(int attempt) {
        if (!policy.jitter()) {
            return ceilingMillis(attempt);
        }
        long floor = Math.min(FLOOR_MILLIS, policy.minDelay().toMillis());
        return floor + random.nextLong(ceilingMillis(attempt) - floor + 1);
    }

    long ceilingMillis(int attempt) {
        int exponent = attempt;
        if (policy.jitter()) {
            exponent = attempt < PLATEAU_ATTEMPTS
                    ? Math.min(attempt, PLATEAU_EXPONENT)
                    : PLATEAU_EXPONENT + attempt - PLATEAU_ATTEMPTS + 1;
        }
        return Math.min(policy.maxDelay().toMillis(), policy.minDelay().toMillis() << Math.min(exponent, 20));
    }
}
