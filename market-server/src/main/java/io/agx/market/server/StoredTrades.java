package io.agx.market.server;

import io.agx.market.server.journal.OlderTrades;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreException;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Tells from the store of trades that the journal has forgotten, once the store has them: one that is behind the log cannot say no.
 * Thread-safe.
 *
 * @param storedPosition log position up to which the store has everything
 */
record StoredTrades(MarketStore store, LongSupplier storedPosition) implements OlderTrades {
    @Override
    public boolean contains(int instrumentId, String tradeId, long toPosition) throws IOException {
        long stored = storedPosition.getAsLong(); // Before the query: what it has by then the query finds.
        if (stored < toPosition) {
            throw new IOException("the database has the log up to " + stored
                    + " only, and the trade may be anywhere before " + toPosition);
        }
        try {
            return store.containsTrade(instrumentId, tradeId);
        } catch (StoreException e) {
            throw new IOException("the store cannot be asked for older trades", e);
        }
    }
}
