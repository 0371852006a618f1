package io.agx.market.client;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.RoomName;
import java.util.List;

/**
 * A stretch of the past to be played. Immutable.
 *
 * @param fromTimeMillis inclusive start, epoch milliseconds UTC
 * @param toTimeMillis exclusive end, not after now
 * @param speed 1 to 1,000 times real time
 * @param rooms of the symbol, with all fields; at least one
 */
public record ReplayRequest(Symbol symbol, long fromTimeMillis, long toTimeMillis, int speed, List<RoomName> rooms) {

    /** @throws IllegalArgumentException if a value is out of its range; the message names it */
    public ReplayRequest {
        rooms = List.copyOf(rooms);
        if (toTimeMillis <= fromTimeMillis) {
            throw new IllegalArgumentException(
                    "toTimeMillis must be above fromTimeMillis " + fromTimeMillis + ", was " + toTimeMillis);
        }
        if (speed < 1 || speed > ClientCommand.Replay.MAX_SPEED) {
            throw new IllegalArgumentException(
                    "speed must be 1 to " + ClientCommand.Replay.MAX_SPEED + ", was " + speed);
        }
        if (rooms.isEmpty()) {
            throw new IllegalArgumentException("rooms must have at least one room");
        }
        for (RoomName room : rooms) {
            if (!room.fields().isAll()) {
                throw new IllegalArgumentException(
                        "rooms must have all fields, for listeners are given all, was " + room);
            }
        }
    }
}
