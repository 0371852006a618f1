package io.agx.market.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market token}. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a token, signed with the secret that a server of the same data folder or file takes, and prints it.",
            "For local use and for publishers of one's own; users get theirs from whoever knows them."
        },
        footer = {
            "",
            "Examples:",
            "  market token --sub alice",
            "  market token --sub feed-1 --scope publish,admin --ttl 30d --secret-file /etc/market/secret",
            "  curl localhost:8080/api/v1/trades -H \"Authorization: Bearer $(market token --sub me --scope publish)\" -d …"
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class TokenCommand implements Callable<Integer> {
    /** The secret itself: in the environment only, for a list of processes shows options. */
    private static final String SECRET_VARIABLE = "MARKET_TOKEN_SECRET";

    private static final Pattern TTL = Pattern.compile("(\\d{1,9})([smhd])");

    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption data;

    @Option(names = "--sub", paramLabel = "USER", required = true, description = "Whose it is, 1 to 128 characters.")
    private String userId;

    @Option(
            names = "--scope",
            paramLabel = "S",
            split = ",",
            description = "What it allows beyond reading: publish, notify, admin, with commas. Default: nothing.")
    private List<String> scopes = List.of();

    @Option(
            names = "--ttl",
            paramLabel = "T",
            description = "How long it is good: a number and s, m, h or d. Default: 1h.")
    private String ttl = "1h";

    @Option(
            names = {"--secret-file", "--token-secret-file"},
            paramLabel = "FILE",
            defaultValue = "",
            description = "The server's secret. Default: the one in the data folder, drawn if there is none yet."
                    + " Env: MARKET_TOKEN_SECRET_FILE, or the secret itself in MARKET_TOKEN_SECRET.")
    private String secretFile;

    @Option(
            names = "--token-issuer",
            paramLabel = "ISS",
            defaultValue = "",
            description = "Its issuer. Default: none. Env: MARKET_TOKEN_ISSUER.")
    private String issuer;

    @Option(
            names = "--token-audience",
            paramLabel = "AUD",
            defaultValue = "",
            description = "What it is for. Default: it does not say. Env: MARKET_TOKEN_AUDIENCE.")
    private String audience;

    @Override
    public Integer call() throws IOException {
        String secret = parent.environment().apply(SECRET_VARIABLE);
        TokenOrder order = new TokenOrder(
                userId,
                scopes,
                millis(ttl),
                data.dir(),
                secret == null || !secretFile.isEmpty() ? "" : secret,
                secretFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(secretFile)),
                issuer,
                audience);
        return parent.actions()
                .token(order, spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    private static long millis(String text) {
        Matcher matcher = TTL.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--ttl must be a number and s, m, h or d, like 1h, was " + text);
        }
        TimeUnit unit = switch (matcher.group(2)) {
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            case "h" -> TimeUnit.HOURS;
            default -> TimeUnit.DAYS;
        };
        long millis = unit.toMillis(Long.parseLong(matcher.group(1)));
        if (millis < 1_000 || millis > TimeUnit.DAYS.toMillis(36_500)) {
            throw new IllegalArgumentException("--ttl must be 1s to 36500d, was " + text);
        }
        return millis;
    }
}
