package io.agx.market.server.config;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.subscriber.SubscriberLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** From the settings of the keys to the records. Which keys go together is judged by the records. */
final class ConfigRecords {
    /** Longer than any password: what is longer is another file. */
    private static final int MAX_PASSWORD_BYTES = 4_096;

    private ConfigRecords() {}

    /**
     * @throws ConfigurationException if values do not go together
     * @throws IllegalStateException if a file with a password cannot be read
     */
    static MarketConfig of(Settings settings) {
        try {
            return records(settings);
        } catch (ConfigurationException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static MarketConfig records(Settings settings) {
        return new MarketConfig(
                settings.get(Keys.HOST),
                settings.integer(Keys.PORT),
                Path.of(settings.get(Keys.DATA)),
                settings.get(Keys.NODE),
                FeedConfig.parse(
                        settings.get(Keys.FEED),
                        settings.get(Keys.SYMBOL),
                        settings.get(Keys.SPEED),
                        settings.get(Keys.RATE)),
                MarketConfig.DEFAULT_STATE,
                gateway(settings),
                delivery(settings),
                identity(settings),
                InboxLimits.DEFAULTS
                        .withUsers(settings.integer(Keys.INBOX_USERS))
                        .withRetention(settings.integer(Keys.INBOX_MESSAGES), settings.get(Keys.INBOX_RETAIN)),
                edge(settings),
                new PortsConfig(
                        PortsConfig.tls(
                                settings.get(Keys.TLS_CERTIFICATE),
                                settings.get(Keys.TLS_KEY),
                                settings.get(Keys.TLS_PASSWORD)),
                        settings.get(Keys.ADMIN_HOST),
                        settings.integer(Keys.ADMIN_PORT)),
                new StoreConfig(
                        settings.get(Keys.STORE_URL),
                        settings.get(Keys.STORE_USER),
                        storePassword(settings),
                        settings.integer(Keys.STORE_CONNECTIONS),
                        settings.integer(Keys.STORE_RETAIN)),
                settings.integer(Keys.SHARDS),
                settings.get(Keys.MAX_AHEAD),
                settings.get(Keys.LOG_RETAIN),
                settings.get(Keys.INSTRUMENTS),
                new LogConfig(
                        settings.get(Keys.LOG_LEVEL), settings.get(Keys.LOG_LEVELS), settings.get(Keys.LOG_FORMAT)));
    }

    private static GatewayLimits gateway(Settings settings) {
        return new GatewayLimits(
                settings.integer(Keys.MESSAGE_BYTES),
                settings.integer(Keys.COMMANDS),
                settings.integer(Keys.COMMAND_BURST),
                settings.integer(Keys.BAD_COMMANDS),
                settings.integer(Keys.REFUSED_COMMANDS),
                settings.integer(Keys.PER_USER),
                new SubscriberLimits(
                        settings.integer(Keys.ROOMS),
                        settings.get(Keys.OUTBOUND_BYTES),
                        settings.get(Keys.HEARTBEAT),
                        settings.get(Keys.PING),
                        settings.get(Keys.SILENCE),
                        settings.get(Keys.SLOW_AFTER)));
    }

    private static DeliveryConfig delivery(Settings settings) {
        return new DeliveryConfig(
                settings.get(Keys.FLUSH_WINDOW),
                TransportChoice.parse(settings.get(Keys.TRANSPORT)),
                settings.get(Keys.COMPRESSION),
                settings.integer(Keys.SEND_BUFFER),
                settings.integer(Keys.DRAIN_RATE),
                settings.get(Keys.DRAIN_URL));
    }

    private static IdentityConfig identity(Settings settings) {
        String secretFile = settings.get(Keys.TOKEN_SECRET_FILE);
        return new IdentityConfig(
                settings.get(Keys.TOKEN_SECRET),
                secretFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(secretFile)),
                settings.get(Keys.TOKEN_KEYS),
                settings.get(Keys.TOKEN_ISSUER),
                settings.get(Keys.TOKEN_AUDIENCE),
                settings.get(Keys.TOKEN_LEEWAY),
                settings.get(Keys.TOKEN_LIFETIME),
                settings.get(Keys.TOKEN_GRACE),
                settings.get(Keys.REQUIRE_TOKEN));
    }

    private static EdgeConfig edge(Settings settings) {
        return new EdgeConfig(
                settings.get(Keys.ORIGINS),
                ranges(settings, Keys.PROXIES),
                new AddressLimits(
                        settings.integer(Keys.PER_ADDRESS),
                        settings.integer(Keys.HANDSHAKES),
                        settings.integer(Keys.HANDSHAKE_BURST),
                        ranges(settings, Keys.UNLIMITED)),
                new EdgeConfig.Deadlines(
                        settings.get(Keys.HEADER_TIMEOUT),
                        settings.get(Keys.BODY_TIMEOUT),
                        settings.get(Keys.MESSAGE_TIMEOUT)),
                TimeUnit.MILLISECONDS.toSeconds(settings.get(Keys.HSTS)));
    }

    private static List<IpRange> ranges(Settings settings, Key<List<String>> key) {
        return IpRange.parseAll(key.name(), String.join(",", settings.get(key)));
    }

    private static String storePassword(Settings settings) {
        String password = settings.get(Keys.STORE_PASSWORD);
        String name = settings.get(Keys.STORE_PASSWORD_FILE);
        if (name.isEmpty()) {
            return password;
        }
        if (!password.isEmpty()) {
            throw new IllegalArgumentException("one of store.password and store.password-file may be set, were both ("
                    + settings.setting(Keys.STORE_PASSWORD).origin() + ", "
                    + settings.setting(Keys.STORE_PASSWORD_FILE).origin() + ")");
        }
        Path file = Path.of(name);
        try {
            if (Files.size(file) > MAX_PASSWORD_BYTES) {
                throw new IllegalStateException("store.password-file " + file + " may have " + MAX_PASSWORD_BYTES
                        + " bytes, has " + Files.size(file));
            }
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalStateException("store.password-file " + file + " cannot be read: " + e, e);
        }
    }
}
