package io.agx.market.core.state;

/**
 * The bounds of one instrument's live state. Immutable.
 *
 * @param klinesKept traded candles kept per series, 1 or higher; the oldest go first
 * @param tradesKept trades kept, 1 or higher; the oldest go first
 * @param graceMillis how long after its end a candle stays open for trades on their way, 0 or higher
 */
public record StateLimits(int klinesKept, int tradesKept, long graceMillis) {
    /** 1,500 candles (the longest history one request returns), 1,000 trades, 2 seconds. */
    public static final StateLimits DEFAULT = new StateLimits(1_500, 1_000, 2_000);

    /** Most series at other UTC offsets than 0 per instrument: bounds what subscribers can make the engine keep. */
    public static final int MAX_OFFSET_SERIES = 64;

    /** @throws IllegalArgumentException if a value is out of its range; the message names field, range and value */
    public StateLimits {
        requireAtLeast("klinesKept", klinesKept, 1);
        requireAtLeast("tradesKept", tradesKept, 1);
        requireAtLeast("graceMillis", graceMillis, 0);
    }

    private static void requireAtLeast(String field, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(field + " must be " + least + " or higher, was " + value);
        }
    }
}
