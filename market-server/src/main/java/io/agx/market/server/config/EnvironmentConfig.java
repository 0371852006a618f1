package io.agx.market.server.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The configuration where there is no command line, as in a WAR: system property {@code market.data} or environment variable
 * {@code MARKET_DATA}, and likewise {@code feed}, {@code symbol}, {@code speed}, {@code rate} and {@code flush-window}, with the
 * meaning of the options of {@code bin/market serve}.
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
        DeliveryConfig delivery = DeliveryConfig.DEFAULTS;
        String window = value("flush-window", String.valueOf(delivery.flushWindowMillis()), properties, environment);
        return MarketConfig.defaults(dataDir)
                .withFeed(FeedConfig.parse(feed, symbol, speed, rate))
                .withDelivery(delivery.withFlushWindowMillis(millis(window)));
    }

    private static long millis(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "flush-window must be a number of milliseconds, was \"" + text + "\"", e);
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
