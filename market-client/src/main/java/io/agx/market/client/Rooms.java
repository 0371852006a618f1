package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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

    // A connection is in one room of each base, whatever its rate.
    private final Map<RoomName, Subscription> byBase = new LinkedHashMap<>();
    // Also by the names that rooms had before their rate was changed: messages may be on their way.
    private final Map<String, Subscription> byName = new HashMap<>();
    private long duplicateTradeCount;

    @Nullable
    Subscription find(RoomName room) {
        return byBase.get(room.base());
    }

    /** By the name in a message. */
    @Nullable
    Subscription named(String canonicalName) {
        return byName.get(canonicalName);
    }

    boolean contains(Subscription subscription) {
        return byBase.get(subscription.room().base()) == subscription;
    }

    boolean isFull() {
        return byBase.size() >= BOUND;
    }

    int size() {
        return byBase.size();
    }

    void add(Subscription subscription) {
        byBase.put(subscription.room().base(), subscription);
        byName.put(subscription.room().toString(), subscription);
    }

    void remove(Subscription subscription) {
        if (byBase.remove(subscription.room().base(), subscription)) {
            byName.values().removeIf(each -> each == subscription);
            duplicateTradeCount += subscription.duplicateTradeCount();
        }
    }

    List<Subscription> all() {
        return List.copyOf(byBase.values());
    }

    long duplicateTradeCount() {
        return duplicateTradeCount
                + byBase.values().stream()
                        .mapToLong(Subscription::duplicateTradeCount)
                        .sum();
    }

    void forgetPositions() {
        byBase.values().forEach(Subscription::forgetPosition);
    }

    /** Cuts rooms into as few messages as the server takes: one, unless there are several hundred. */
    static List<List<Subscription>> messages(Collection<Subscription> rooms) {
        List<List<Subscription>> messages = new ArrayList<>();
        List<Subscription> current = new ArrayList<>();
        int chars = 0;
        for (Subscription room : rooms) {
            int more = room.room().toString().length() + CHARS_PER_ROOM;
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
            Subscription room = named(update.room());
            if (room != null) {
                room.onTrades(update);
            }
        } else if (event instanceof ReceivedEvent.KlineUpdate update) {
            Subscription room = named(update.room());
            if (room != null) {
                room.onKline(update);
            }
        } else if (event instanceof ReceivedEvent.TickerUpdate update) {
            Subscription room = named(update.room());
            if (room != null) {
                room.onTickers(update);
            }
        } else if (event instanceof ReceivedEvent.Gap gap) {
            Subscription room = named(gap.room());
            if (room != null) {
                room.onGap(gap);
            }
        }
    }
}
