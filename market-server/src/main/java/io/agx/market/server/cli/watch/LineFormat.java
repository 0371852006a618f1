package io.agx.market.server.cli.watch;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;

/** One update as one line of text, without its end. */
interface LineFormat {
    String ticker(RoomName room, TickerData ticker);

    String kline(RoomName room, KlineData kline);

    String trade(RoomName room, TradeData trade);

    String message(ReceivedEvent.Notification message);
}
