package io.agx.market.client;

import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import java.util.List;

/** Takes tickers. Called on the client's listener thread, one call at a time. */
@FunctionalInterface
public interface TickerListener {
    /**
     * Tickers changed. The first call has the snapshot.
     *
     * @param tickers one, or in a room of several instruments those that changed
     */
    void onTickers(RoomName room, List<TickerData> tickers);
}
