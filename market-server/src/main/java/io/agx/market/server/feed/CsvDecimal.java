package io.agx.market.server.feed;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;

/**
 * Reads a plain, unsigned decimal from bytes without making a text of it: {@code 800.010000} becomes 80001 with 2
 * decimals. Mutable and reused, one per column; owned by the reader's thread.
 */
final class CsvDecimal {
    private long mantissa;
    private int decimals;

    /** @throws IllegalArgumentException if the bytes are no plain decimal or do not fit; the message says which */
    void parse(byte[] bytes, int from, int to) {
        long value = 0;
        int fraction = 0;
        int zeros = 0;
        int point = -1;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                if (bytes[i] != '.' || point >= 0 || i == from || i == to - 1) {
                    throw malformed();
                }
                point = i;
            } else if (point < 0) {
                value = append(value, digit);
            } else if (digit == 0) {
                zeros++;
            } else {
                for (fraction += zeros + 1; zeros > 0; zeros--) {
                    value = append(value, 0);
                }
                value = append(value, digit);
            }
        }
        if (from == to) {
            throw malformed();
        }
        if (fraction > Instrument.MAX_SCALE) {
            throw new IllegalArgumentException("must have at most " + Instrument.MAX_SCALE + " decimals");
        }
        mantissa = value;
        decimals = fraction;
    }

    /** Decimals of the last value without its trailing zeros, 0 to 18. */
    int decimals() {
        return decimals;
    }

    /**
     * The last value × 10^scale.
     *
     * @throws IllegalArgumentException if it has more decimals than {@code scale} or does not fit a {@code long}
     */
    long units(int scale) {
        if (decimals > scale) {
            throw new IllegalArgumentException("must have at most " + scale + " decimals");
        }
        long power = FixedPoint.powerOfTen(scale - decimals);
        if (mantissa > Long.MAX_VALUE / power) {
            throw new IllegalArgumentException("is too large for " + scale + " decimals");
        }
        return mantissa * power;
    }

    private static long append(long value, int digit) {
        if (value > (Long.MAX_VALUE - digit) / 10) {
            throw new IllegalArgumentException("is too large");
        }
        return value * 10 + digit;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("must be a plain decimal such as 800.01");
    }
}
