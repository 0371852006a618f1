package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open rooms: made when the first member comes, gone with the last. Owned by the flush thread. Bounded by the members'
 * own bound on rooms.
 */
public final class RoomRegistry {
    /**
     * Open rooms of patterns other than {@code *}, each rate counted for itself. Each costs the engine's threads a little per ticker that it
     * matches, whoever opened it, so the members' own bound is not enough. {@code ticker:*} is always open to all: there are 8 of it.
     */
    public static final int MAX_PATTERN_ROOMS = 256;

    private final Map<RoomName, Room> rooms = new HashMap<>();
    private final SnapshotCache cache;
    private final Publisher publisher;
    private final KlineSnapshots klineSnapshots;
    private final OffsetSeries offsetSeries;
    private Consumer<Room> onDirty = room -> {};
    // Those that MAX_PATTERN_ROOMS bounds.
    private int patternRooms;
    // Written by the flush thread, read by anyone.
    private volatile int openCount;
    // By the channel: the same.
    private final AtomicIntegerArray openByChannel = new AtomicIntegerArray(RoomChannel.values().length);
    private volatile int patternCount;
    private volatile long refused;

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
     * The room of a name, whatever its fields, opened if it is not open yet; the caller admits a member at once.
     *
     * @throws ProtocolException with {@link ErrorCode#UNKNOWN_SYMBOL} if there is no such instrument, {@link ErrorCode#TOO_MANY_ROOMS} if
     *     too many pattern rooms are open
     */
    public Room open(RoomName asked) {
        RoomName name = asked.with(FieldSelection.ALL);
        Room room = rooms.get(name);
        if (room != null) {
            return room;
        }
        @Nullable InstrumentSnapshot snapshot = name.symbol() == null ? null : snapshotOf(name.symbol());
        if (isCounted(name) && patternRooms >= MAX_PATTERN_ROOMS) {
            refused = refused + 1;
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ROOMS,
                    "room",
                    "the server may have " + MAX_PATTERN_ROOMS
                            + " rooms of patterns open, and has; ticker:* is open to all");
        }
        room = create(name, snapshot);
        room.onDirty(onDirty);
        rooms.put(name, room);
        openCount = rooms.size();
        countOpen(name, 1);
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
        openCount = rooms.size();
        countOpen(room.name(), -1);
        Symbol symbol = room.name().symbol();
        @Nullable
        Instrument instrument = symbol == null ? null : snapshotOf(symbol).instrument();
        publisher.detach(room, instrument);
        if (room.name().utcOffsetMinutes() != 0) {
            offsetSeries.release(room.name());
        }
    }

    private void countOpen(RoomName name, int more) {
        openByChannel.addAndGet(name.channel().ordinal(), more);
        patternRooms += isCounted(name) ? more : 0;
        patternCount = patternRooms;
    }

    /** Rooms of a channel that are open now, each rate counted for itself; thread-safe. */
    public int openCount(RoomChannel channel) {
        return openByChannel.get(channel.ordinal());
    }

    /** Open rooms that {@link #MAX_PATTERN_ROOMS} bounds; thread-safe. */
    public int patternRoomCount() {
        return patternCount;
    }

    /** Rooms of patterns that were refused because so many were open; thread-safe. */
    public long refusedCount() {
        return refused;
    }

    private static boolean isCounted(RoomName name) {
        return name.pattern() != null && !name.isAllTickers();
    }

    Collection<Room> all() {
        return Collections.unmodifiableCollection(rooms.values());
    }

    /** Rooms that are open now, each rate counted for itself; thread-safe. */
    public int openCount() {
        return openCount;
    }

    /** When something that waits in the {@code raw} rooms became durable, or 0; it is then forgotten. */
    long takeDurableSample() {
        return publisher.takeDurableSample();
    }

    /** The event time of what was taken last, epoch milliseconds; 0 if it has none. */
    long takenTradeMillis() {
        return publisher.takenTradeMillis();
    }

    /** The rooms with the most members; looks at each room once. Called on the flush thread. */
    public RoomFigures.Largest largest(int limit) {
        return LargestRooms.of(rooms.values(), limit);
    }

    private Room create(RoomName name, @Nullable InstrumentSnapshot snapshot) {
        if (snapshot == null) {
            if (name.pattern() != null) {
                return new PatternRoom(name, name.pattern(), cache);
            }
            throw new ProtocolException(
                    ErrorCode.NOT_SUPPORTED, "room", "room " + name + " cannot be joined by a command");
        }
        Instrument instrument = snapshot.instrument();
        Supplier<InstrumentSnapshot> latest = () -> snapshotOf(instrument.symbol());
        LongSupplier flushedMillis = () -> publisher.flushedMillis(instrument);
        return switch (name.channel()) {
            case TICKER -> new TickerRoom(name, instrument, latest, flushedMillis);
            case TRADE -> new TradeRoom(name, instrument, latest, flushedMillis);
            case KLINE -> new KlineRoom(name, instrument, latest, flushedMillis, klineSnapshots);
            case INBOX, SYSTEM -> throw new IllegalStateException("not a room of an instrument: " + name);
        };
    }

    private InstrumentSnapshot snapshotOf(Symbol symbol) {
        return cache.snapshot(symbol)
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.UNKNOWN_SYMBOL, "room", "there is no instrument " + symbol));
    }
}
