package io.agx.market.server.room;

import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.InboxItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a member wants to enter a room. Immutable.
 *
 * @param hasCursor whether it told what it has; if not, and it was in a room of the same base, what it was sent there counts
 * @param sinceSeq it has everything up to here; null without a cursor, or with one of another history
 * @param wanted elements of history, 0 or more
 * @param fetched of a trade room: trades after {@code sinceSeq} that were fetched for it, ascending, may be empty
 * @param messages of an inbox: messages that were fetched for it, ascending, the newest that it is to get or all up to then; may be empty
 * @param limit most elements of what it missed; more cannot be recovered, and more tickers of a pattern are refused
 */
public record EntryRequest(
        boolean hasCursor,
        @Nullable Long sinceSeq,
        int wanted,
        List<Trade> fetched,
        List<InboxItem> messages,
        int limit) {
    /** Of another room than an inbox. */
    public EntryRequest(boolean hasCursor, @Nullable Long sinceSeq, int wanted, List<Trade> fetched, int limit) {
        this(hasCursor, sinceSeq, wanted, fetched, List.of(), limit);
    }

    /** Without a cursor. */
    public static EntryRequest anew(int wanted, int limit) {
        return new EntryRequest(false, null, wanted, List.of(), limit);
    }
}
