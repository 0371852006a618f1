package io.agx.market.server.journal;

/**
 * What the journal did since it was opened. An immutable snapshot.
 *
 * @param groups groups made durable
 * @param trades trades made durable
 * @param duplicates trades that were in the log already
 * @param bytes bytes written, without segment headers
 * @param forceNanosMax longest write and force of a group
 * @param forceNanosTotal time in write and force of all groups
 * @param failedGroups groups of which nothing was kept
 * @param failedTrades trades of these groups
 * @param inFlight trades taken on and not yet answered
 */
public record JournalStats(
        long groups,
        long trades,
        long duplicates,
        long bytes,
        long forceNanosMax,
        long forceNanosTotal,
        long failedGroups,
        long failedTrades,
        long inFlight) {

    static final JournalStats NONE = new JournalStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

    JournalStats withGroup(long moreTrades, long moreBytes, long forceNanos) {
        return new JournalStats(
                groups + 1,
                trades + moreTrades,
                duplicates,
                bytes + moreBytes,
                Math.max(forceNanosMax, forceNanos),
                forceNanosTotal + forceNanos,
                failedGroups,
                failedTrades,
                inFlight);
    }

    JournalStats withDuplicates(long more) {
        return new JournalStats(
                groups,
                trades,
                duplicates + more,
                bytes,
                forceNanosMax,
                forceNanosTotal,
                failedGroups,
                failedTrades,
                inFlight);
    }

    JournalStats withFailedGroup(long moreTrades) {
        return new JournalStats(
                groups,
                trades,
                duplicates,
                bytes,
                forceNanosMax,
                forceNanosTotal,
                failedGroups + 1,
                failedTrades + moreTrades,
                inFlight);
    }

    JournalStats withInFlight(long count) {
        return new JournalStats(
                groups, trades, duplicates, bytes, forceNanosMax, forceNanosTotal, failedGroups, failedTrades, count);
    }
}
