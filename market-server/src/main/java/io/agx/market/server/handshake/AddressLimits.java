package io.agx.market.server.handshake;

import java.util.List;

/**
 * What one address may do: an IPv4 address, or 64 bits of IPv6. Immutable.
 *
 * @param connections WebSockets at once, 1 to 1,000,000; 0 for any number
 * @param handshakesPerSecond over time, 1 to 100,000; 0 for any number
 * @param handshakeBurst at once, 1 to 100,000
 * @param unlimited addresses to which neither applies
 */
public record AddressLimits(int connections, int handshakesPerSecond, int handshakeBurst, List<IpRange> unlimited) {
    /** 64 connections; 20 handshakes a second and 100 at once; none for this machine, where one program may be many users. */
    public static final AddressLimits DEFAULTS =
            new AddressLimits(64, 20, 100, IpRange.parseAll("unlimited-addresses", IpRange.LOOPBACK));

    /** No limit for anyone. */
    public static final AddressLimits NONE = new AddressLimits(0, 0, 1, List.of());

    public AddressLimits {
        require("connections-per-address", connections, 0, 1_000_000);
        require("handshakes-per-second", handshakesPerSecond, 0, 100_000);
        require("handshake-burst", handshakeBurst, 1, 100_000);
        unlimited = List.copyOf(unlimited);
    }

    private static void require(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " must be " + least + " to " + most + ", was " + value);
        }
    }
}
