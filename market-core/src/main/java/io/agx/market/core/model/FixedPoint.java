package io.agx.market.core.model;

import java.math.BigInteger;

/**
 * Exact decimals as scaled integers: parsing and printing without {@code double}. Pure functions.
 *
 * <p>A decimal with scale {@code s} is the integer {@code value × 10^s}. Printing drops trailing zeros and never uses
 * an exponent, so that one value has one text: {@code "800.01"}, {@code "0.1"}, {@code "3"}.
 */
public final class FixedPoint {
    /** Longest decimal text accepted: sign, 19 digits, point, 18 decimals and some zeros. */
    public static final int MAX_TEXT_LENGTH = 64;

    private static final long[] POWERS_OF_TEN = powersOfTen();

    private FixedPoint() {}

    /**
     * Reads a plain decimal such as {@code "800.010000"}.
     *
     * @param text optional minus sign, digits, optional point and digits; no exponent, no plus sign, no spaces
     * @param scale decimals of the result, 0 to 18
     * @return the value × 10^scale
     * @throws NumberFormatException if the text is no plain decimal, has more non-zero decimals than {@code scale}, or
     *     does not fit a {@code long}; the message names the text
     */
    public static long parse(CharSequence text, int scale) {
        int length = text.length();
        if (length == 0 || length > MAX_TEXT_LENGTH) {
            throw malformed(text);
        }
        boolean negative = text.charAt(0) == '-';
        int at = negative ? 1 : 0;
        long value = 0;
        int digits = 0;
        int decimals = -1;
        for (; at < length; at++) {
            char c = text.charAt(at);
            if (c == '.') {
                if (decimals >= 0 || digits == 0) {
                    throw malformed(text);
                }
                decimals = 0;
                continue;
            }
            if (c < '0' || c > '9') {
                throw malformed(text);
            }
            digits++;
            if (decimals >= 0) {
                if (decimals == scale) {
                    if (c != '0') {
                        throw new NumberFormatException(
                                "\"" + Texts.clip(text.toString()) + "\" has more than " + scale + " decimals");
                    }
                    continue;
                }
                decimals++;
            }
            value = appendDigit(value, c - '0', text);
        }
        if (digits == 0 || text.charAt(length - 1) == '.') {
            throw malformed(text);
        }
        for (int missing = scale - Math.max(decimals, 0); missing > 0; missing--) {
            value = appendDigit(value, 0, text);
        }
        return negative ? -value : value;
    }

    /** Prints a scaled integer, without trailing zeros. */
    public static String format(long units, int scale) {
        StringBuilder text = new StringBuilder(24);
        append(text, units, scale);
        return text.toString();
    }

    /** Appends what {@link #format(long, int)} returns. */
    public static void append(StringBuilder text, long units, int scale) {
        if (scale < 0 || scale > Instrument.MAX_SCALE || units == Long.MIN_VALUE) {
            append(text, BigInteger.valueOf(units), scale);
            return;
        }
        if (units < 0) {
            text.append('-');
        }
        long absolute = Math.abs(units);
        long power = POWERS_OF_TEN[scale];
        text.append(absolute / power);
        appendFraction(text, absolute % power, scale);
    }

    /** Prints a 128-bit scaled integer, without trailing zeros. */
    public static String format(BigInteger units, int scale) {
        StringBuilder text = new StringBuilder(40);
        append(text, units, scale);
        return text.toString();
    }

    /** 10^exponent, for an exponent from 0 to 18. */
    public static long powerOfTen(int exponent) {
        return POWERS_OF_TEN[exponent];
    }

    private static void append(StringBuilder text, BigInteger units, int scale) {
        if (units.signum() < 0) {
            text.append('-');
        }
        String digits = units.abs().toString();
        int point = digits.length() - scale;
        if (point <= 0) {
            digits = "0".repeat(1 - point) + digits;
            point = 1;
        }
        text.append(digits, 0, point);
        int end = digits.length();
        while (end > point && digits.charAt(end - 1) == '0') {
            end--;
        }
        if (end > point) {
            text.append('.').append(digits, point, end);
        }
    }

    private static void appendFraction(StringBuilder text, long fraction, int scale) {
        if (fraction == 0) {
            return;
        }
        text.append('.');
        int width = scale;
        long rest = fraction;
        while (rest % 10 == 0) {
            rest /= 10;
            width--;
        }
        for (int i = width - 1; i > 0 && rest < POWERS_OF_TEN[i]; i--) {
            text.append('0');
        }
        text.append(rest);
    }

    private static long appendDigit(long value, int digit, CharSequence text) {
        if (value > (Long.MAX_VALUE - digit) / 10) {
            throw new NumberFormatException("\"" + Texts.clip(text.toString()) + "\" is too large");
        }
        return value * 10 + digit;
    }

    private static NumberFormatException malformed(CharSequence text) {
        return new NumberFormatException("\"" + Texts.clip(text.toString()) + "\" is not a plain decimal");
    }

    private static long[] powersOfTen() {
        long[] powers = new long[Instrument.MAX_SCALE + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }
}
