package io.agx.market.server.cli;

import io.agx.market.server.config.IdentityConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code serve}'s options about who may do what. */
@SuppressWarnings("NullAway.Init") // Set by picocli, all have defaults.
final class TokenOptions {
    /** The secret itself: in the environment only, for a list of processes shows options. */
    static final String SECRET_VARIABLE = "MARKET_TOKEN_SECRET";

    @Option(
            names = {"--secret-file", "--token-secret-file"},
            paramLabel = "FILE",
            defaultValue = "",
            description =
                    "Secret that tokens are signed with, at least 32 bytes. Default: one that is drawn at the first start and kept"
                            + " in the data folder; then programs of this machine may write without a token."
                            + " Env: MARKET_TOKEN_SECRET_FILE, or the secret itself in MARKET_TOKEN_SECRET.")
    private String secretFile;

    @Option(
            names = "--token-keys",
            paramLabel = "KEYS",
            defaultValue = "",
            description =
                    "Instead of a secret, public keys: a file (PEM, JSON Web Key or a set of them), read again when it changes,"
                            + " or the https URL of a set. Env: MARKET_TOKEN_KEYS.")
    private String keys;

    @Option(
            names = "--token-issuer",
            paramLabel = "ISS",
            defaultValue = "",
            description = "Whose tokens are taken. Default: anyone's with a good key. Env: MARKET_TOKEN_ISSUER.")
    private String issuer;

    @Option(
            names = "--token-audience",
            paramLabel = "AUD",
            defaultValue = "",
            description = "What a token must be for. Default: market, or it does not say. Env: MARKET_TOKEN_AUDIENCE.")
    private String audience;

    @Option(
            names = "--token-leeway",
            paramLabel = "S",
            defaultValue = "30",
            description =
                    "Seconds that clocks may differ, 0 to 600. Default: ${DEFAULT-VALUE}. Env: MARKET_TOKEN_LEEWAY.")
    private long leewaySeconds;

    @Option(
            names = "--token-max-days",
            paramLabel = "N",
            defaultValue = "3650",
            description = "Days that a token may be good for, 1 to 36500. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_TOKEN_MAX_DAYS.")
    private long maxDays;

    @Option(
            names = "--token-grace",
            paramLabel = "S",
            defaultValue = "5",
            description =
                    "Seconds that a connection stays when its token has expired, or to send one that it needs, 0 to 600."
                            + " Default: ${DEFAULT-VALUE}. Env: MARKET_TOKEN_GRACE.")
    private long graceSeconds;

    @Option(
            names = "--require-token",
            paramLabel = "BOOL",
            arity = "1",
            defaultValue = "false",
            description = "Whether reading needs a token too. Default: ${DEFAULT-VALUE}. Env: MARKET_REQUIRE_TOKEN.")
    private boolean requireToken;

    /** @throws IllegalArgumentException if a value is out of its range, or two say which keys are good */
    IdentityConfig config(Function<String, @Nullable String> environment) {
        String secret = environment.apply(SECRET_VARIABLE);
        return new IdentityConfig(
                secret == null ? "" : secret,
                secretFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(secretFile)),
                keys,
                issuer,
                audience,
                seconds(leewaySeconds),
                TimeUnit.DAYS.toMillis(maxDays),
                seconds(graceSeconds),
                requireToken);
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toMillis(count);
    }
}
