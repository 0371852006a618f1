package io.agx.market.server.journal;

/**
 * The journal's bounds. Immutable.
 *
 * @param maxInFlightTrades trades taken on and not yet durable; more are pushed back
 * @param maxInFlightBatches lists of trades and definitions taken on and not yet durable; more are pushed back
 * @param maxGroupTrades a group that has this many takes no further list; lists are never split
 * @param duplicateSegments segments whose trade ids the index holds
 * @param duplicateBytes about how much memory the index may take before it forgets the oldest segment's ids
 */
public record JournalConfig(
        int maxInFlightTrades, int maxInFlightBatches, int maxGroupTrades, int duplicateSegments, long duplicateBytes) {

    /** 65,536 trades are 0.6 s at 100,000 a second and 10 MB; 8,192 are one force of 230 KB; 8 segments are 19 million trades. */
    public static final JournalConfig DEFAULT = new JournalConfig(65_536, 8_192, 8_192, 8, 256L << 20);

    public JournalConfig {
        requirePositive("maxInFlightTrades", maxInFlightTrades);
        requirePositive("maxInFlightBatches", maxInFlightBatches);
        requirePositive("maxGroupTrades", maxGroupTrades);
        requirePositive("duplicateSegments", duplicateSegments);
        requirePositive("duplicateBytes", duplicateBytes);
    }

    private static void requirePositive(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be 1 or higher, was " + value);
        }
    }
}
