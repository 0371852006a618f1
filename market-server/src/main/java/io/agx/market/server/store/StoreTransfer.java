package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.server.store.InboxStore.StoredMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What tools need that take a store out and put it into an empty one, while no server runs. Called by one thread.
 *
 * <p>An import is {@link #begin}, any number of {@code add…}, {@link #bind}, and, once what is there was compared, {@link #end}. Each is
 * durable by itself; until the last a {@link #mark()} says that the rows are not whole.
 *
 * <p>Every method throws {@link StoreException} when the database fails.
 */
public interface StoreTransfer {
    /** Of each instrument with trades, also dropped ones. */
    List<StoredHead> heads();

    /** Counts, sums and checksums of all rows that are kept, computed by the database. It reads all of them. */
    StoreSums sums();

    /** The import that was begun and has not ended. */
    Optional<ImportMark> mark();

    /** Whether it was bound to no log and has no row. */
    boolean isEmpty();

    /** Deletes all rows, also the mark. */
    void clear();

    /** Marks an empty store. */
    void begin(ImportMark mark);

    /** Adds instruments, trades that follow those that are there, and candles that are not there yet; in one transaction. */
    void add(StoreBatch rows);

    /** Adds users' inboxes, without messages. */
    void addInboxes(Map<String, InboxHead> heads);

    /** Adds messages. */
    void addMessages(List<StoredMessage> messages);

    /**
     * Makes the store the copy of a log up to a position.
     *
     * @throws IllegalStateException if this database cannot be without trades that the heads say were dropped
     */
    void bind(UUID epoch, long position, List<StoredHead> heads, long keptTimeMillis);

    /** Takes the mark away: the rows are whole. */
    void end();
}
