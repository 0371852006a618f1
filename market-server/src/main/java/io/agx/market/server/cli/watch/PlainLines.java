package io.agx.market.server.cli.watch;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.Locale;

/**
 * For eyes, grep and awk: time, room, and then {@code name=value}. The time is the ticker's or the trade's; a candle's is its open time.
 */
final class PlainLines implements LineFormat {
    @Override
    public String ticker(RoomName room, TickerData ticker) {
        return start(ticker.timeMillis(), room) + " symbol=" + ticker.symbol() + " last="
                + ticker.last().toPlainString() + " change=" + ticker.change().toPlainString() + " changePercent="
                + ticker.changePercent().toPlainString() + " high="
                + ticker.high().toPlainString() + " low="
                + ticker.low().toPlainString() + " volume=" + ticker.volume().toPlainString() + " count="
                + ticker.count() + " seq=" + ticker.seq();
    }

    @Override
    public String kline(RoomName room, KlineData kline) {
        return start(kline.openTimeMillis(), room) + " open=" + kline.open().toPlainString() + " high="
                + kline.high().toPlainString() + " low=" + kline.low().toPlainString() + " close="
                + kline.close().toPlainString() + " volume=" + kline.volume().toPlainString() + " count="
                + kline.count() + " closed=" + kline.closed() + " cause=" + kline.cause() + " seq=" + kline.seq();
    }

    @Override
    public String trade(RoomName room, TradeData trade) {
        return start(trade.timeMillis(), room) + " side="
                + trade.takerSide().name().toLowerCase(Locale.ROOT) + " price="
                + trade.price().toPlainString() + " qty=" + trade.qty().toPlainString() + " seq=" + trade.seq();
    }

    @Override
    public String message(ReceivedEvent.Notification message) {
        return start(message.createdTimeMillis(), RoomName.inbox()) + " seq=" + message.seq() + " type="
                + message.type() + " from=" + message.senderName() + " title=" + message.title() + " content="
                + message.content();
    }

    private static String start(long timeMillis, RoomName room) {
        return Times.utc(timeMillis) + " " + room;
    }
}
