package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.List;

/** Where a room's data goes. Called by the client's thread; a room brings one kind of data only. */
interface Sink {
    default void tickers(RoomName room, List<TickerData> tickers) {}

    default void kline(RoomName room, KlineData kline) {}

    default void trades(RoomName room, List<TradeData> trades) {}

    /** How many values a newer one has replaced before the application took them, since this was last asked. */
    default long takeConflated() {
        return 0;
    }

    /** Nothing more will come. */
    default void ended(MarketException why) {}
}
