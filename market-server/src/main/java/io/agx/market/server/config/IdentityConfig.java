package io.agx.market.server.config;

import io.agx.market.server.gateway.AccessRules;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whose tokens are taken, and what is to be had without one. Immutable. {@link #toString()} does not have the secret.
 *
 * <p>At most one of the first three is set. With none of them a secret is drawn at the first start and kept in the data folder, and programs
 * of the server's own machine may write without a token.
 *
 * @param secret that tokens are signed with (HS256 and its like), at least 32 bytes; empty for none. Not an option: a list of processes shows
 *     those
 * @param secretFile a file with such a secret
 * @param keys public keys: a file (PEM, JSON Web Key, or a set of them) or the URL of a set; empty for none
 * @param issuer the {@code iss} that a token must have; empty for any
 * @param audience what a token's {@code aud} must name; empty for {@code market}, if it has one
 * @param leewayMillis how far clocks may differ, 0 to 10 minutes
 * @param maxLifetimeMillis how far ahead a token may expire, 1 s to 100 years
 * @param graceMillis how long a connection without a good token is kept where it needs one, 0 to 10 minutes
 * @param requireToken whether reading needs a token too
 */
public record IdentityConfig(
        String secret,
        Optional<Path> secretFile,
        String keys,
        String issuer,
        String audience,
        long leewayMillis,
        long maxLifetimeMillis,
        long graceMillis,
        boolean requireToken) {

    /** A publisher's token may be for ever, more or less; one that is for longer has a mistake in its unit. */
    public static final int DEFAULT_MAX_DAYS = 3_650;

    public static final IdentityConfig DEFAULTS = new IdentityConfig(
            "",
            Optional.empty(),
            "",
            "",
            "",
            AccessRules.DEFAULT_LEEWAY_MILLIS,
            TimeUnit.DAYS.toMillis(DEFAULT_MAX_DAYS),
            AccessRules.DEFAULT_GRACE_MILLIS,
            false);

    static final long MAX_MILLIS = 600_000;

    public IdentityConfig {
        MarketConfig.require("token leeway in milliseconds", leewayMillis, 0, MAX_MILLIS);
        MarketConfig.require("token grace in milliseconds", graceMillis, 0, MAX_MILLIS);
        MarketConfig.require(
                "token lifetime in milliseconds", maxLifetimeMillis, 1_000, TimeUnit.DAYS.toMillis(36_500));
        int sources = (secret.isEmpty() ? 0 : 1) + (secretFile.isPresent() ? 1 : 0) + (keys.isEmpty() ? 0 : 1);
        if (sources > 1) {
            throw new IllegalArgumentException(
                    "tokens are checked with one of token-secret, token-secret-file and token-keys, were " + sources);
        }
    }

    /** Whether nobody said which tokens are good. */
    public boolean isDevelopment() {
        return secret.isEmpty() && secretFile.isEmpty() && keys.isEmpty();
    }

    public IdentityConfig withSecret(String newSecret) {
        return new IdentityConfig(
                newSecret,
                secretFile,
                keys,
                issuer,
                audience,
                leewayMillis,
                maxLifetimeMillis,
                graceMillis,
                requireToken);
    }

    public IdentityConfig withSecretFile(Path file) {
        return new IdentityConfig(
                secret,
                Optional.of(file),
                keys,
                issuer,
                audience,
                leewayMillis,
                maxLifetimeMillis,
                graceMillis,
                requireToken);
    }

    public IdentityConfig withKeys(String newKeys) {
        return new IdentityConfig(
                secret,
                secretFile,
                newKeys,
                issuer,
                audience,
                leewayMillis,
                maxLifetimeMillis,
                graceMillis,
                requireToken);
    }

    /** What every token must say. */
    public IdentityConfig withClaims(String newIssuer, String newAudience) {
        return new IdentityConfig(
                secret,
                secretFile,
                keys,
                newIssuer,
                newAudience,
                leewayMillis,
                maxLifetimeMillis,
                graceMillis,
                requireToken);
    }

    /** How long things may take. */
    public IdentityConfig withTimes(long newLeewayMillis, long newMaxLifetimeMillis, long newGraceMillis) {
        return new IdentityConfig(
                secret,
                secretFile,
                keys,
                issuer,
                audience,
                newLeewayMillis,
                newMaxLifetimeMillis,
                newGraceMillis,
                requireToken);
    }

    public IdentityConfig withRequireToken(boolean newRequireToken) {
        return new IdentityConfig(
                secret,
                secretFile,
                keys,
                issuer,
                audience,
                leewayMillis,
                maxLifetimeMillis,
                graceMillis,
                newRequireToken);
    }

    @Override
    public String toString() {
        return "IdentityConfig[secretFile=" + secretFile + ", issuer=" + issuer + ", audience=" + audience
                + ", requireToken=" + requireToken + "]";
    }
}
