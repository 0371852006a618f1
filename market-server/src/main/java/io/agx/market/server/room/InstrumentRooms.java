package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The open rooms of one instrument, as its engine thread sees them. The arrays are replaced by the flush thread, never changed;
 * the lists of staged rooms are the engine thread's own.
 */
final class InstrumentRooms {
    private static final int INTERVALS = KlineInterval.values().length;

    private final List<KlineRoom> staged = new ArrayList<>();
    private final List<TradeRoom> stagedTrades = new ArrayList<>();

    // Written by the flush thread, read by the engine's thread.
    private volatile TickerRoom[] tickers = {};
    private volatile TradeRoom[] trades = {};
    private volatile KlineRoom[][] klines = new KlineRoom[INTERVALS][0];
    private volatile boolean raw;
    // Written by the engine's thread, read by the flush thread.
    private volatile long flushedMillis;

    /** Called on the engine's thread. */
    void onTicker(Ticker ticker) {
        for (TickerRoom room : tickers) {
            room.offer(ticker);
        }
    }

    /** Called on the engine's thread. */
    void onTrades(List<Trade> newTrades) {
        for (TradeRoom room : trades) {
            room.stage(newTrades);
            stagedTrades.add(room);
        }
    }

    /** Called on the engine's thread. */
    void onKline(int utcOffsetMinutes, Kline kline) {
        for (KlineRoom room : klines[kline.interval().ordinal()]) {
            if (room.name().utcOffsetMinutes() == utcOffsetMinutes) {
                room.stage(kline);
                if (!staged.contains(room)) {
                    staged.add(room);
                }
            }
        }
    }

    /** Called on the engine's thread, after all changes of a flush. */
    void onFlushed(InstrumentSnapshot snapshot) {
        for (int i = 0; i < staged.size(); i++) {
            staged.get(i).commit(snapshot);
        }
        staged.clear();
        for (int i = 0; i < stagedTrades.size(); i++) {
            stagedTrades.get(i).commit(snapshot);
        }
        stagedTrades.clear();
        flushedMillis = snapshot.clockMillis();
    }

    /** The market's clock at the last flush of which every change is in its room, epoch milliseconds; 0 before the first. Thread-safe. */
    long flushedMillis() {
        return flushedMillis;
    }

    /** Whether one of them is published at each flush. Called on the engine's thread. */
    boolean hasRaw() {
        return raw;
    }

    /** Called on the flush thread. */
    void add(Room room) {
        if (room instanceof TickerRoom ticker) {
            tickers = with(tickers, ticker);
        } else if (room instanceof TradeRoom trade) {
            trades = with(trades, trade);
        } else if (room instanceof KlineRoom kline) {
            replace(kline, with(klines[intervalOf(kline)], kline));
        }
        raw = isAnyRaw();
    }

    /** Called on the flush thread. */
    void remove(Room room) {
        if (room instanceof TickerRoom ticker) {
            tickers = without(tickers, ticker);
        } else if (room instanceof TradeRoom trade) {
            trades = without(trades, trade);
        } else if (room instanceof KlineRoom kline) {
            replace(kline, without(klines[intervalOf(kline)], kline));
        }
        raw = isAnyRaw();
    }

    private boolean isAnyRaw() {
        return isAnyRaw(tickers) || isAnyRaw(trades) || Arrays.stream(klines).anyMatch(InstrumentRooms::isAnyRaw);
    }

    private static boolean isAnyRaw(Room[] rooms) {
        return Arrays.stream(rooms).anyMatch(room -> room.name().rate() == Rate.RAW);
    }

    private void replace(KlineRoom room, KlineRoom[] rooms) {
        KlineRoom[][] copy = klines.clone();
        copy[intervalOf(room)] = rooms;
        klines = copy;
    }

    private static int intervalOf(KlineRoom room) {
        KlineInterval interval = room.name().interval();
        if (interval == null) {
            throw new IllegalStateException("kline room without interval: " + room.name());
        }
        return interval.ordinal();
    }

    private static <T> T[] with(T[] rooms, T room) {
        T[] copy = Arrays.copyOf(rooms, rooms.length + 1);
        copy[rooms.length] = room;
        return copy;
    }

    private static <T> T[] without(T[] rooms, T room) {
        List<T> copy = new ArrayList<>(Arrays.asList(rooms));
        copy.remove(room);
        return copy.toArray(Arrays.copyOf(rooms, copy.size()));
    }
}
