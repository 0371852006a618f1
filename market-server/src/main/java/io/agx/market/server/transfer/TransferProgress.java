package io.agx.market.server.transfer;

/** Told of how far a transfer is, every few thousand rows, on the thread that does it. */
@FunctionalInterface
public interface TransferProgress {
    /**
     * @param tradeCount trades so far
     * @param rowCount trades, candles and messages so far
     * @param totalCount of rows that there are
     */
    void at(long tradeCount, long rowCount, long totalCount);
}
