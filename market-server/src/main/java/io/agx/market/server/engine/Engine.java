package io.agx.market.server.engine;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.journal.JournalListener;
import io.agx.market.server.journal.LogEntry;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * All instruments' state, spread over shards with one thread each. Thread-safe.
 *
 * <p>Takes durable entries from the journal, applies them, publishes new snapshots to the cache and tells the listener what
 * changed. A shard's queue is bounded; when it is full the journal's thread waits, and so ingest pushes back.
 */
public final class Engine implements JournalListener, AutoCloseable {
    /** Batches that may wait for a shard's thread; then the journal's waits. */
    public static final int QUEUE_CAPACITY = EngineShard.QUEUE_CAPACITY;

    private final EngineShard[] shards;

    /**
     * @param states the recovered instruments
     * @param limits for instruments that are defined later
     * @param listeners makes what a shard tells of every change, on its thread; given when the first of the trades that are told became
     *     durable, on the monotonic clock, or 0
     * @param clock by which candles close
     * @param tradesMoveClock whether a trade's time moves the clock as well: for replays, whose time is that of their trades
     * @param shardCount number of threads, 1 or higher
     */
    public Engine(
            Collection<InstrumentState> states,
            StateLimits limits,
            SnapshotCache cache,
            Function<LongSupplier, MarketListener> listeners,
            MarketClock clock,
            boolean tradesMoveClock,
            int shardCount) {
        shards = new EngineShard[shardCount];
        for (int i = 0; i < shardCount; i++) {
            int index = i;
            List<InstrumentState> owned = states.stream()
                    .filter(state -> state.instrument().id() % shardCount == index)
                    .toList();
            shards[i] = new EngineShard(index, shardCount, owned, limits, cache, listeners, clock, tradesMoveClock);
        }
    }

    public void start() {
        for (EngineShard shard : shards) {
            shard.start();
        }
    }

    @Override
    public void onDurable(List<LogEntry> entries, long endPosition) {
        long durableNanos = System.nanoTime();
        for (EngineShard shard : shards) {
            shard.enqueue(entries, durableNanos);
        }
    }

    /**
     * Runs something on the thread that owns an instrument, between two batches and after what was given here before. The state is
     * flushed before it, so what the last call changed is in the cache. Never waits; does nothing if the instrument is not known there.
     *
     * @param action must not throw: that would stop the shard
     */
    public void withState(Instrument instrument, Consumer<InstrumentState> action) {
        shards[instrument.id() % shards.length].enqueue(instrument.id(), action);
    }

    /**
     * Takes a quote to the thread that owns its instrument, past the log. Never waits; of quotes that come faster than the thread takes
     * them, the newest by time is kept. Does nothing if the instrument is not known there.
     */
    public void quote(Instrument instrument, long timeMillis, long bid, long bidQuantity, long ask, long askQuantity) {
        shards[instrument.id() % shards.length].quote(
                instrument.id(), new EngineShard.OfferedQuote(timeMillis, bid, bidQuantity, ask, askQuantity));
    }

    /** What one shard does. */
    public interface ShardFigures {
        /** Batches that wait for its thread. */
        int queuedBatches();

        /** Trades applied since the start. */
        long appliedTrades();

        /** How long the oldest batch that is durable and not yet published has been so; 0 if there is none. */
        long lagNanos();

        /** Whether its thread has stopped by a fault. */
        boolean hasFailed();
    }

    /** The shards, in order; may be read by anyone. */
    public List<ShardFigures> shards() {
        return List.of(shards);
    }

    /** Batches that wait, over all shards. */
    public int queuedBatches() {
        int queued = 0;
        for (EngineShard shard : shards) {
            queued += shard.queuedBatches();
        }
        return queued;
    }

    /** Whether a shard's thread has stopped by a fault: its instruments stand still, and their trades are kept in the log. */
    public boolean hasFailed() {
        for (EngineShard shard : shards) {
            if (shard.hasFailed()) {
                return true;
            }
        }
        return false;
    }

    /** Trades applied since the start. */
    public long appliedTrades() {
        long applied = 0;
        for (EngineShard shard : shards) {
            applied += shard.appliedTrades();
        }
        return applied;
    }

    /** Applies what is queued, and ends the threads. Idempotent. */
    @Override
    public void close() {
        for (EngineShard shard : shards) {
            shard.close();
        }
    }
}
