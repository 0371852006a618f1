package io.agx.market.server.journal;

/** Who looks at the entries of a log that is read. */
@FunctionalInterface
public interface EntryVisitor {
    /** @param endPosition the log's position just after the entry */
    void onEntry(LogEntry entry, long endPosition);
}
