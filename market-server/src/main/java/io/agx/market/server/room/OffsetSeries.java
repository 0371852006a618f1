package io.agx.market.server.room;

import io.agx.market.core.protocol.RoomName;

/** Keeps the candles of a UTC offset other than zero live while a room needs them. Called on the flush thread; never blocks. */
public interface OffsetSeries {
    /** A room of this name opens. */
    void acquire(RoomName room);

    /** It closes. */
    void release(RoomName room);
}
