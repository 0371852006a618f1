package io.agx.market.server.cli.watch;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.io.PrintWriter;

/** A line for each update, at once; what happens goes to the other stream, so that a pipe has data only. */
final class LineView implements View {
    private final LineFormat format;
    private final PrintWriter out;
    private final PrintWriter err;
    private final EventText events = new EventText();
    private volatile boolean closed;
    private volatile boolean broken;

    LineView(LineFormat format, PrintWriter out, PrintWriter err) {
        this.format = format;
        this.out = out;
        this.err = err;
    }

    @Override
    public void ticker(RoomName room, TickerData ticker) {
        print(format.ticker(room, ticker));
    }

    @Override
    public void kline(RoomName room, KlineData kline) {
        print(format.kline(room, kline));
    }

    @Override
    public void trade(RoomName room, TradeData trade) {
        print(format.trade(room, trade));
    }

    @Override
    public void message(ReceivedEvent.Notification message) {
        print(format.message(message));
    }

    @Override
    public void event(LifecycleEvent event) {
        events.sentence(event).ifPresent(this::tell);
    }

    @Override
    public void tell(String message) {
        if (!closed) {
            err.println("market: " + Printable.of(message));
        }
    }

    @Override
    public void redraw() {
        // Everything was printed when it came.
    }

    @Override
    public int historyCount(RoomChannel channel) {
        return channel == RoomChannel.KLINE ? 1 : 0;
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void print(String line) {
        if (!closed) {
            out.println(Printable.of(line));
            broken = out.checkError(); // Flushes, too.
        }
    }
}
