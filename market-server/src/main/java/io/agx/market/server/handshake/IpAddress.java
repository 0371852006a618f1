package io.agx.market.server.handshake;

import java.util.Optional;

/**
 * An address of IPv4 or IPv6, read from its text without asking any name service. An IPv4 address in IPv6 ({@code ::ffff:192.0.2.1}) is the
 * IPv4 address. Immutable.
 *
 * @param isV4 whether the low 32 bits are an IPv4 address
 * @param high the first 64 bits; 0 for IPv4
 * @param low the last 64 bits
 */
public record IpAddress(boolean isV4, long high, long low) {
    private static final int GROUPS = 8;
    private static final long MAPPED_V4 = 0xffff;
    /** Longer than any: 39 characters, or 45 with an IPv4 address at its end, and a zone. */
    private static final int MAX_LENGTH = 64;

    /** Reads one, with or without brackets, without a port; a zone ({@code %eth0}) is passed over. Nothing if it is none. */
    public static Optional<IpAddress> parse(String text) {
        String bare = text.strip();
        if (bare.length() > 2 && bare.startsWith("[") && bare.endsWith("]")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        if (bare.isEmpty() || bare.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        if (bare.indexOf(':') < 0) {
            long v4 = v4(bare);
            return v4 < 0 ? Optional.empty() : Optional.of(new IpAddress(true, 0, v4));
        }
        int zone = bare.indexOf('%');
        return v6(zone < 0 ? bare : bare.substring(0, zone));
    }

    /** What counts as one peer: an IPv4 address, or the 64 bits of IPv6 that one subscriber of a provider has to himself. */
    IpAddress network() {
        return isV4 ? this : new IpAddress(false, high, 0);
    }

    /** Length of an address in bits. */
    int bits() {
        return isV4 ? Integer.SIZE : 2 * Long.SIZE;
    }

    private static long v4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return -1;
        }
        long value = 0;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
                return -1;
            }
            int number = 0;
            for (int i = 0; i < part.length(); i++) {
                int digit = part.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            if (number > 255) {
                return -1;
            }
            value = value << 8 | number;
        }
        return value;
    }

    private static Optional<IpAddress> v6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        int[] groups = new int[GROUPS];
        int[] tail = new int[GROUPS];
        int before = gap < 0 ? groups(text, groups, true) : groups(text.substring(0, gap), groups, false);
        int after = gap < 0 ? 0 : groups(text.substring(gap + 2), tail, true);
        if (before < 0 || after < 0 || (gap < 0 ? before != GROUPS : before + after >= GROUPS)) {
            return Optional.empty();
        }
        System.arraycopy(tail, 0, groups, GROUPS - after, after);
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            high = high << 16 | groups[i];
            low = low << 16 | groups[GROUPS / 2 + i];
        }
        boolean mapped = high == 0 && low >>> 32 == MAPPED_V4;
        return Optional.of(mapped ? new IpAddress(true, 0, low & 0xffff_ffffL) : new IpAddress(false, high, low));
    }

    /** Reads groups, the last of which may be an IPv4 address if it ends the whole; returns how many, or -1. */
    private static int groups(String text, int[] groups, boolean toTheEnd) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean isV4 = toTheEnd && i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            if (count + (isV4 ? 2 : 1) > GROUPS) {
                return -1;
            }
            if (isV4) {
                long v4 = v4(parts[i]);
                if (v4 < 0) {
                    return -1;
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) (v4 & 0xffff);
            } else {
                int group = group(parts[i]);
                if (group < 0) {
                    return -1;
                }
                groups[count++] = group;
            }
        }
        return count;
    }

    private static int group(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) > 'f' ? -1 : Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
