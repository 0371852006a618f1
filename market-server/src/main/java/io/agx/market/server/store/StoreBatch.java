package io.agx.market.server.store;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry;
import java.util.List;
import java.util.Map;

/**
 * What a stretch of the log adds to the store. Immutable.
 *
 * @param instruments definitions in it, in log order
 * @param trades its trades in log order, by instrument id
 * @param klines its candles as deltas, by instrument id: each covers the stretch's trades of one bucket, to be merged into
 *     what is stored
 * @param inbox what happened in inboxes, in log order
 * @param endPosition the log position after it
 */
public record StoreBatch(
        List<Instrument> instruments,
        Map<Integer, List<Trade>> trades,
        Map<Integer, List<Kline>> klines,
        List<LogEntry.OfInbox> inbox,
        long endPosition) {
    /** Without inboxes. */
    public StoreBatch(
            List<Instrument> instruments,
            Map<Integer, List<Trade>> trades,
            Map<Integer, List<Kline>> klines,
            long endPosition) {
        this(instruments, trades, klines, List.of(), endPosition);
    }
}
