package io.agx.market.server.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What a database is and has, for operators. Immutable.
 *
 * @param location where it is
 * @param databaseVersion what it is, with its version
 * @param schemaVersion of the database; nothing if it is empty
 * @param newestVersion of the schema that this program brings
 * @param pendingCount scripts that are still to be run
 * @param sizeBytes on disk
 * @param content nothing if the schema is of another version than this program's
 */
public record StoreInfo(
        String location,
        String databaseVersion,
        Optional<String> schemaVersion,
        String newestVersion,
        int pendingCount,
        long sizeBytes,
        Optional<Content> content) {

    /**
     * What is stored.
     *
     * @param epoch of the log that it is the copy of; nothing if it is of none yet
     * @param storedPosition in the log, up to which everything is here
     * @param writtenTimeMillis when that was written; 0 for never
     * @param keptTimeMillis older trades are not kept; 0 if all are
     * @param klineBytes of the candles; 0 where it is not known
     * @param partitions of the trades, oldest first; none where they are in one table
     */
    public record Content(
            Optional<String> epoch,
            long storedPosition,
            long writtenTimeMillis,
            long instrumentCount,
            long tradeCount,
            long messageCount,
            long keptTimeMillis,
            long klineBytes,
            List<Partition> partitions) {
        static Content read(
                Handle handle, long tradeCount, long keptTimeMillis, long klineBytes, List<Partition> partitions) {
            return new Content(
                    handle.createQuery("SELECT epoch FROM log_identity")
                            .mapTo(String.class)
                            .findOne(),
                    number(handle, "SELECT COALESCE(MAX(log_position), 0) FROM checkpoint"),
                    number(handle, "SELECT COALESCE(MAX(written_time), 0) FROM checkpoint"),
                    number(handle, "SELECT COUNT(*) FROM instrument"),
                    tradeCount,
                    number(handle, "SELECT COUNT(*) FROM user_message"),
                    keptTimeMillis,
                    klineBytes,
                    partitions);
        }

        static long number(Handle handle, String sql) {
            return handle.createQuery(sql).mapTo(Long.class).one();
        }
    }

    /** Trades with a time in [fromMillis, toMillis). */
    public record Partition(String name, long fromMillis, long toMillis, long tradeCount, long sizeBytes) {}
}
