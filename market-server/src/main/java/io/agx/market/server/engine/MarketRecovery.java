package io.agx.market.server.engine;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds all state: the checkpoint, then the log from there. State is a function of the log, so it does not matter how far
 * the checkpoint was.
 */
public final class MarketRecovery {
    /** Bounds what waits in the states for a flush. */
    private static final int FLUSH_AFTER = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(MarketRecovery.class);

    private final StateLimits limits;
    private final int readers;
    private final Map<Integer, InstrumentState> states = new HashMap<>();
    private final Function<Instrument, InstrumentCheckpoint> checkpoints;
    private long replayedTrades;

    /**
     * @param readers how many checkpoints may be read at a time, 1 or higher: one more would wait for a connection, and its wait is bounded
     * @param checkpoints the stored state of an instrument, one without trades if the store has none; thread-safe
     */
    public MarketRecovery(StateLimits limits, int readers, Function<Instrument, InstrumentCheckpoint> checkpoints) {
        this.limits = limits;
        this.readers = readers;
        this.checkpoints = checkpoints;
    }

    /**
     * Restores instruments from the store, several at once: most of a restart is reading candles. Called before {@link #replay}. What
     * reading one throws is thrown once nobody reads any more.
     */
    public void restore(Collection<Instrument> instruments) {
        int threads = Math.max(1, Math.min(readers, Runtime.getRuntime().availableProcessors()));
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> new Thread(task, "market-recovery"));
        List<Future<InstrumentState>> restored = new ArrayList<>();
        try {
            instruments.forEach(instrument -> restored.add(pool.submit(() -> restored(instrument))));
            for (Future<InstrumentState> each : restored) {
                InstrumentState state = each.get();
                states.put(state.instrument().id(), state);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the stored state was read", e);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            // Not interrupted: that would close the embedded database's file.
            restored.forEach(each -> each.cancel(false));
            awaitEnd(pool);
        }
    }

    private static void awaitEnd(ExecutorService pool) {
        pool.shutdown();
        try {
            while (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("stored state is still being read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException fault
                ? fault
                : new IllegalStateException("the stored state cannot be read", e);
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
        replay(reader, MarketListener.NOBODY);
    }

    /** @param listener is told what nobody needs to hear, in the pieces in which it is held */
    void replay(LogReader reader, MarketListener listener) throws IOException {
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
                        states.values().forEach(each -> each.flush(listener));
                    } else if (state.isFull()) {
                        state.flush(listener);
                    }
                }
            }
        }
    }

    /** The rebuilt instruments, at a moment: what has closed by then has closed silently, and by the clock. */
    public Map<Integer, InstrumentState> finish(long clockMillis) {
        for (InstrumentState state : states.values()) {
            state.advance(clockMillis);
            state.flush(MarketListener.NOBODY);
            state.settle();
        }
        return states;
    }

    public long replayedTrades() {
        return replayedTrades;
    }
}
