package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;

/** Takes candles. Called on the client's listener thread, one call at a time. */
@FunctionalInterface
public interface KlineListener {
    /**
     * A candle changed; its key is the open time. The first calls have the snapshot; after a reconnect, candles that changed
     * meanwhile come here too, in the order of their open times, and one may come again as it was. Closes that could not be had
     * were told before as {@link LifecycleEvent.KlineGap}.
     */
    void onKline(RoomName room, KlineData kline);
}
