package io.agx.market.server.config;

import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands between the port and the server. Immutable; the {@code with} methods give a changed copy. PROTOCOL.md section 3, SECURITY.md.
 *
 * @param origins pages from which other origins may talk to it, besides its own; {@code *} for all, without credentials
 * @param trustedProxies whose word on the client's address and encryption is taken
 * @param addresses what one address may do
 * @param deadlines how long a peer may take, in total
 * @param hstsSeconds told in {@code Strict-Transport-Security} on encrypted connections; 0 for no such header
 */
public record EdgeConfig(
        List<String> origins,
        List<IpRange> trustedProxies,
        AddressLimits addresses,
        Deadlines deadlines,
        long hstsSeconds) {

    /** Pages from here only, no proxy, 64 connections of an address but of loopback; no HSTS. */
    public static final EdgeConfig DEFAULTS =
            new EdgeConfig(List.of(), List.of(), AddressLimits.DEFAULTS, Deadlines.DEFAULTS, 0);

    /** Ten years, at which browsers would not look any longer. */
    static final long MAX_HSTS_SECONDS = 63_072_000L * 5;

    public EdgeConfig {
        origins = List.copyOf(origins);
        trustedProxies = List.copyOf(trustedProxies);
        MarketConfig.require("hsts-seconds", hstsSeconds, 0, MAX_HSTS_SECONDS);
    }

    /**
     * How long a peer may take for the whole of something, however it drips. On the monotonic clock.
     *
     * @param headerMillis for the TLS handshake and a request's head, 100 to 600,000
     * @param bodyMillis for a request's body, and again to read the response, 100 to 3,600,000
     * @param messageMillis for a WebSocket message, from its first byte on, 100 to 3,600,000
     */
    public record Deadlines(long headerMillis, long bodyMillis, long messageMillis) {
        /** Together with what a busy machine adds, below the 20, 60 and 20 s that are promised. */
        public static final Deadlines DEFAULTS = new Deadlines(18_000, 55_000, 18_000);

        public Deadlines {
            MarketConfig.require("header-timeout", headerMillis, 100, 600_000);
            MarketConfig.require("body-timeout", bodyMillis, 100, 3_600_000);
            MarketConfig.require("message-timeout", messageMillis, 100, 3_600_000);
        }
    }

    public EdgeConfig withOrigins(List<String> newOrigins) {
        return new EdgeConfig(newOrigins, trustedProxies, addresses, deadlines, hstsSeconds);
    }

    public EdgeConfig withTrustedProxies(List<IpRange> newProxies) {
        return new EdgeConfig(origins, newProxies, addresses, deadlines, hstsSeconds);
    }

    public EdgeConfig withAddresses(AddressLimits newAddresses) {
        return new EdgeConfig(origins, trustedProxies, newAddresses, deadlines, hstsSeconds);
    }

    public EdgeConfig withDeadlines(Deadlines newDeadlines) {
        return new EdgeConfig(origins, trustedProxies, addresses, newDeadlines, hstsSeconds);
    }

    public EdgeConfig withHstsSeconds(long newSeconds) {
        return new EdgeConfig(origins, trustedProxies, addresses, deadlines, newSeconds);
    }

    /** The elements of a list whose separators are commas, without blanks. */
    public static List<String> list(String text) {
        List<String> elements = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            if (!each.isBlank()) {
                elements.add(each.strip());
            }
        }
        return elements;
    }
}
