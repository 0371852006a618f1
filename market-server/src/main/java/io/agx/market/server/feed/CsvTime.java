package io.agx.market.server.feed;

/**
 * Reads a time stamp from bytes: seconds (10 digits, with or without decimals), milliseconds (13) or microseconds (16),
 * told apart by their digits before the point. Mutable and reused; owned by the reader's thread.
 */
final class CsvTime {
    private static final int SECOND_DIGITS = 10;
    private static final int MILLI_DIGITS = 13;
    private static final int MICRO_DIGITS = 16;

    private long millis;
    private boolean wholeSecond;

    /** @throws IllegalArgumentException if the bytes have none of the forms */
    void parse(byte[] bytes, int from, int to) {
        int point = from;
        while (point < to && bytes[point] != '.') {
            point++;
        }
        int digits = point - from;
        boolean fraction = point < to;
        boolean known = digits == SECOND_DIGITS || (!fraction && (digits == MILLI_DIGITS || digits == MICRO_DIGITS));
        if (!known || point == to - 1) {
            throw malformed();
        }
        long value = digits(bytes, from, point, digits);
        wholeSecond = false;
        if (digits == MICRO_DIGITS) {
            millis = value / 1000;
        } else if (digits == MILLI_DIGITS) {
            millis = value;
        } else {
            int places = Math.min(Math.max(to - point - 1, 0), 3);
            long thousandths = places == 0 ? 0 : digits(bytes, point + 1, point + 1 + places, 3);
            if (point + 1 + places < to) {
                digits(bytes, point + 1 + places, to, 0);
            }
            millis = value * 1000 + thousandths;
            wholeSecond = thousandths == 0;
        }
    }

    /** Epoch milliseconds UTC of the last time; finer decimals are cut off. */
    long millis() {
        return millis;
    }

    /** Whether the last time was given in seconds and had no fraction that counts. */
    boolean wholeSecond() {
        return wholeSecond;
    }

    /** The digits as a number, as if there were {@code width} of them; a width of 0 only checks them. */
    private static long digits(byte[] bytes, int from, int to, int width) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                throw malformed();
            }
            value = width == 0 ? 0 : value * 10 + digit;
        }
        for (int i = to - from; i < width; i++) {
            value *= 10;
        }
        return value;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "must be epoch seconds (10 digits, decimals allowed), milliseconds (13) or microseconds (16)");
    }
}
