package io.agx.market.server.handshake;

import io.agx.market.core.model.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Addresses that begin with the same bits. Immutable.
 *
 * @param first its first address
 * @param prefixBits how many bits are the same: 0 to 32, or to 128
 */
public record IpRange(IpAddress first, int prefixBits) {
    /** This machine: what does not come over a network. */
    public static final String LOOPBACK = "127.0.0.0/8,::1";

    /**
     * Reads a list, its elements separated by commas: {@code 10.0.0.0/8,2001:db8::/32,192.0.2.7}.
     *
     * @param field named in the message of a failure
     * @throws IllegalArgumentException if an element is none
     */
    public static List<IpRange> parseAll(String field, String list) {
        List<IpRange> ranges = new ArrayList<>();
        for (String each : list.split(",", -1)) {
            if (!each.isBlank()) {
                ranges.add(parse(each.strip())
                        .orElseThrow(() -> new IllegalArgumentException(field
                                + " must be addresses or ranges such as 10.0.0.0/8, separated by commas, was \""
                                + Texts.clip(each) + "\"")));
            }
        }
        return List.copyOf(ranges);
    }

    private static Optional<IpRange> parse(String text) {
        int slash = text.indexOf('/');
        Optional<IpAddress> first = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (first.isEmpty() || slash < 0) {
            return first.map(address -> new IpRange(address, address.bits()));
        }
        String bits = text.substring(slash + 1);
        if (!bits.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int prefixBits = Integer.parseInt(bits);
        return prefixBits > first.get().bits() ? Optional.empty() : Optional.of(new IpRange(first.get(), prefixBits));
    }

    /** Whether an address is in one of these. */
    static boolean anyContains(List<IpRange> ranges, IpAddress address) {
        for (IpRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    boolean contains(IpAddress address) {
        if (address.isV4() != first.isV4()) {
            return false;
        }
        if (first.isV4()) {
            return sameBits(address.low() << 32, first.low() << 32, prefixBits);
        }
        return sameBits(address.high(), first.high(), Math.min(prefixBits, Long.SIZE))
                && sameBits(address.low(), first.low(), Math.max(0, prefixBits - Long.SIZE));
    }

    private static boolean sameBits(long a, long b, int bits) {
        return bits == 0 || (a ^ b) >>> (Long.SIZE - bits) == 0;
    }
}
