package io.agx.market.server.feed;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * How many seconds of event time pass in one second of a replay. Immutable.
 *
 * @param factor 0.001 to 1,000,000, or infinite for {@link #MAX}
 */
public record ReplaySpeed(double factor) {
    /** As fast as the trades are taken. */
    public static final ReplaySpeed MAX = new ReplaySpeed(Double.POSITIVE_INFINITY);

    private static final double LOWEST = 0.001;
    private static final double HIGHEST = 1_000_000;

    /** @throws IllegalArgumentException if the factor is out of its range */
    public ReplaySpeed {
        if (!(factor >= LOWEST && factor <= HIGHEST) && factor != Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("speed must be 0.001 to 1000000 or max, was " + factor);
        }
    }

    /**
     * Reads {@code max} or a number such as {@code 1}, {@code 0.5}, {@code 1000} or {@code 1000x}.
     *
     * @throws IllegalArgumentException if it is neither; the message names the text
     */
    public static ReplaySpeed parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals("max")) {
            return MAX;
        }
        String number = lower.endsWith("x") ? lower.substring(0, lower.length() - 1) : lower;
        double factor;
        try {
            factor = new BigDecimal(number).doubleValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(refused(text), e);
        }
        if (Double.isInfinite(factor)) {
            throw new IllegalArgumentException(refused(text)); // 1e400 is a number, and not what max is.
        }
        return new ReplaySpeed(factor);
    }

    private static String refused(String text) {
        return "speed must be 0.001 to 1000000 or max, was \"" + text + "\"";
    }

    public boolean isMax() {
        return Double.isInfinite(factor);
    }

    /** {@code 1000x} or {@code max speed}. */
    @Override
    public String toString() {
        return isMax()
                ? "max speed"
                : BigDecimal.valueOf(factor).stripTrailingZeros().toPlainString() + "x";
    }
}
