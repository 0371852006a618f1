package io.agx.market.server.store;

import io.agx.market.core.model.Kline;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Merges candle deltas into the kline table, as a database does it best. Owned by the thread that commits. */
interface KlineMerge {
    /** Merges deltas, by instrument id; each bucket at most once. */
    void merge(Handle handle, Map<Integer, List<Kline>> deltas) throws SQLException;

    /** Forgets what is remembered of the stored candles: a transaction failed, or they were changed by another way. */
    void forget();
}
