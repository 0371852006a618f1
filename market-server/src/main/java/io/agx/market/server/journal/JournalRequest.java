package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What others ask of the journal's thread. Each is answered exactly once. */
sealed interface JournalRequest {
    CompletableFuture<?> answer();

    /** What it counts against the bound of trades in flight. */
    default int tradeCount() {
        return 0;
    }

    default void fail(LogUnavailableException cause) {
        answer().completeExceptionally(cause);
    }

    record Trades(List<NewTrade> trades, CompletableFuture<List<TradeResult>> answer) implements JournalRequest {
        @Override
        public int tradeCount() {
            return trades.size();
        }
    }

    record Definition(Instrument instrument, CompletableFuture<Void> answer) implements JournalRequest {}

    /** Entries of inboxes, numbered by their owner: all are kept, or none. Answered with the position after their group. */
    record InboxEntries(List<LogEntry.OfInbox> entries, CompletableFuture<Long> answer) implements JournalRequest {
        @Override
        public int tradeCount() {
            return entries.size();
        }
    }

    record Drop(long position, long retainBytes, CompletableFuture<Void> answer) implements JournalRequest {}
}
