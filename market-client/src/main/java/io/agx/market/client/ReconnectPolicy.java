package io.agx.market.client;

import io.agx.market.core.protocol.CloseCode;
import java.time.Duration;
import java.util.Optional;

/**
 * When a client comes back after its connection has ended. Immutable.
 *
 * <p>With jitter, the wait is random between nearly nothing and an upper end that doubles from {@code minDelay}; it stays at 8 × {@code
 * minDelay} until the 32nd attempt (about a minute), then goes on to {@code maxDelay}. Without, it is {@code minDelay} doubled at each attempt
 * up to {@code maxDelay}. What the server tells goes first: the slot of a drain, the wait of a close with 4008.
 *
 * @param minDelay upper end of the first wait
 * @param maxDelay upper end of the longest
 * @param jitter whether waits are random, so that many clients do not come back at one moment
 * @param maxAttempts failed attempts in a row after which the client gives up; {@link #UNLIMITED} for never
 * @param stableAfter how long a connection must have held for the count of attempts to start anew; empty for never
 * @param onlyAbnormal whether a Close frame of whatever code is final, and only its absence (1006) is not
 */
public record ReconnectPolicy(
        Duration minDelay,
        Duration maxDelay,
        boolean jitter,
        int maxAttempts,
        Optional<Duration> stableAfter,
        boolean onlyAbnormal) {

    /** {@link #maxAttempts()} of a client that never gives up. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final ReconnectPolicy STANDARD = new ReconnectPolicy(
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            true,
            UNLIMITED,
            Optional.of(Duration.ofSeconds(30)),
            false);

    private static final ReconnectPolicy SEED =
            new ReconnectPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), false, 10, Optional.empty(), true);

    /** @throws IllegalArgumentException if a value is out of its range; the message names it */
    public ReconnectPolicy {
        requirePositive("minDelay", minDelay);
        if (maxDelay.compareTo(minDelay) < 0) {
            throw new IllegalArgumentException("maxDelay must be at least minDelay " + minDelay + ", was " + maxDelay);
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be 1 or higher, was " + maxAttempts);
        }
        stableAfter.ifPresent(value -> requirePositive("stableAfter", value));
    }

    /** Comes back for as long as the server does not say that it is no use: 0.5 s to 30 s, full jitter, anew after 30 s. */
    public static ReconnectPolicy standard() {
        return STANDARD;
    }

    /** What the browser client of the seed project does: after 5 s, at most 10 times in all, and only on 1006. */
    public static ReconnectPolicy seed() {
        return SEED;
    }

    public ReconnectPolicy withDelays(Duration min, Duration max) {
        return new ReconnectPolicy(min, max, jitter, maxAttempts, stableAfter, onlyAbnormal);
    }

    public ReconnectPolicy withMaxAttempts(int attempts) {
        return new ReconnectPolicy(minDelay, maxDelay, jitter, attempts, stableAfter, onlyAbnormal);
    }

    public ReconnectPolicy withStableAfter(Duration held) {
        return new ReconnectPolicy(minDelay, maxDelay, jitter, maxAttempts, Optional.of(held), onlyAbnormal);
    }

    /** Whether a connection that ended with this code is tried again. */
    boolean mayReconnect(int code) {
        return onlyAbnormal ? code == CloseCode.ABNORMAL : CloseCode.mayReconnect(code);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be longer than 0, was " + value);
        }
    }
}
