package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open rooms: made when the first member comes, gone with the last. Owned by the flush thread. Bounded by the members'
 * own bound on rooms.
 */
public final class RoomRegistry {
    private final Map<RoomName, Room> rooms = new HashMap<>();
    private final SnapshotCache cache;
    private final Publisher publisher;
    private final KlineSnapshots klineSnapshots;
    private final OffsetSeries offsetSeries;
    private Consumer<Room> onDirty = room -> {};

    public RoomRegistry(
            SnapshotCache cache, Publisher publisher, KlineSnapshots klineSnapshots, OffsetSeries offsetSeries) {
        this.cache = cache;
        this.publisher = publisher;
        this.klineSnapshots = klineSnapshots;
        this.offsetSeries = offsetSeries;
    }

    /** Where rooms announce that they have something to publish; called on the engine's threads. */
    void onDirty(Consumer<Room> listener) {
        onDirty = listener;
    }

    /**
     * The room of a name, opened if it is not open yet; the caller admits a member at once.
     *
     * @throws ProtocolException with {@link ErrorCode#UNKNOWN_SYMBOL} if there is no such instrument
     */
    public Room open(RoomName name) {
        Room room = rooms.get(name);
        if (room != null) {
            return room;
        }
        @Nullable InstrumentSnapshot snapshot = name.symbol() == null ? null : snapshotOf(name.symbol());
        room = create(name, snapshot);
        room.onDirty(onDirty);
        rooms.put(name, room);
        publisher.attach(room, snapshot == null ? null : snapshot.instrument());
        if (snapshot != null && name.utcOffsetMinutes() != 0) {
            offsetSeries.acquire(name);
        }
        room.open();
        return room;
    }

    /** Closes a room that has no members. */
    public void closeIfEmpty(Room room) {
        if (room.memberCount() > 0 || !rooms.remove(room.name(), room)) {
            return;
        }
        Symbol symbol = room.name().symbol();
        @Nullable
        Instrument instrument = symbol == null ? null : snapshotOf(symbol).instrument();
        publisher.detach(room, instrument);
        if (room.name().utcOffsetMinutes() != 0) {
            offsetSeries.release(room.name());
        }
    }

    Collection<Room> all() {
        return Collections.unmodifiableCollection(rooms.values());
    }

    private Room create(RoomName name, @Nullable InstrumentSnapshot snapshot) {
        if (snapshot == null) {
            if (name.isAllTickers()) {
                return new AllTickersRoom(name, cache);
            }
            throw new ProtocolException(
                    ErrorCode.NOT_SUPPORTED, "room", "room " + name + " cannot be joined by a command");
        }
        Instrument instrument = snapshot.instrument();
        Supplier<InstrumentSnapshot> latest = () -> snapshotOf(instrument.symbol());
        return switch (name.channel()) {
            case TICKER -> new TickerRoom(name, instrument, latest);
            case TRADE -> new TradeRoom(name, instrument, latest);
            case KLINE -> new KlineRoom(name, instrument, latest, klineSnapshots);
            case INBOX, SYSTEM -> throw new IllegalStateException("not a room of an instrument: " + name);
        };
    }

    private InstrumentSnapshot snapshotOf(Symbol symbol) {
        return cache.snapshot(symbol)
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.UNKNOWN_SYMBOL, "room", "there is no instrument " + symbol));
    }
}
