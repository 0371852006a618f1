package io.agx.market.server.feed;

/** What became of one offered trade. */
public sealed interface TradeResult {
    /** Durable, with its place in the instrument's history. */
    record Accepted(long seq) implements TradeResult {}

    /** A trade with this instrument and id is already in the log; nothing was added. */
    record Duplicate() implements TradeResult {}

    /**
     * Not valid; nothing was added.
     *
     * @param code stable name of the rule, such as {@code price_off_tick}
     * @param message says the field, the limit and the value
     */
    record Rejected(String code, String message) implements TradeResult {}
}
