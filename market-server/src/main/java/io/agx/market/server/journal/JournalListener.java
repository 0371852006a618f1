package io.agx.market.server.journal;

import java.util.List;

/** The arrow from the journal to those who live on the log: the engine and the store. */
@FunctionalInterface
public interface JournalListener {
    /**
     * Called on the journal's thread, in log order, after the entries are durable. It may wait for room in the listener's
     * own bounded queue (that is how a slow engine pushes back on ingest), but does no work of its own.
     *
     * @param entries durable entries, at least one; an unmodifiable list that the listener may keep
     * @param endPosition the log position just after the last of them
     */
    void onDurable(List<LogEntry> entries, long endPosition);
}
