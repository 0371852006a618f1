package io.agx.market.core.model;

/** What made a revision of a candle. */
public enum KlineCause {
    /** A trade in a candle that is still open. */
    TRADE("trade"),
    /** The clock closed it. */
    CLOCK("clock"),
    /** A trade that came after the close. */
    LATE("late"),
    /** A trade that was fed in as history, after the close. */
    BACKFILL("backfill");

    private final String code;

    KlineCause(String code) {
        this.code = code;
    }

    /** The name on the wire. */
    public String code() {
        return code;
    }
}
