package io.agx.market.core.model;

/** Who took liquidity in a trade. The code is the value in the trade log and must never change. */
public enum Side {
    /** Not told by the source; counts to no taker volume. */
    UNKNOWN(0),
    /** The buyer took: counts to {@code takerBuyVolume}. */
    BUY(1),
    /** The seller took. */
    SELL(2);

    private final int code;

    Side(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /**
     * The side with a code.
     *
     * @throws IllegalArgumentException if the code is none of the above
     */
    public static Side ofCode(int code) {
        return switch (code) {
            case 0 -> UNKNOWN;
            case 1 -> BUY;
            case 2 -> SELL;
            default -> throw new IllegalArgumentException("side code must be 0, 1 or 2, was " + code);
        };
    }
}
