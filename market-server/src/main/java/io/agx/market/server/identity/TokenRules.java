package io.agx.market.server.identity;

/**
 * What a token must say, beside being signed. Immutable.
 *
 * @param issuer its {@code iss}; empty for any or none
 * @param audience what its {@code aud} must name; empty for {@link #DEFAULT_AUDIENCE}, which a token without {@code aud} passes too
 * @param leewayMillis how far clocks may differ
 * @param maxLifetimeMillis how far ahead {@code exp} may be
 */
public record TokenRules(String issuer, String audience, long leewayMillis, long maxLifetimeMillis) {
    /** RFC 7519 section 4.1.3: who is not named in an audience must refuse the token, so this server has a name. */
    public static final String DEFAULT_AUDIENCE = "market";

    public TokenRules {
        if (leewayMillis < 0 || maxLifetimeMillis <= 0) {
            throw new IllegalArgumentException("leewayMillis must be 0 or higher and maxLifetimeMillis above 0, were "
                    + leewayMillis + " and " + maxLifetimeMillis);
        }
    }
}
