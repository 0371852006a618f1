package io.agx.market.server.room;

import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entering a trade room: what the member missed up to what the room published, from wherever it still is in memory. Called on the
 * flush thread.
 */
final class TradeEntry {
    private TradeEntry() {}

    static Entry enter(TradeRoom room, EntryRequest request, @Nullable Departure departure) {
        long published = room.publishedSeq();
        Long since = request.sinceSeq();
        boolean known = since != null && since <= room.newestSeq();
        if (!known && (request.hasCursor() || departure == null)) {
            long start = departure == null ? published : Math.max(published, departure.sentSeq());
            return new Entry(start, false, newest(room, departure, start, request.wanted()), null, null);
        }
        long cursor = known && since != null ? since : departure == null ? published : departure.sentSeq();
        long start = Math.max(published, cursor); // The room may be behind: its messages are then cut at the member.
        List<Trade> missed =
                start - cursor > request.limit() ? null : contiguous(cursor, start, sources(room, request, departure));
        if (missed != null) {
            List<Trade> given = known ? missed : withOlder(room, departure, cursor, missed, request);
            return new Entry(start, true, new Payload.OfTrades(room.instrument(), given), null, null);
        }
        Payload.OfTrades newest = newest(room, departure, start, request.wanted());
        long lostTo = newest == null || newest.trades().isEmpty()
                ? start
                : newest.trades().get(0).seq() - 1;
        // Who told a cursor reads "recovered: false"; who told none does not wait for it.
        boolean told = !known && lostTo > cursor;
        return new Entry(start, false, newest, null, told ? new Entry.Lost(cursor + 1, lostTo) : null);
    }

    /** Where missed trades may be; each is ascending. */
    private static List<List<Trade>> sources(TradeRoom room, EntryRequest request, @Nullable Departure departure) {
        List<List<Trade>> sources = new ArrayList<>();
        sources.add(request.fetched());
        if (departure != null) {
            List<Trade> unsent = new ArrayList<>();
            for (Publication waiting : departure.waiting()) {
                if (waiting.content() instanceof Content.Trades some) {
                    unsent.addAll(some.trades());
                }
            }
            sources.add(unsent);
            if (departure.room() instanceof TradeRoom left && left != room) {
                sources.add(left.pendingTrades());
            }
        }
        sources.add(room.trades());
        return sources;
    }

    /** The trades after {@code after} up to {@code to}, without a hole; null if one is nowhere. */
    private static @Nullable List<Trade> contiguous(long after, long to, List<List<Trade>> sources) {
        List<Trade> found = new ArrayList<>();
        long next = after + 1;
        long before;
        do {
            before = next;
            for (List<Trade> source : sources) {
                for (int i = firstFrom(source, next); i < source.size() && next <= to; i++) {
                    if (source.get(i).seq() != next) {
                        break;
                    }
                    found.add(source.get(i));
                    next++;
                }
            }
        } while (next > before && next <= to);
        return next > to ? found : null;
    }

    /** Index of the first trade at or after a {@code seq}; holes are rare, so it is near where it would be without. */
    private static int firstFrom(List<Trade> ascending, long seq) {
        int low = 0;
        int high = ascending.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending.get(middle).seq() < seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static List<Trade> withOlder(
            TradeRoom room, @Nullable Departure departure, long cursor, List<Trade> missed, EntryRequest request) {
        int older = Math.min(request.wanted(), request.limit()) - missed.size();
        if (older <= 0) {
            return missed;
        }
        List<Trade> all = upTo(window(room, departure, cursor), cursor);
        List<Trade> given = new ArrayList<>(all.subList(Math.max(0, all.size() - older), all.size()));
        given.addAll(missed);
        return given;
    }

    private static Payload.@Nullable OfTrades newest(
            TradeRoom room, @Nullable Departure departure, long seq, int wanted) {
        if (wanted == 0) {
            return null;
        }
        List<Trade> trades = upTo(window(room, departure, seq), seq);
        return new Payload.OfTrades(
                room.instrument(), trades.subList(Math.max(0, trades.size() - wanted), trades.size()));
    }

    /**
     * Trades that end at a {@code seq} or after it, which is published somewhere: in this room; in the one that was left; or in one before that, when
     * neither has come as far. Then only the newest state has them.
     */
    private static List<Trade> window(TradeRoom room, @Nullable Departure departure, long seq) {
        if (room.publishedSeq() >= seq) {
            return room.trades();
        }
        if (departure != null && departure.room() instanceof TradeRoom left && left.publishedSeq() >= seq) {
            return left.trades();
        }
        return room.newestTrades();
    }

    private static List<Trade> upTo(List<Trade> ascending, long seq) {
        return ascending.subList(0, firstFrom(ascending, seq + 1));
    }
}
