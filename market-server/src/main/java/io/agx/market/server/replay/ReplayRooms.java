package io.agx.market.server.replay;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The rooms of a {@code replay}, judged one by one.
 *
 * @param names those to be played, none twice
 * @param replies one for each that was asked for, in order
 */
record ReplayRooms(List<RoomName> names, List<RoomReply> replies) {

    static ReplayRooms of(List<RoomRequest> asked, Symbol symbol, int maxRooms) {
        Set<RoomName> names = new LinkedHashSet<>();
        List<RoomReply> replies = new ArrayList<>(asked.size());
        for (RoomRequest request : asked) {
            try {
                RoomName name = request.room();
                require(name, symbol);
                if (!names.contains(name) && names.size() == maxRooms) {
                    throw bad(ErrorCode.TOO_MANY_ROOMS, "a replay has at most " + maxRooms + " different rooms");
                }
                names.add(name);
                replies.add(new RoomReply.Replaying(name.toString()));
            } catch (ProtocolException e) {
                replies.add(new RoomReply.Refused(
                        request.name(), e.code(), e.problem().message()));
            }
        }
        return new ReplayRooms(List.copyOf(names), List.copyOf(replies));
    }

    private static void require(RoomName name, Symbol symbol) {
        if (!name.channel().isOfInstrument() || !symbol.equals(name.symbol())) {
            throw bad(
                    ErrorCode.BAD_FIELD,
                    "room must be a ticker, kline or trade room of symbol " + symbol + ", was " + name);
        }
        if (!plain(name, symbol).equals(name)) {
            throw bad(ErrorCode.NOT_SUPPORTED, "room " + name + " cannot be replayed; leave out what it selects");
        }
    }

    /** The room of these parts and no others. */
    private static RoomName plain(RoomName name, Symbol symbol) {
        RoomName atDefault = switch (name.channel()) {
            case TICKER -> RoomName.ticker(symbol);
            case TRADE -> RoomName.trade(symbol);
            case KLINE ->
                RoomName.kline(symbol, Objects.requireNonNull(name.interval(), "interval"), name.utcOffsetMinutes());
            case INBOX, SYSTEM -> throw new IllegalArgumentException("not a room of an instrument: " + name);
        };
        return atDefault.at(name.rate());
    }

    private static ProtocolException bad(ErrorCode code, String message) {
        return new ProtocolException(code, "room", message);
    }
}
