package io.agx.market.server.cli.watch;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A terminal's second screen, redrawn in place: only the lines that changed. Its last picture and what was told stay behind on the first
 * screen. All methods are under one lock, and none waits for anything but the terminal.
 */
final class ScreenView implements View {
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String CLEAR = "\u001b[2J";
    private static final String TO_LINE_END = "\u001b[K";
    private static final int TAPE_AT_START = 20;
    private static final int MAX_TOLD = 50;

    private final PrintWriter out;
    private final PrintWriter err;
    private final Paint paint;
    private final Supplier<TerminalSize.Size> terminal;
    private final LongSupplier epochMillis;
    private final Board board = new Board();
    private final EventText events = new EventText();
    private final Deque<String> told = new ArrayDeque<>();
    private final LinkState link;
    private List<String> drawn = List.of();
    private TerminalSize.Size size = new TerminalSize.Size(0, 0);
    private String notice = "";
    private boolean entered;
    private boolean closed;
    private boolean broken;

    ScreenView(
            PrintWriter out,
            PrintWriter err,
            Paint paint,
            Supplier<TerminalSize.Size> terminal,
            LongSupplier epochMillis) {
        this.out = out;
        this.err = err;
        this.paint = paint;
        this.terminal = terminal;
        this.epochMillis = epochMillis;
        this.link = new LinkState(epochMillis.getAsLong());
    }

    @Override
    public synchronized void ticker(RoomName room, TickerData ticker) {
        board.ticker(ticker, epochMillis.getAsLong());
    }

    @Override
    public synchronized void kline(RoomName room, KlineData kline) {
        board.kline(room, kline, epochMillis.getAsLong());
    }

    @Override
    public synchronized void trade(RoomName room, TradeData trade) {
        board.trade(room, trade);
    }

    @Override
    public void message(ReceivedEvent.Notification message) {
        tell(message.senderName() + ": " + message.title()
                + (message.content().isEmpty() ? "" : ": " + message.content()));
    }

    @Override
    public synchronized void event(LifecycleEvent event) {
        long now = epochMillis.getAsLong();
        link.on(event, now);
        if (event instanceof LifecycleEvent.HistoryChanged) {
            board.clear();
        }
        events.sentence(event).ifPresent(text -> notice = Times.seconds(now) + " " + text);
    }

    @Override
    public synchronized void tell(String message) {
        notice = message;
        if (told.size() == MAX_TOLD) {
            told.removeFirst();
        }
        told.add(message);
    }

    @Override
    public synchronized void redraw() {
        if (closed) {
            return;
        }
        StringBuilder text = new StringBuilder();
        TerminalSize.Size now = terminal.get();
        if (!entered || !now.equals(size)) {
            text.append(entered ? "" : ENTER).append(CLEAR);
            entered = true;
            size = now;
            drawn = List.of();
        }
        List<String> lines = lines();
        for (int i = 0; i < Math.max(lines.size(), drawn.size()); i++) {
            String line = i < lines.size() ? lines.get(i) : "";
            if (i >= drawn.size() || !line.equals(drawn.get(i))) {
                text.append("\u001b[").append(i + 1).append(";1H").append(line).append(TO_LINE_END);
            }
        }
        drawn = lines;
        if (text.length() > 0) {
            out.print(text);
            broken = out.checkError(); // Flushes, too.
        }
    }

    @Override
    public int historyCount(RoomChannel channel) {
        return channel == RoomChannel.KLINE ? Board.CANDLES : TAPE_AT_START;
    }

    @Override
    public synchronized boolean isBroken() {
        return broken;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (entered) {
            out.print(LEAVE);
            lines().forEach(out::println);
            out.flush();
        }
        told.forEach(message -> err.println("market: " + Printable.of(message)));
        err.flush();
    }

    /** The status on top, where it stays; the data; one column less than there are, so that no terminal wraps. */
    private List<String> lines() {
        long now = epochMillis.getAsLong();
        int width = size.columns() - 1;
        List<String> lines = new ArrayList<>();
        lines.add(paint.on(link.tone(), cut(link.text(now), width)));
        lines.add(paint.on(Paint.Tone.FAINT, cut(notice, width)));
        lines.addAll(board.lines(width, size.rows() - lines.size(), paint, now));
        return lines;
    }

    private static String cut(String text, int width) {
        String line = Printable.of(text);
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }
}
