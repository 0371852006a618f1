package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the engine changed to the rooms that are open for it. Its listener methods run on the engine's threads and only
 * leave the change; encoding and sending is the flush thread's.
 */
public final class Publisher implements MarketListener {
    // Filled by the flush thread, never emptied: bounded by the number of instruments.
    private final ConcurrentHashMap<Integer, InstrumentRooms> byInstrument = new ConcurrentHashMap<>();
    private final PatternRooms patternRooms = new PatternRooms();
    // One for each engine thread.
    private final List<DurableSample> samples = new CopyOnWriteArrayList<>();
    // Likewise: up to when each has told all changes of its instruments, epoch milliseconds.
    private final List<AtomicLong> advanced = new CopyOnWriteArrayList<>();
    // The flush thread's own.
    private long takenTradeMillis;

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

    /**
     * This listener for one engine thread, which samples how long its trades take from then on.
     *
     * @param durableNanos when the trades that are told became durable, on the monotonic clock; 0 if there are none. Asked on that thread
     */
    public MarketListener of(LongSupplier durableNanos) {
        DurableSample sample = new DurableSample();
        samples.add(sample);
        AtomicLong told = new AtomicLong();
        advanced.add(told);
        return new MarketListener() {
            @Override
            public void onTrades(Instrument instrument, List<Trade> trades) {
                if (hasRawRoom(instrument)) {
                    // Before the rooms have them: what is sampled is not published yet.
                    sample.offer(durableNanos.getAsLong(), liveTimeMillis(trades));
                }
                Publisher.this.onTrades(instrument, trades);
            }

            @Override
            public void onTicker(Instrument instrument, Ticker ticker) {
                Publisher.this.onTicker(instrument, ticker);
            }

            @Override
            public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
                Publisher.this.onKline(instrument, utcOffsetMinutes, kline);
            }

            @Override
            public void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {
                Publisher.this.onFlushed(instrument, snapshot);
            }

            @Override
            public void onAdvanced(long clockMillis) {
                told.set(clockMillis); // Behind all that was left in the rooms.
            }
        };
    }

    /** Of the newest trade; 0 of history that comes late, whose age tells nothing of the way to the sockets. */
    private static long liveTimeMillis(List<Trade> trades) {
        Trade newest = trades.get(trades.size() - 1);
        return newest.backfill() ? 0 : newest.timeMillis();
    }

    /** The event time of what {@link #takeDurableSample} took last, epoch milliseconds; 0 if it has none. Called on the flush thread. */
    long takenTradeMillis() {
        return takenTradeMillis;
    }

    /** When something that waits in the {@code raw} rooms became durable, or 0; it is then forgotten. Called on the flush thread. */
    long takeDurableSample() {
        long taken = 0;
        for (DurableSample sample : samples) { // Of several threads' the oldest: it is the one that can be late.
            long tradeMillis = sample.tradeTimeMillis();
            long nanos = sample.take();
            if (nanos != 0 && (taken == 0 || nanos - taken < 0)) {
                taken = nanos;
                takenTradeMillis = tradeMillis;
            }
        }
        return taken;
    }

    private boolean hasRawRoom(Instrument instrument) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        return (rooms != null && rooms.hasRaw()) || patternRooms.hasRaw(instrument);
    }

    /**
     * The market's clock up to which every change of an instrument is in its rooms, epoch milliseconds; 0 if that is not known yet. Where a
     * thread hangs, the instruments of the others tell that of their own last change. Thread-safe.
     */
    long flushedMillis(Instrument instrument) {
        InstrumentRooms rooms = byInstrument.get(instrument.id());
        long slowest = advanced.isEmpty() ? 0 : Long.MAX_VALUE;
        for (AtomicLong told : advanced) {
            slowest = Math.min(slowest, told.get());
        }
        return rooms == null ? slowest : Math.max(slowest, rooms.flushedMillis());
    }

    /** Lets changes reach a room. Called on the flush thread, before the room opens. */
    void attach(Room room, @Nullable Instrument instrument) {
        takeDurableSample(); // It may be of a room that is gone, and would wait for this one.
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
