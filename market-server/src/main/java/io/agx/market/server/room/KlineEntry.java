package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Kline;
import io.agx.market.core.protocol.Payload;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Entering a kline room: the candles that changed since what the member has, up to the newest state of which it is known what follows: what
 * the room published, or what the member has from elsewhere, which the room then does not send to it again. Called on the flush
 * thread.
 */
final class KlineEntry {
    private KlineEntry() {}

    static Entry enter(KlineRoom room, EntryRequest request, @Nullable Departure departure) {
        InstrumentSnapshot had = departure == null ? null : had(departure);
        InstrumentSnapshot state = newer(room.published(), had);
        Long since = request.sinceSeq();
        if (since != null && since > state.seq()) {
            InstrumentSnapshot newest = room.newest();
            if (since <= newest.seq()) {
                state = newest; // It was ahead of this room on another connection.
            } else {
                since = null;
            }
        }
        TreeMap<Long, Kline> given = new TreeMap<>();
        boolean recovered = since != null || (departure != null && !request.hasCursor());
        if (since != null) {
            recovered = put(given, room.snapshots().changedSince(state, room.name(), since));
        }
        if (departure != null && had != null) {
            List<Long> unsent =
                    departure.waiting().stream().map(Publication::key).toList();
            recovered &= put(given, room.snapshots().changedBetween(had, state, room.name(), unsent));
        }
        recovered &= given.size() <= Math.max(1, request.limit());
        if (!recovered) {
            given.clear();
        }
        if (request.wanted() > 0 && (!recovered || since == null)) {
            put(given, room.snapshots().newest(state, room.name(), request.wanted()));
        }
        boolean nothing = !recovered && request.wanted() == 0;
        Payload payload = nothing ? null : new Payload.OfKlines(room.instrument(), List.copyOf(given.values()));
        Seen seen = state.version() > room.published().version() ? new SeenKlines(state) : null;
        return new Entry(state.seq(), recovered, payload, seen, null);
    }

    /** The newest snapshot of which the member got everything that does not wait. */
    private static @Nullable InstrumentSnapshot had(Departure departure) {
        if (!(departure.room() instanceof KlineRoom left)) {
            return null;
        }
        return newer(left.published(), departure.seen() instanceof SeenKlines seen ? seen.snapshot() : null);
    }

    private static InstrumentSnapshot newer(InstrumentSnapshot one, @Nullable InstrumentSnapshot other) {
        return other != null && other.version() > one.version() ? other : one;
    }

    private static boolean put(Map<Long, Kline> into, @Nullable Collection<Kline> klines) {
        if (klines == null) {
            return false;
        }
        klines.forEach(kline -> into.put(kline.openTimeMillis(), kline));
        return true;
    }
}
