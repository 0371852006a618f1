package io.agx.market.server.journal;

/** Trade ids that are numbers, which most are: 8 bytes instead of a string. Pure functions. */
public final class TradeIds {
    private TradeIds() {}

    /**
     * The id as a number, if printing that number gives the id again: 1 to 2^63 − 1, without sign and leading zeros.
     *
     * @return 0 if it is not
     */
    public static long number(String id) {
        int length = id.length();
        if (length == 0 || length > 19 || id.charAt(0) == '0') {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = id.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            value = value * 10 + digit;
        }
        // 19 digits are below 10^19 < 2^64: an overflow shows as a negative number.
        return Math.max(value, 0);
    }
}
