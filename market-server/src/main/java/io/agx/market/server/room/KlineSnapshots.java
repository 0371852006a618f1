package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Kline;
import io.agx.market.core.protocol.RoomName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the candles of a room are read from an instrument's snapshot. Thread-safe. */
public interface KlineSnapshots {
    /** The newest candles of the room, flat ones included, ascending. */
    List<Kline> newest(InstrumentSnapshot snapshot, RoomName room, int count);

    /**
     * All candles that changed after {@code seq}, ascending.
     *
     * @return null if the snapshot's window does not reach back that far
     */
    @Nullable
    List<Kline> changedSince(InstrumentSnapshot snapshot, RoomName room, long seq);
}
