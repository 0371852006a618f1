package io.agx.market.server.store;

import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.TradeLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes out what a commit whose end is not known may have left, for it to be copied from the log again. */
public final class HalfWritten {
    private static final Logger LOG = LoggerFactory.getLogger(HalfWritten.class);

    private HalfWritten() {}

    /**
     * Does so if there is such a commit. Called by the one who writes the store, before it writes.
     *
     * @throws IOException if the log cannot be read
     * @throws StoreException if the database fails
     */
    public static void undo(TradeLog log, MarketStore store) throws IOException {
        Optional<PendingBatch> pending = store.pending();
        if (pending.isEmpty()) {
            return;
        }
        Map<Integer, List<Trade>> trades = new HashMap<>();
        List<LogEntry.OfInbox> inbox = new ArrayList<>();
        try (LogReader reader = log.reader(Math.max(pending.get().fromPosition(), log.startPosition()))) {
            LogEntry entry;
            while ((entry = reader.next()) != null
                    && reader.position() <= pending.get().toPosition()) {
                if (entry instanceof LogEntry.TradeAccepted accepted) {
                    trades.computeIfAbsent(accepted.instrumentId(), id -> new ArrayList<>())
                            .add(accepted.trade());
                } else if (entry instanceof LogEntry.OfInbox ofInbox) {
                    inbox.add(ofInbox);
                }
            }
        }
        store.undo(pending.get(), trades, inbox);
        LOG.info(
                "store was being written when the process or the database ended; taken out, to be copied again: trades={}",
                trades.values().stream().mapToInt(List::size).sum());
    }
}
