package io.agx.market.core.state;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instruments of one shard. Owned by its engine thread; bounded by the instruments added.
 */
public final class MarketState {
    /** Highest instrument id: ids are given one after another, and index an array here. */
    public static final int MAX_INSTRUMENT_ID = 1_000_000;

    private final StateLimits limits;
    private final List<InstrumentState> instruments = new ArrayList<>();
    private @Nullable InstrumentState[] byId = new InstrumentState[64];
    private long clockMillis = Long.MIN_VALUE;

    /** Instruments with something to flush, each once. */
    private final ArrayList<InstrumentState> touched = new ArrayList<>();

    public MarketState(StateLimits limits) {
        this.limits = limits;
    }

    /**
     * Adds an instrument without trades.
     *
     * @throws IllegalArgumentException if its id is taken or above {@link #MAX_INSTRUMENT_ID}
     */
    public InstrumentState add(Instrument instrument) {
        InstrumentState state = new InstrumentState(instrument, limits);
        state.advance(clockMillis);
        add(state);
        return state;
    }

    /**
     * Adds an instrument with the state that it has, such as a restored one; from now on this shard owns it.
     *
     * @throws IllegalArgumentException if its id is taken or above {@link #MAX_INSTRUMENT_ID}
     */
    public void add(InstrumentState state) {
        int id = state.instrument().id();
        if (id > MAX_INSTRUMENT_ID || find(id) != null) {
            throw new IllegalArgumentException(
                    "instrument id " + id + " is taken or above " + MAX_INSTRUMENT_ID + ": " + state.symbol());
        }
        if (id >= byId.length) {
            byId = Arrays.copyOf(byId, Math.max(id + 1, byId.length * 2));
        }
        byId[id] = state;
        instruments.add(state);
    }

    /** The state of an instrument, or null if it is not in this shard. */
    public @Nullable InstrumentState find(int instrumentId) {
        return instrumentId >= 0 && instrumentId < byId.length ? byId[instrumentId] : null;
    }

    /**
     * Applies the next trade of an instrument.
     *
     * @throws IllegalArgumentException if the instrument is not in this shard
     * @throws IllegalStateException if its {@code seq} is not the next one
     */
    public void apply(int instrumentId, Trade trade) {
        InstrumentState state = find(instrumentId);
        if (state == null) {
            throw new IllegalArgumentException("no instrument " + instrumentId + " in this shard");
        }
        state.apply(trade);
        list(state);
    }

    /** Moves the clock of all instruments, without flushing. An earlier clock than before is ignored. */
    public void advance(long newClockMillis) {
        if (newClockMillis <= clockMillis) {
            return;
        }
        clockMillis = newClockMillis;
        for (InstrumentState state : instruments) {
            state.advance(newClockMillis);
            if (state.isChanged()) {
                list(state);
            }
        }
    }

    /**
     * Moves the clock of each instrument and flushes it at once, so that after a jump of the clock only one instrument's
     * closes are held at a time.
     */
    public void advanceAndFlush(long newClockMillis, MarketListener listener) {
        clockMillis = Math.max(clockMillis, newClockMillis);
        for (InstrumentState state : instruments) {
            state.advance(newClockMillis);
            state.flush(listener);
            state.listed = false;
        }
        touched.clear();
        listener.onAdvanced(clockMillis);
    }

    /**
     * Flushes the instruments that had trades or closes, or were {@linkplain #touch touched}.
     */
    public void flush(MarketListener listener) {
        for (InstrumentState state : touched) {
            state.listed = false;
            state.flush(listener);
        }
        touched.clear();
    }

    /** Has an instrument flushed that was changed directly: its definition, its clock, its offset series. */
    public void touch(InstrumentState state) {
        list(state);
    }

    private void list(InstrumentState state) {
        if (!state.listed) {
            state.listed = true;
            touched.add(state);
        }
    }
}
