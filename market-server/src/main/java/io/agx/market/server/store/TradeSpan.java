package io.agx.market.server.store;

import io.agx.market.core.model.Trade;

/** Which trades of an instrument a partition has: all bounds inclusive. Immutable. */
record TradeSpan(long partitionStart, long firstSeq, long lastSeq, long firstMillis, long lastMillis, long tradeCount) {
    static TradeSpan of(TradePartition partition, Trade trade) {
        return new TradeSpan(
                partition.startMillis(), trade.seq(), trade.seq(), trade.timeMillis(), trade.timeMillis(), 1);
    }

    TradeSpan plus(TradeSpan other) {
        return new TradeSpan(
                partitionStart,
                Math.min(firstSeq, other.firstSeq),
                Math.max(lastSeq, other.lastSeq),
                Math.min(firstMillis, other.firstMillis),
                Math.max(lastMillis, other.lastMillis),
                tradeCount + other.tradeCount);
    }
}
