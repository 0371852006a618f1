package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rooms that the application wants to be in. Owned by the client's thread. Bounded by {@link #BOUND}. */
final class Rooms {
    /** Most rooms of one connection, as the server allows. */
    static final int BOUND = ClientCommand.MAX_ELEMENTS;

    /** Most characters of one {@code subscribe}: below the server's 64 KiB, with room for the envelope. */
    static final int MAX_MESSAGE_CHARS = 60_000;

    /** JSON around one room's name, at most: field names, epoch, seq, snapshot. */
    private static final int CHARS_PER_ROOM = 160;

    private final Map<String, Subscription> byName = new LinkedHashMap<>();
    private long duplicateTradeCount;

    @Nullable
    Subscription find(String canonicalName) {
        return byName.get(canonicalName);
    }

    boolean contains(RoomName room) {
        return byName.containsKey(room.toString());
    }

    boolean isFull() {
        return byName.size() >= BOUND;
    }

    int size() {
        return byName.size();
    }

    void add(Subscription subscription) {
        byName.put(subscription.room.toString(), subscription);
    }

    @Nullable
    Subscription remove(RoomName room) {
        Subscription removed = byName.remove(room.toString());
        if (removed != null) {
            duplicateTradeCount += removed.duplicateTradeCount();
        }
        return removed;
    }

    List<Subscription> all() {
        return List.copyOf(byName.values());
    }

    long duplicateTradeCount() {
        return duplicateTradeCount
                + byName.values().stream()
                        .mapToLong(Subscription::duplicateTradeCount)
                        .sum();
    }

    void forgetPositions() {
        byName.values().forEach(Subscription::forgetPosition);
    }

    /** Cuts rooms into as few messages as the server takes: one, unless there are several hundred. */
    static List<List<Subscription>> messages(Collection<Subscription> rooms) {
        List<List<Subscription>> messages = new ArrayList<>();
        List<Subscription> current = new ArrayList<>();
        int chars = 0;
        for (Subscription room : rooms) {
            int more = room.room.toString().length() + CHARS_PER_ROOM;
            if (chars + more > MAX_MESSAGE_CHARS) {
                messages.add(current);
                current = new ArrayList<>();
                chars = 0;
            }
            current.add(room);
            chars += more;
        }
        if (!current.isEmpty()) {
            messages.add(current);
        }
        return messages;
    }

    static List<RoomRequest> requests(List<Subscription> rooms) {
        return rooms.stream().map(Subscription::request).toList();
    }

    /** Hands live data to its room; data of a room that was left meanwhile is ignored. */
    void dispatch(ReceivedEvent event) {
        if (event instanceof ReceivedEvent.TradeUpdate update) {
            Subscription room = find(update.room());
            if (room != null) {
                room.onTrades(update);
            }
        } else if (event instanceof ReceivedEvent.KlineUpdate update) {
            Subscription room = find(update.room());
            if (room != null) {
                room.onKline(update);
            }
        } else if (event instanceof ReceivedEvent.TickerUpdate update) {
            Subscription room = find(update.room());
            if (room != null) {
                room.onTickers(update);
            }
        } else if (event instanceof ReceivedEvent.Gap gap) {
            Subscription room = find(gap.room());
            if (room != null) {
                room.onGap(gap);
            }
        }
    }
}
