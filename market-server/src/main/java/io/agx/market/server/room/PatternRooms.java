package io.agx.market.server.room;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which open pattern rooms an instrument is in. It is found out when a room opens or closes, and when an instrument first shows up, so a
 * ticker costs the engine's thread one look-up and the rooms that it is for. Bounded by the instruments and by
 * {@link RoomRegistry#MAX_PATTERN_ROOMS}.
 */
final class PatternRooms {
    private final Object lock = new Object();
    // Guarded by lock.
    private final List<PatternRoom> open = new ArrayList<>();
    // Written under the lock, read by the engine's threads.
    private final ConcurrentHashMap<Integer, Matching> byInstrument = new ConcurrentHashMap<>();

    private record Matching(Symbol symbol, List<PatternRoom> rooms, boolean raw) {
        Matching(Symbol symbol, List<PatternRoom> rooms) {
            this(symbol, rooms, rooms.stream().anyMatch(room -> room.name().rate() == Rate.RAW));
        }
    }

    /** Whether one of those that match is published at each flush; before its first ticker none is known. Called on the engine's thread. */
    boolean hasRaw(Instrument instrument) {
        Matching matching = byInstrument.get(instrument.id());
        return matching != null && matching.raw;
    }

    /** Called on the engine's thread. */
    void onTicker(Instrument instrument, Ticker ticker) {
        Matching matching = byInstrument.get(instrument.id());
        if (matching == null) {
            matching = firstSeen(instrument);
        }
        List<PatternRoom> rooms = matching.rooms;
        for (int i = 0; i < rooms.size(); i++) {
            rooms.get(i).offer(instrument, ticker);
        }
    }

    /** Called on the flush thread. */
    void add(PatternRoom room) {
        synchronized (lock) {
            open.add(room);
            byInstrument.replaceAll((id, matching) -> {
                if (!room.matches(matching.symbol)) {
                    return matching;
                }
                List<PatternRoom> rooms = new ArrayList<>(matching.rooms);
                rooms.add(room);
                return new Matching(matching.symbol, List.copyOf(rooms));
            });
        }
    }

    /** Called on the flush thread. */
    void remove(PatternRoom room) {
        synchronized (lock) {
            open.remove(room);
            byInstrument.replaceAll((id, matching) -> room.matches(matching.symbol)
                    ? new Matching(
                            matching.symbol,
                            matching.rooms.stream()
                                    .filter(other -> other != room)
                                    .toList())
                    : matching);
        }
    }

    /** Under the lock, so that no room opens unnoticed meanwhile. */
    private Matching firstSeen(Instrument instrument) {
        synchronized (lock) {
            Symbol symbol = instrument.symbol();
            Matching matching = new Matching(
                    symbol, open.stream().filter(room -> room.matches(symbol)).toList());
            byInstrument.put(instrument.id(), matching);
            return matching;
        }
    }
}
