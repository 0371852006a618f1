package io.agx.market.server.cli;

import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rooms as a user names them. */
final class RoomNames {
    private RoomNames() {}

    /**
     * Reads names.
     *
     * @param rate of the rooms that say none; null for their channel's
     * @throws IllegalArgumentException if one is no room of market data, or two are the same room
     */
    static List<RoomName> parse(List<String> texts, @Nullable String rate) {
        Rate given = rate == null ? null : rate(rate);
        Map<RoomName, RoomName> rooms = new LinkedHashMap<>();
        for (String text : texts) {
            RoomName room = parse(text);
            boolean tellsNone = text.indexOf('@') < 0 && room.channel().isOfInstrument();
            RoomName at = given != null && tellsNone ? room.at(given) : room;
            RoomName present = rooms.put(at.base(), at);
            if (present != null) {
                throw new IllegalArgumentException("room " + present + " is named twice, the second time as " + text
                        + ": a connection can be in it at one rate only");
            }
        }
        return new ArrayList<>(rooms.values());
    }

    /**
     * Reads names of rooms that anyone may be in.
     *
     * @throws IllegalArgumentException as {@link #parse}, and if one is the inbox
     */
    static List<RoomName> ofMarket(List<String> texts) {
        List<RoomName> rooms = parse(texts, null);
        if (rooms.contains(RoomName.inbox())) {
            throw new IllegalArgumentException("room inbox: must be a ticker, kline or trade room");
        }
        return rooms;
    }

    private static RoomName parse(String text) {
        RoomName room;
        try {
            room = RoomName.parse(text);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(
                    "room " + text + ": " + e.problem().message());
        }
        if (room.channel() == RoomChannel.SYSTEM) {
            throw new IllegalArgumentException("room " + text + ": must be a ticker, kline or trade room, or inbox");
        }
        if (!room.fields().isAll()) {
            throw new IllegalArgumentException(
                    "room " + text + ": a selection of fields is not supported here, name it without ~");
        }
        return room;
    }

    private static Rate rate(String text) {
        return Rate.ofCode(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--rate must be raw, 100ms, 250ms, 500ms, 1s, 2s, 5s or 10s, was " + text));
    }
}
