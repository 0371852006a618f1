package io.agx.market.core.model;

import java.math.BigInteger;

/**
 * A signed 128-bit integer: the value of a sum of products that a {@code long} cannot hold. Immutable.
 *
 * <p>A price of 10^5 at scale 8 times a quantity of 10^4 at scale 8 is already 10^25, and a day's volume of 10^15 units
 * at scale 18 is 10^33; 2^127 is 1.7 × 10^38.
 *
 * @param high the upper 64 bits, with the sign
 * @param low the lower 64 bits, unsigned
 */
public record Sum128(long high, long low) implements Comparable<Sum128> {
    public static final Sum128 ZERO = new Sum128(0, 0);

    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    public static Sum128 of(long value) {
        return new Sum128(value >> 63, value);
    }

    /** The exact product of two {@code long}s. */
    public static Sum128 product(long a, long b) {
        return new Sum128(Math.multiplyHigh(a, b), a * b);
    }

    /**
     * The same value in 128 bits.
     *
     * @throws ArithmeticException if the value needs more than 128 bits
     */
    public static Sum128 of(BigInteger value) {
        if (value.bitLength() > 127) {
            throw new ArithmeticException("sum of " + value.bitLength() + " bits does not fit 128");
        }
        return new Sum128(value.shiftRight(64).longValue(), value.longValue());
    }

    /**
     * The exact sum.
     *
     * @throws ArithmeticException if the sum needs more than 128 bits
     */
    public Sum128 plus(Sum128 other) {
        long sumLow = low + other.low;
        return new Sum128(addHigh(high, other.high, carry(low, other.low, sumLow)), sumLow);
    }

    /** The carry, 0 or 1, of the unsigned addition {@code a + b = sum}. */
    public static long carry(long a, long b, long sum) {
        return ((a & b) | ((a | b) & ~sum)) >>> 63;
    }

    /**
     * The upper half of a sum, with the carry of the lower half.
     *
     * @throws ArithmeticException if the sum needs more than 128 bits
     */
    public static long addHigh(long a, long b, long carry) {
        long sum = a + b + carry;
        if (((a ^ sum) & (b ^ sum)) < 0) {
            throw new ArithmeticException("sum does not fit 128 bits");
        }
        return sum;
    }

    public boolean isZero() {
        return (high | low) == 0;
    }

    public BigInteger toBigInteger() {
        if (high == low >> 63) {
            return BigInteger.valueOf(low);
        }
        BigInteger lower = BigInteger.valueOf(low);
        return BigInteger.valueOf(high).shiftLeft(64).add(low < 0 ? lower.add(TWO_TO_64) : lower);
    }

    /** The decimal text at a scale, exact and without trailing zeros. */
    public String format(int scale) {
        if (high == low >> 63 && scale <= Instrument.MAX_SCALE) {
            return FixedPoint.format(low, scale);
        }
        return FixedPoint.format(toBigInteger(), scale);
    }

    @Override
    public int compareTo(Sum128 other) {
        int byHigh = Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return toBigInteger().toString();
    }
}
