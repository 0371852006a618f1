package io.agx.market.server.store;

/** Trades of one instrument: [fromSeq, toSeq], both inclusive. Immutable. */
public record SeqRange(long fromSeq, long toSeq) {
    /** Whatever there is. */
    public static final SeqRange ALL = new SeqRange(1, Long.MAX_VALUE);
}
