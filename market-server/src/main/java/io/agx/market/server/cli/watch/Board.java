package io.agx.market.server.cli.watch;

import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.UtcOffsets;
import io.agx.market.server.cli.watch.Paint.Tone;
import io.agx.market.server.cli.watch.Table.Cell;
import io.agx.market.server.cli.watch.Table.Column;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the screen shows: the newest ticker of each instrument, the newest candles of each series, the newest trades. A price that has just
 * changed is coloured for {@link #FADE_MILLIS}. Not thread-safe.
 */
final class Board {
    static final long FADE_MILLIS = 1_000;
    static final int CANDLES = 4;
    static final int TAPE = 200;

    private static final int MIN_TAPE_ROWS = 3;

    private final Map<String, Quote> tickers = new TreeMap<>();
    private final Map<RoomName, TreeMap<Long, Candle>> series = new LinkedHashMap<>();
    private final Deque<Deal> tape = new ArrayDeque<>();

    private final Table tickerTable = new Table(
            new Column("TICKER", false, 0),
            new Column("LAST", true, 0),
            new Column("CHANGE", true, 3),
            new Column("%", true, 1),
            new Column("HIGH", true, 4),
            new Column("LOW", true, 5),
            new Column("VOLUME", true, 2),
            new Column("TRADES", true, 6),
            new Column("SEQ", true, 7));
    private final Table candleTable = new Table(
            new Column("CANDLE", false, 0),
            new Column("TIME", false, 0),
            new Column("OPEN", true, 5),
            new Column("HIGH", true, 3),
            new Column("LOW", true, 4),
            new Column("CLOSE", true, 0),
            new Column("VOLUME", true, 2),
            new Column("TRADES", true, 6),
            new Column("", false, 1));
    private final Table tapeTable = new Table(
            new Column("TIME", false, 0),
            new Column("TRADE", false, 0),
            new Column("SIDE", false, 2),
            new Column("PRICE", true, 0),
            new Column("QTY", true, 1),
            new Column("SEQ", true, 3));

    private record Quote(TickerData data, Tone tone, long changedMillis) {}

    private record Candle(KlineData data, Tone tone, long changedMillis) {}

    private record Deal(String symbol, TradeData data) {}

    void ticker(TickerData data, long nowMillis) {
        Quote old = tickers.get(data.symbol());
        if (old == null) {
            tickers.put(data.symbol(), new Quote(data, Tone.PLAIN, nowMillis));
        } else if (data.seq() >= old.data.seq()) {
            int moved = data.last().compareTo(old.data.last());
            tickers.put(
                    data.symbol(),
                    moved == 0
                            ? new Quote(data, old.tone, old.changedMillis)
                            : new Quote(data, direction(moved), nowMillis));
        }
    }

    void kline(RoomName room, KlineData data, long nowMillis) {
        TreeMap<Long, Candle> candles = series.computeIfAbsent(room.base(), key -> new TreeMap<>());
        Candle old = candles.get(data.openTimeMillis());
        BigDecimal before = old == null ? data.open() : old.data.close();
        int moved = data.close().compareTo(before);
        candles.put(
                data.openTimeMillis(),
                moved == 0 && old != null
                        ? new Candle(data, old.tone, old.changedMillis)
                        : new Candle(data, direction(moved), nowMillis));
        if (candles.size() > CANDLES) {
            candles.pollFirstEntry();
        }
    }

    void trade(RoomName room, TradeData data) {
        tape.addFirst(new Deal(String.valueOf(room.symbol()), data));
        if (tape.size() > TAPE) {
            tape.removeLast();
        }
    }

    /** Another history began: what is shown is of the old one. */
    void clear() {
        tickers.clear();
        series.clear();
        tape.clear();
    }

    /** At most so many lines of at most this width. What there is no room for is told in the last line of its table. */
    List<String> lines(int width, int height, Paint paint, long nowMillis) {
        int tapeReserve = tape.isEmpty() ? 0 : 2 + MIN_TAPE_ROWS;
        List<String> lines = new ArrayList<>(height);
        if (!tickers.isEmpty()) {
            int candleReserve = series.isEmpty() ? 0 : 2 + series.size();
            List<List<Cell>> rows = tickerRows(nowMillis);
            add(lines, tickerTable.lines(rows, width, paint), height - tapeReserve - candleReserve, width);
        }
        if (!series.isEmpty()) {
            int room = height - lines.size() - tapeReserve - 2;
            int perSeries = Math.max(1, Math.min(CANDLES, room / series.size()));
            add(
                    lines,
                    candleTable.lines(candleRows(perSeries, nowMillis), width, paint),
                    height - lines.size() - tapeReserve,
                    width);
        }
        if (!tape.isEmpty()) {
            int room = height - lines.size() - 2;
            List<String> table = tapeTable.lines(tapeRows(Math.max(1, room)), width, paint);
            add(lines, table, height - lines.size(), width);
        }
        return lines.size() > height ? lines.subList(0, height) : lines;
    }

    private static void add(List<String> lines, List<String> table, int room, int width) {
        if (!lines.isEmpty()) {
            lines.add("");
            room--;
        }
        int fit = Math.max(2, room);
        if (table.size() <= fit) {
            lines.addAll(table);
        } else {
            lines.addAll(table.subList(0, fit - 1));
            String rest = "… " + (table.size() - fit + 1) + " more: the window is too small";
            lines.add(rest.substring(0, Math.min(width, rest.length())));
        }
    }

    private List<List<Cell>> tickerRows(long nowMillis) {
        List<List<Cell>> rows = new ArrayList<>(tickers.size());
        for (Quote quote : tickers.values()) {
            TickerData data = quote.data;
            rows.add(List.of(
                    Cell.of(data.symbol()),
                    new Cell(data.last().toPlainString(), faded(quote.tone, quote.changedMillis, nowMillis)),
                    decimal(data.change()),
                    decimal(data.changePercent()),
                    decimal(data.high()),
                    decimal(data.low()),
                    decimal(data.volume()),
                    Cell.of(Long.toString(data.count())),
                    Cell.of(Long.toString(data.seq()))));
        }
        return rows;
    }

    private List<List<Cell>> candleRows(int perSeries, long nowMillis) {
        List<List<Cell>> rows = new ArrayList<>();
        series.forEach((room, candles) -> candles.descendingMap().values().stream()
                .limit(perSeries)
                .forEach(candle -> rows.add(candleRow(room, candle, nowMillis))));
        return rows;
    }

    private static List<Cell> candleRow(RoomName room, Candle candle, long nowMillis) {
        KlineData data = candle.data;
        String offset = room.utcOffsetMinutes() == 0 ? "" : " " + UtcOffsets.format(room.utcOffsetMinutes());
        // A candle's day is one of its own offset.
        long shiftMillis = room.utcOffsetMinutes() * 60_000L;
        return List.of(
                Cell.of(data.symbol() + " " + data.interval() + offset),
                Cell.of(Times.candle(data.openTimeMillis() + shiftMillis, data.closeTimeMillis() + shiftMillis)),
                decimal(data.open()),
                decimal(data.high()),
                decimal(data.low()),
                new Cell(data.close().toPlainString(), faded(candle.tone, candle.changedMillis, nowMillis)),
                decimal(data.volume()),
                Cell.of(Long.toString(data.count())),
                data.closed() ? new Cell("final", Tone.FAINT) : Cell.of("open"));
    }

    private List<List<Cell>> tapeRows(int most) {
        List<List<Cell>> rows = new ArrayList<>(most);
        for (Deal deal : tape) {
            if (rows.size() == most) {
                break;
            }
            TradeData data = deal.data;
            Tone tone = data.takerSide() == Side.BUY ? Tone.UP : data.takerSide() == Side.SELL ? Tone.DOWN : Tone.PLAIN;
            String side = data.takerSide() == Side.UNKNOWN
                    ? "-"
                    : data.takerSide().name().toLowerCase(Locale.ROOT);
            rows.add(List.of(
                    Cell.of(Times.clock(data.timeMillis())),
                    Cell.of(deal.symbol),
                    new Cell(side, tone),
                    new Cell(data.price().toPlainString(), tone),
                    decimal(data.qty()),
                    Cell.of(Long.toString(data.seq()))));
        }
        return rows;
    }

    private static Cell decimal(BigDecimal value) {
        return Cell.of(value.toPlainString());
    }

    private static Tone direction(int moved) {
        return moved > 0 ? Tone.UP : moved < 0 ? Tone.DOWN : Tone.PLAIN;
    }

    private static Tone faded(Tone tone, long changedMillis, long nowMillis) {
        return nowMillis - changedMillis < FADE_MILLIS ? tone : Tone.PLAIN;
    }
}
