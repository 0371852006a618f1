package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the engine changed to the rooms that are open for it. Its listener methods run on the engine's threads and only
 * leave the change; encoding and sending is the flush thread's.
 */
public final class Publisher implements MarketListener {
    // Filled by the flush thread, never emptied: bounded by the number of instruments.
    private final ConcurrentHashMap<Integer, InstrumentRooms> byInstrument = new ConcurrentHashMap<>();
    private final PatternRooms patternRooms = new PatternRooms();

    @Override
    public void onTrades(Instrument instrument, List<Trade> trades) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        if (rooms != null) {
            rooms.onTrades(trades);
        }
    }

    @Override
    public void onTicker(Instrument instrument, Ticker ticker) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        if (rooms != null) {
            rooms.onTicker(ticker);
        }
        patternRooms.onTicker(instrument, ticker);
    }

    @Override
    public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        if (rooms != null) {
            rooms.onKline(utcOffsetMinutes, kline);
        }
    }

    @Override
    public void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        if (rooms != null) {
            rooms.onFlushed(snapshot);
        }
    }

    /** As {@link InstrumentRooms#flushedMillis}; 0 for an instrument that never had a room. */
    long flushedMillis(Instrument instrument) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        return rooms == null ? 0 : rooms.flushedMillis();
    }

    /** Lets changes reach a room. Called on the flush thread, before the room opens. */
    void attach(Room room, @Nullable Instrument instrument) {
        if (room instanceof PatternRoom pattern) {
            patternRooms.add(pattern);
        } else if (instrument != null) {
            byInstrument
                    .computeIfAbsent(instrument.id(), id -> new InstrumentRooms())
                    .add(room);
        }
    }

    /** Called on the flush thread, after the last member has left. */
    void detach(Room room, @Nullable Instrument instrument) {
        if (room instanceof PatternRoom pattern) {
            patternRooms.remove(pattern);
        } else if (instrument != null) {
            InstrumentRooms rooms = byInstrument.get(instrument.id());
            if (rooms != null) {
                rooms.remove(room);
            }
        }
    }
}
