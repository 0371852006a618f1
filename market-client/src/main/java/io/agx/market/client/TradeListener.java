package io.agx.market.client;

import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import java.util.List;

/** Takes trades. Called on the client's listener thread, one call at a time. */
@FunctionalInterface
public interface TradeListener {
    /**
     * Trades happened: each {@code seq} once, in rising order, across reconnects too. A hole was told before as {@link
     * LifecycleEvent.Gap}.
     *
     * @param trades at least one
     */
    void onTrades(RoomName room, List<TradeData> trades);
}
