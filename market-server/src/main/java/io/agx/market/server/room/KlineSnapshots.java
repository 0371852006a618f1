package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Kline;
import io.agx.market.core.protocol.RoomName;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the candles of a room are read from an instrument's snapshot. Thread-safe. */
public interface KlineSnapshots {
    /** The newest candles of the room, flat ones included, ascending. */
    List<Kline> newest(InstrumentSnapshot snapshot, RoomName room, int count);

    /**
     * All candles that changed after {@code seq}, and those that may have closed since, ascending.
     *
     * @return null if the snapshot's window does not reach back that far
     */
    @Nullable
    List<Kline> changedSince(InstrumentSnapshot snapshot, RoomName room, long seq);

    /**
     * All candles that differ between two snapshots of one instrument, as they are in the later one, ascending; flat ones and closes that changed
     * no {@code seq} included.
     *
     * @param before not later than {@code after}; it may be the same
     * @param alsoOpenTimes candles to give in any case, by open time, in epoch milliseconds
     * @return null if the later snapshot's window does not reach back that far
     */
    @Nullable
    List<Kline> changedBetween(
            InstrumentSnapshot before, InstrumentSnapshot after, RoomName room, Collection<Long> alsoOpenTimes);
}
