package io.agx.market.server.cli.watch;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;

/** Where what is received is shown. Thread-safe; nothing is shown after {@link #close}. */
public interface View {
    void ticker(RoomName room, TickerData ticker);

    void kline(RoomName room, KlineData kline);

    void trade(RoomName room, TradeData trade);

    /** A message of the user's inbox. */
    void message(ReceivedEvent.Notification message);

    /** Something happened to the connection or its rooms. */
    void event(LifecycleEvent event);

    /** Says something to the user that is neither data nor an event. */
    void tell(String message);

    /** Called ten times a second. */
    void redraw();

    /** Elements of history that a room of this channel is asked for: what fills the view at its start. */
    int historyCount(RoomChannel channel);

    /** Whether nobody reads any more. */
    boolean isBroken();

    /** Leaves the terminal as it was; idempotent. */
    void close();
}
