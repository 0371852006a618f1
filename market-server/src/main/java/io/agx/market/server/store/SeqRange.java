package io.agx.market.server.store;

/** Trades of one instrument: [fromSeq, toSeq], both inclusive. Immutable. */
public record SeqRange(long fromSeq, long toSeq) {}
