package io.agx.market.server.gateway;

/**
 * What a connection may do without a token, and how long. Immutable.
 *
 * @param requireToken whether every connection needs one; else it is needed for what is a user's own
 * @param foreignTokens whether what comes as {@code ?token=} and could be no token of ours is passed over: clients of other servers put
 *     theirs there. Only where no key is configured
 * @param leewayMillis how long after its time a token is still good
 * @param graceMillis how long a connection without a good token is kept where it needs one: to send {@code auth}
 */
public record AccessRules(boolean requireToken, boolean foreignTokens, long leewayMillis, long graceMillis) {
    /** Clocks that are set by NTP differ by much less. */
    public static final long DEFAULT_LEEWAY_MILLIS = 30_000;

    /** A few round trips to whoever makes tokens. */
    public static final long DEFAULT_GRACE_MILLIS = 5_000;

    /** Anyone may read what is public. */
    public static final AccessRules DEFAULTS =
            new AccessRules(false, true, DEFAULT_LEEWAY_MILLIS, DEFAULT_GRACE_MILLIS);
}
