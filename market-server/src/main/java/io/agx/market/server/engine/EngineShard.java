package io.agx.market.server.engine;

import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.MarketState;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.journal.LogEntry;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's thread, {@code market-engine-N}, and the instruments that it alone touches.
 *
 * <p>It drains up to {@link #MAX_DRAINED} batches, applies them, and only then tells the listener: so under load the
 * listener hears of an instrument once for many trades, and when idle at once.
 */
final class EngineShard implements Engine.ShardFigures, AutoCloseable {
    /** Batches in the queue; with groups of up to 8,192 trades this is at most some hundred megabytes, in practice far less. */
    static final int QUEUE_CAPACITY = 256;

    /** Bounds how long a change waits behind others before it is published. */
    private static final int MAX_DRAINED = 32;

    /** How often the clock is looked at while no trades come. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long STOP_MILLIS = 10_000;
    /** Wakes the thread for an action. */
    private static final Batch WAKE = new Batch(List.of(), 0);

    private static final Logger LOG = LoggerFactory.getLogger(EngineShard.class);

    private final int index;
    private final int shardCount;
    private final SnapshotCache cache;
    private final MarketListener listener;
    private final MarketClock clock;
    private final boolean tradesMoveClock;
    private final ArrayBlockingQueue<Batch> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    // Bounded by the callers: one per command that waits for it, and one per room that closes.
    private final ConcurrentLinkedQueue<Action> actions = new ConcurrentLinkedQueue<>();
    // The newest quote of each instrument that the thread has not taken yet: bounded by the instruments.
    private final ConcurrentHashMap<Integer, OfferedQuote> quotes = new ConcurrentHashMap<>();
    private final AtomicBoolean quotesWait = new AtomicBoolean();
    private final Thread thread;

    // The engine thread's own.
    private final MarketState market;
    private long nextTickNanos;
    // Of the first trades that are told at the next flush; 0 if there are none.
    private long durableNanos;

    // Written by the engine thread, read by anyone.
    private volatile long appliedTrades;
    // When the oldest of the batches that are being applied became durable; 0 while there is none.
    private volatile long applyingNanos;
    private volatile boolean stopping;
    private volatile boolean failed;

    EngineShard(
            int index,
            int shardCount,
            Collection<InstrumentState> owned,
            StateLimits limits,
            SnapshotCache cache,
            Function<LongSupplier, MarketListener> listeners,
            MarketClock clock,
            boolean tradesMoveClock) {
        this.index = index;
        this.shardCount = shardCount;
        this.market = new MarketState(limits);
        this.cache = cache;
        this.listener = listeners.apply(() -> durableNanos);
        this.clock = clock;
        this.tradesMoveClock = tradesMoveClock;
        owned.forEach(market::add);
        thread = new Thread(this::run, "market-engine-" + index);
    }

    void start() {
        thread.start();
    }

    /**
     * Called on the journal's thread; waits while the queue is full. Of a shard that has failed nothing is waited for: its state is made anew from
     * the log, and the other shards' trades go on.
     */
    void enqueue(List<LogEntry> entries, long durableNanos) {
        put(new Batch(entries, durableNanos));
    }

    /** Called on any thread, the flush thread among them; never waits. */
    void enqueue(int instrumentId, Consumer<InstrumentState> action) {
        actions.add(new Action(instrumentId, action));
        queue.offer(WAKE); // If it is full, the thread is awake.
    }

    /** Called on any thread; never waits. Of those that wait, an instrument's newest is kept, and the last that came of one time. */
    void quote(int instrumentId, OfferedQuote quote) {
        quotes.merge(instrumentId, quote, (known, given) -> given.timeMillis < known.timeMillis ? known : given);
        if (quotesWait.compareAndSet(false, true)) {
            queue.offer(WAKE); // If it is full, the thread is awake.
        }
    }

    @Override
    public int queuedBatches() {
        return queue.size();
    }

    @Override
    public long appliedTrades() {
        return appliedTrades;
    }

    /** How long the oldest batch that is durable and not yet published has been so; 0 if there is none. Called on any thread. */
    @Override
    public long lagNanos() {
        long since = applyingNanos;
        if (since == 0) {
            since = oldestQueuedNanos();
        }
        return since == 0 ? 0 : Math.max(0, System.nanoTime() - since);
    }

    /** When the first batch that waits became durable; 0 if none waits. What wakes the thread may stand before it. */
    private long oldestQueuedNanos() {
        for (Batch batch : queue) {
            if (batch.durableNanos != 0) {
                return batch.durableNanos;
            }
        }
        return 0;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread has ended though nobody stopped it. */
    @Override
    public boolean hasFailed() {
        return failed;
    }

    private void put(Batch task) {
        try {
            while (!failed && !queue.offer(task, 100, TimeUnit.MILLISECONDS)) {
                if (!thread.isAlive() && stopping) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        nextTickNanos = System.nanoTime();
        while (true) {
            boolean last = stopping;
            try {
                step(last);
            } catch (InterruptedException e) {
                failed = true;
                LOG.error("engine thread was interrupted; shard={} stops", index);
                return;
            } catch (Throwable e) {
                // A state that could not be applied would be wrong from here on: stop loudly, the log has everything.
                // After an Error as
                // well: who asks for the server's health must hear that nobody applies trades any more.
                failed = true;
                LOG.error(
                        "engine shard={} failed and stops; restart the server to rebuild its state from the log",
                        index,
                        e);
                throw e;
            }
            if (last && queue.isEmpty() && actions.isEmpty()) {
                return;
            }
        }
    }

    private void step(boolean last) throws InterruptedException {
        long waitNanos = last ? 0 : Math.max(0, nextTickNanos - System.nanoTime());
        Batch batch = queue.poll(waitNanos, TimeUnit.NANOSECONDS);
        // Read before the queue is drained: a replay's clock passes a trade only when the trade is in the queue.
        long now = clock.millis();
        batch = batch == null ? queue.poll() : batch;
        durableNanos = 0;
        for (int drained = 1; batch != null; drained++) {
            if (durableNanos == 0 && batch.durableNanos != 0) {
                durableNanos = batch.durableNanos;
                applyingNanos = durableNanos;
            }
            batch.entries.forEach(this::apply);
            batch = drained < MAX_DRAINED ? queue.poll() : null;
        }
        for (Action action = actions.poll(); action != null; action = actions.poll()) {
            run(action);
        }
        if (quotesWait.get()) {
            applyQuotes();
        }
        boolean mayAdvance = queue.isEmpty() || !tradesMoveClock;
        if (mayAdvance && System.nanoTime() - nextTickNanos >= 0) {
            nextTickNanos = System.nanoTime() + TICK_NANOS;
            market.advanceAndFlush(now, listener);
        } else {
            market.flush(listener);
        }
        applyingNanos = 0;
    }

    private void run(Action action) {
        InstrumentState state = market.find(action.instrumentId);
        if (state != null) {
            state.flush(listener);
            action.action.accept(state);
            market.touch(state);
        }
    }

    private void applyQuotes() {
        quotesWait.set(false); // Before they are taken: one that comes meanwhile wakes the thread again.
        for (Integer id : quotes.keySet()) {
            OfferedQuote quote = quotes.remove(id);
            InstrumentState state = market.find(id);
            if (quote != null && state != null) {
                state.quote(quote.timeMillis, quote.bid, quote.bidQuantity, quote.ask, quote.askQuantity);
                market.touch(state);
            }
        }
    }

    private void apply(LogEntry entry) {
        if (entry instanceof LogEntry.TradeAccepted accepted) {
            InstrumentState state = market.find(accepted.instrumentId());
            if (state == null) {
                return; // Another shard's.
            }
            if (tradesMoveClock) {
                state.advance(accepted.trade().timeMillis());
            }
            market.apply(accepted.instrumentId(), accepted.trade());
            if (state.isFull()) {
                state.flush(listener);
            }
            appliedTrades++;
        } else if (entry instanceof LogEntry.InstrumentDefined defined) {
            define(defined);
        }
    }

    private void define(LogEntry.InstrumentDefined defined) {
        int id = defined.instrument().id();
        if (id % shardCount != index) {
            return;
        }
        @Nullable InstrumentState state = market.find(id);
        if (state == null) {
            state = market.add(defined.instrument());
            state.advance(clock.millis());
            cache.register(state);
        } else {
            state.withInstrument(defined.instrument());
        }
        market.touch(state);
    }

    record OfferedQuote(long timeMillis, long bid, long bidQuantity, long ask, long askQuantity) {}

    /** @param durableNanos when it became durable, on the monotonic clock */
    private record Batch(List<LogEntry> entries, long durableNanos) {}

    private record Action(int instrumentId, Consumer<InstrumentState> action) {}
}
