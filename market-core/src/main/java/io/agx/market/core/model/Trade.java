package io.agx.market.core.model;

/**
 * One accepted trade. Immutable.
 *
 * @param seq position in its instrument's history: 1, 2, 3 … without holes, given when it is journaled
 * @param id the source's own id, 1 to 36 characters, unique per instrument
 * @param price in units of 10^-priceScale, 1 or higher
 * @param quantity in units of 10^-quantityScale, 1 or higher
 * @param takerSide who took liquidity
 * @param timeMillis when it happened, epoch milliseconds UTC, by the source's clock
 * @param backfill whether it was fed in as history rather than as it happened
 */
public record Trade(long seq, String id, long price, long quantity, Side takerSide, long timeMillis, boolean backfill) {

    /** Longest trade id, in characters (room for a UUID). */
    public static final int MAX_ID_LENGTH = 36;

    /** Earliest trade time accepted anywhere: 1970-01-01T00:00:00Z. */
    public static final long MIN_TIME_MILLIS = 0;

    /** Latest trade time accepted anywhere: 9999-12-31T23:59:59.999Z, so that every bucket has a readable date. */
    public static final long MAX_TIME_MILLIS = 253_402_300_799_999L;
}
