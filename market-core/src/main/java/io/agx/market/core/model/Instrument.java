package io.agx.market.core.model;

/**
 * What is traded, and in which units its numbers are counted. Immutable.
 *
 * <p>A price {@code p} on the wire is the integer {@code p × 10^priceScale} inside, a quantity {@code q} is
 * {@code q × 10^quantityScale}, and an amount of quote asset (price × quantity) has scale
 * {@code priceScale + quantityScale}.
 *
 * @param id number of the instrument in this installation, 1 or higher; used in the trade log and the store
 * @param symbol the name, unique
 * @param baseAsset what the quantity counts, such as {@code BTC}
 * @param quoteAsset what the price counts, such as {@code USDT}
 * @param priceScale decimals of a price, 0 to 18
 * @param quantityScale decimals of a quantity, 0 to 18
 * @param tickSize smallest price step in price units, 1 or higher; every price is a multiple of it
 * @param stepSize smallest quantity step in quantity units, 1 or higher; every quantity is a multiple of it
 * @param status whether trades are accepted
 */
public record Instrument(
        int id,
        Symbol symbol,
        String baseAsset,
        String quoteAsset,
        int priceScale,
        int quantityScale,
        long tickSize,
        long stepSize,
        InstrumentStatus status) {

    /** Most decimals of a price or a quantity: the most that a {@code long} can hold below 10. */
    public static final int MAX_SCALE = 18;

    /** Longest asset name, in characters. */
    public static final int MAX_ASSET_LENGTH = 16;

    /** @throws IllegalArgumentException if a value is out of its range; the message names field, range and value */
    public Instrument {
        if (id < 1) {
            throw new IllegalArgumentException("id must be 1 or higher, was " + id);
        }
        requireAsset("baseAsset", baseAsset);
        requireAsset("quoteAsset", quoteAsset);
        requireScale("priceScale", priceScale);
        requireScale("quantityScale", quantityScale);
        requirePositive("tickSize", tickSize);
        requirePositive("stepSize", stepSize);
    }

    /** Decimals of an amount in quote asset: price × quantity. */
    public int quoteScale() {
        return priceScale + quantityScale;
    }

    private static void requireAsset(String field, String value) {
        boolean valid = !value.isEmpty() && value.length() <= MAX_ASSET_LENGTH;
        for (int i = 0; valid && i < value.length(); i++) {
            char c = value.charAt(i);
            valid = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        }
        if (!valid) {
            throw new IllegalArgumentException(field + " must be 1 to " + MAX_ASSET_LENGTH
                    + " characters of A-Z 0-9, was \"" + Texts.clip(value) + "\"");
        }
    }

    private static void requireScale(String field, int value) {
        if (value < 0 || value > MAX_SCALE) {
            throw new IllegalArgumentException(field + " must be 0 to " + MAX_SCALE + ", was " + value);
        }
    }

    private static void requirePositive(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be 1 or higher, was " + value);
        }
    }
}
