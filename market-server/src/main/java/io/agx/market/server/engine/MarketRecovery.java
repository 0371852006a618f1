package io.agx.market.server.engine;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Rebuilds all state: the checkpoint, then the log from there. State is a function of the log, so it does not matter how far
 * the checkpoint was.
 */
public final class MarketRecovery {
    /** Bounds what waits in the states for a flush. */
    private static final int FLUSH_AFTER = 20_000;

    private final StateLimits limits;
    private final Map<Integer, InstrumentState> states = new HashMap<>();
    private final Function<Instrument, InstrumentCheckpoint> checkpoints;
    private long replayedTrades;

    /**
     * @param checkpoints the stored state of an instrument, one without trades if the store has none; thread-safe
     */
    public MarketRecovery(StateLimits limits, Function<Instrument, InstrumentCheckpoint> checkpoints) {
        this.limits = limits;
        this.checkpoints = checkpoints;
    }

    /** Restores instruments from the store, several at once: most of a restart is reading candles. Called before {@link #replay}. */
    public void restore(Collection<Instrument> instruments) {
        List<InstrumentState> restored =
                instruments.parallelStream().map(this::restored).toList();
        restored.forEach(state -> states.put(state.instrument().id(), state));
    }

    private InstrumentState restored(Instrument instrument) {
        InstrumentState state = new InstrumentState(instrument, limits);
        state.restore(checkpoints.apply(instrument));
        return state;
    }

    /**
     * Applies the rest of the log; trades that the checkpoint already has are passed over.
     *
     * @throws IOException if the log cannot be read
     */
    public void replay(LogReader reader) throws IOException {
        LogEntry entry;
        while ((entry = reader.next()) != null) {
            if (entry instanceof LogEntry.InstrumentDefined defined) {
                InstrumentState known = states.get(defined.instrument().id());
                if (known == null) {
                    states.put(defined.instrument().id(), restored(defined.instrument()));
                } else {
                    known.withInstrument(defined.instrument());
                }
            } else if (entry instanceof LogEntry.TradeAccepted accepted) {
                InstrumentState state = states.get(accepted.instrumentId());
                if (state == null) {
                    throw new IOException("the log has a trade of instrument #" + accepted.instrumentId()
                            + " that is defined neither in it nor in the store");
                }
                if (accepted.trade().seq() > state.seq()) {
                    state.apply(accepted.trade());
                    if (++replayedTrades % FLUSH_AFTER == 0) {
                        states.values().forEach(each -> each.flush(MarketListener.NOBODY));
                    }
                }
            }
        }
    }

    /** The rebuilt instruments, at a moment: what has closed by then has closed silently. */
    public Map<Integer, InstrumentState> finish(long clockMillis) {
        for (InstrumentState state : states.values()) {
            state.advance(clockMillis);
            state.flush(MarketListener.NOBODY);
        }
        return states;
    }

    public long replayedTrades() {
        return replayedTrades;
    }
}
