package io.agx.market.server.config;

import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import io.agx.market.server.inbox.InboxLimits;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The configuration where there is no command line, as in a WAR: system property {@code market.data} or environment variable
 * {@code MARKET_DATA}, and likewise {@code feed}, {@code symbol}, {@code speed}, {@code rate}, {@code flush-window}, {@code drain-rate},
 * {@code drain-url}, {@code inbox-days}, {@code inbox-messages}, {@code token-secret-file}, {@code token-keys}, {@code token-issuer}, {@code token-audience}, {@code token-leeway}, {@code
 * token-max-days}, {@code token-grace} and {@code require-token}; {@code origins}, {@code trusted-proxies}, {@code connections-per-address},
 * {@code handshakes-per-second}, {@code handshake-burst}, {@code unlimited-addresses}, {@code connections-per-user} and {@code hsts-seconds};
 * with the meaning of the options of {@code bin/market serve}; and the secret
 * itself in the environment variable {@code MARKET_TOKEN_SECRET}.
 */
public final class EnvironmentConfig {
    private EnvironmentConfig() {}

    /**
     * @param properties system properties by name; they win
     * @param environment environment variables by name
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public static MarketConfig read(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        Path dataDir = Path.of(value("data", "market-data", properties, environment));
        String feed = value("feed", "simulated", properties, environment);
        String symbol = value("symbol", "", properties, environment);
        String speed = value("speed", "1", properties, environment);
        String rate = value("rate", String.valueOf(FeedConfig.DEFAULT_TRADES_PER_SECOND), properties, environment);
        return MarketConfig.defaults(dataDir)
                .withFeed(FeedConfig.parse(feed, symbol, speed, rate))
                .withDelivery(delivery(properties, environment))
                .withIdentity(identity(properties, environment))
                .withInbox(inbox(properties, environment))
                .withEdge(edge(properties, environment))
                .withGateway(gateway(properties, environment));
    }

    private static IdentityConfig identity(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        IdentityConfig defaults = IdentityConfig.DEFAULTS;
        // Never a property: a list of processes shows those.
        String secret = environment.apply("MARKET_TOKEN_SECRET");
        String secretFile = value("token-secret-file", "", properties, environment);
        long leeway = number("token-leeway", defaults.leewayMillis() / 1_000, properties, environment);
        long maxDays = number("token-max-days", IdentityConfig.DEFAULT_MAX_DAYS, properties, environment);
        long grace = number("token-grace", defaults.graceMillis() / 1_000, properties, environment);
        return new IdentityConfig(
                secret == null ? "" : secret,
                secretFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(secretFile)),
                value("token-keys", "", properties, environment),
                value("token-issuer", "", properties, environment),
                value("token-audience", "", properties, environment),
                TimeUnit.SECONDS.toMillis(leeway),
                TimeUnit.DAYS.toMillis(maxDays),
                TimeUnit.SECONDS.toMillis(grace),
                flag("require-token", properties, environment));
    }

    private static boolean flag(
            String name,
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment) {
        String text = value(name, "false", properties, environment);
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(name + " must be true or false, was \"" + text + "\"");
        }
        return text.equals("true");
    }

    /** What a container leaves to us: not the deadlines of its connections. */
    private static EdgeConfig edge(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        AddressLimits defaults = AddressLimits.DEFAULTS;
        AddressLimits addresses = new AddressLimits(
                integer("connections-per-address", defaults.connections(), properties, environment),
                integer("handshakes-per-second", defaults.handshakesPerSecond(), properties, environment),
                integer("handshake-burst", defaults.handshakeBurst(), properties, environment),
                IpRange.parseAll(
                        "unlimited-addresses",
                        value("unlimited-addresses", IpRange.LOOPBACK, properties, environment)));
        return EdgeConfig.DEFAULTS
                .withOrigins(EdgeConfig.list(value("origins", "", properties, environment)))
                .withTrustedProxies(
                        IpRange.parseAll("trusted-proxies", value("trusted-proxies", "", properties, environment)))
                .withAddresses(addresses)
                .withHstsSeconds(number("hsts-seconds", 0, properties, environment));
    }

    private static GatewayLimits gateway(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        GatewayLimits defaults = GatewayLimits.DEFAULTS;
        return defaults.withConnectionsPerUser(
                integer("connections-per-user", defaults.connectionsPerUser(), properties, environment));
    }

    /** Out of its range where it is no int. */
    private static int integer(
            String name,
            int otherwise,
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment) {
        long number = number(name, otherwise, properties, environment);
        return (int) Math.max(Integer.MIN_VALUE, Math.min(number, Integer.MAX_VALUE));
    }

    /** What a container leaves to us: not the transport, the sockets and their compression. */
    private static DeliveryConfig delivery(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        DeliveryConfig defaults = DeliveryConfig.DEFAULTS;
        long window = number("flush-window", defaults.flushWindowMillis(), properties, environment);
        long drainRate = number("drain-rate", defaults.drainConnectsPerSecond(), properties, environment);
        String drainUrl = value("drain-url", defaults.drainUrl(), properties, environment);
        return defaults.withFlushWindowMillis(window).withDrain((int) Math.min(drainRate, Integer.MAX_VALUE), drainUrl);
    }

    private static InboxLimits inbox(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        InboxLimits defaults = InboxLimits.DEFAULTS;
        long messages = number("inbox-messages", defaults.keptMessages(), properties, environment);
        long days = number("inbox-days", defaults.keptDays(), properties, environment);
        return defaults.withKept(messages, days);
    }

    private static long number(
            String name,
            long otherwise,
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment) {
        String text = value(name, String.valueOf(otherwise), properties, environment);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, was \"" + text + "\"", e);
        }
    }

    private static String value(
            String name,
            String otherwise,
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment) {
        String property = properties.apply("market." + name);
        if (property != null) {
            return property;
        }
        String variable = environment.apply("MARKET_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
        return variable == null ? otherwise : variable;
    }
}
