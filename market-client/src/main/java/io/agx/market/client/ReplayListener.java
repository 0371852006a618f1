package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.List;

/** Takes what a replay plays, as the rooms sent it. Called on a listener thread, one call at a time; nothing is conflated. */
public interface ReplayListener {
    default void onTickers(RoomName room, List<TickerData> tickers) {}

    default void onKline(RoomName room, KlineData kline) {}

    default void onTrades(RoomName room, List<TradeData> trades) {}
}
