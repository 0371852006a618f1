package io.agx.market.server.store;

import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.measure.Distribution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log and copies it into the store: owns the thread {@code market-store}.
 *
 * <p>It has no queue. It reads the log from the stored checkpoint on, folds a stretch of it into candle deltas, and commits
 * trades, merged candles and the new log position in one transaction. So being slow, failing and starting again are one
 * case: the log waits on disk, and the next stretch begins at the position that was committed. A stretch is at most
 * {@link #MAX_BATCH_TRADES} entries and 16 MiB, which bounds its memory.
 */
public final class StoreWriter implements AutoCloseable {
    /** 20,000 trades fold to at most 320,000 candle rows and commit in well under a second. */
    static final int MAX_BATCH_TRADES = 20_000;

    /** Halved at each failure down to this, doubled at each success: a database that is too slow for a stretch gets through a part of it. */
    static final int MIN_BATCH_TRADES = 500;

    /**
     * Stretches of a round at most, however much is left: some two seconds, in which nothing else is done on this thread. Also those of the
     * last round, after a stop.
     */
    static final int MAX_ROUND_STRETCHES = 4;

    /** After which a round begins no further stretch: one may take many seconds where the database is slow. */
    private static final long MAX_ROUND_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Messages are of up to 28 KB: about twice as much in memory as in the log. */
    private static final long MAX_BATCH_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    /** Between rounds, however much comes: a transaction for every group of the log would cost more than all else. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** While nothing comes, the database is asked so often whether it is still there. */
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long STOP_MILLIS = 20_000;

    private final MarketStore store;
    private final TradeLog log;
    private final Supplier<Map<Instrument, Ticker>> tickers;
    private final LongConsumer onStored;
    private final Thread thread;

    private volatile boolean stopping;
    // Written by the store thread, read by anyone.
    private volatile long storedPosition;
    private volatile long storedTrades;
    private volatile long failures;
    private volatile @Nullable String failure;
    // From the first row of a transaction to its end, failed ones too: up to 67 s.
    private final Distribution commitTimes = Distribution.ofDurations(10, 26);
    private volatile long commits;
    // The store thread's own.
    private long retryNanos = FIRST_RETRY_NANOS;
    // Whether the last stretch ended at its bound: there is more.
    private boolean batchFull;
    private int maxBatchTrades = MAX_BATCH_TRADES;

    /**
     * @param tickers the latest tickers, for the ticker table; called on the store's thread
     * @param onStored told of the log position up to which the store has everything, after each round; called on the store's thread
     */
    public StoreWriter(
            MarketStore store, TradeLog log, Supplier<Map<Instrument, Ticker>> tickers, LongConsumer onStored) {
        this.store = store;
        this.log = log;
        this.tickers = tickers;
        this.onStored = onStored;
        this.storedPosition = store.checkpointPosition();
        this.thread = new Thread(this::run, "market-store");
    }

    public void start() {
        thread.start();
    }

    /** Log position up to which the store has everything. */
    public long storedPosition() {
        return storedPosition;
    }

    /** Trades written since the start, by transactions whose end was heard. */
    public long storedTrades() {
        return storedTrades;
    }

    /** Transactions committed since the start. */
    public long commitCount() {
        return commits;
    }

    /** How long the transactions took, failed ones too. */
    public Distribution commitTimes() {
        return commitTimes;
    }

    /** Failed transactions since the start. */
    public long failureCount() {
        return failures;
    }

    /** Why the store cannot be written now, or null if it can. */
    public @Nullable String failure() {
        return failure;
    }

    /** Copies all that is durable now into the store, on the calling thread; for tools that run without the thread. */
    public void drain() throws IOException {
        long position = store.checkpointPosition();
        try (LogReader reader = log.reader(Math.max(position, log.startPosition()))) {
            int copied;
            do {
                copied = copyNext(reader);
            } while (copied > 0);
        }
        store.saveTickers(tickers.get());
    }

    /** Writes what is left, as far as it is done in one more round, and ends the thread; waits for at most 20 seconds. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn(
                    "store is still writing after {} ms; the rest is copied from the log at the next start",
                    STOP_MILLIS);
        }
    }

    private void run() {
        while (true) {
            try {
                if (failure != null) {
                    HalfWritten.undo(log, store);
                }
                followFromCheckpoint();
                return;
            } catch (Throwable e) { // Errors too: without this thread nothing is stored, and nobody notices.
                failures++;
                if (failure == null) {
                    LOG.error(
                            "store cannot be written; ingest and live go on, the log is kept until it can: cause={}",
                            e.toString(),
                            e);
                }
                failure = e.toString();
                maxBatchTrades = Math.max(MIN_BATCH_TRADES, maxBatchTrades / 2);
                if (stopping) {
                    return;
                }
                pause(retryNanos);
                retryNanos = Math.min(retryNanos * 2, MAX_RETRY_NANOS);
            }
        }
    }

    private void followFromCheckpoint() throws IOException {
        try (LogReader reader = log.reader(Math.max(store.checkpointPosition(), log.startPosition()))) {
            // A transaction may have been committed though it failed, when its end was not heard; and a database may
            // go back, when a standby takes over.
            storedPosition = reader.position();
            follow(reader);
        }
    }

    /** Returns when stopped and all is written; throws when the store or the log fails. */
    private void follow(LogReader reader) throws IOException {
        Map<Instrument, Ticker> savedTickers = Map.of();
        long heardNanos = System.nanoTime() - CHECK_NANOS;
        while (true) {
            boolean last = stopping;
            long startNanos = System.nanoTime();
            int stretches = 0;
            boolean isBehind;
            do {
                int copied = copyNext(reader);
                if (copied > 0) {
                    heardNanos = System.nanoTime();
                    writtenAgain();
                }
                isBehind = copied > 0 && batchFull;
                stretches++;
            } while (isBehind
                    && stretches < MAX_ROUND_STRETCHES
                    && System.nanoTime() - startNanos < MAX_ROUND_NANOS
                    && stopping == last);
            if (System.nanoTime() - heardNanos >= CHECK_NANOS) {
                store.check();
                heardNanos = System.nanoTime();
            }
            store.dropOldTrades(System.currentTimeMillis());
            Map<Instrument, Ticker> latest = tickers.get();
            store.saveTickers(changed(savedTickers, latest));
            savedTickers = latest;
            onStored.accept(storedPosition);
            writtenAgain();
            retryNanos = FIRST_RETRY_NANOS;
            if (last) {
                if (isBehind) {
                    LOG.info(
                            "stopped before the store had all; the rest is copied from the log at the next start: bytes={}",
                            log.durablePosition() - storedPosition);
                }
                store.flush();
                return;
            }
            if (!isBehind) {
                pause(PAUSE_NANOS);
            }
        }
    }

    /** The store did what it was asked to: the fault is over, however much there is to be copied. */
    private void writtenAgain() {
        if (failure != null) {
            LOG.info("store is written again");
            failure = null;
        }
    }

    /** Waits, or until the writer is stopped. */
    private void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !stopping; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private static Map<Instrument, Ticker> changed(Map<Instrument, Ticker> before, Map<Instrument, Ticker> now) {
        Map<Instrument, Ticker> changed = new HashMap<>();
        now.forEach((instrument, ticker) -> {
            Ticker saved = before.get(instrument);
            if (saved == null || saved.seq() != ticker.seq()) {
                changed.put(instrument, ticker);
            }
        });
        return changed;
    }

    /** Copies the next stretch, and returns how many entries it had. */
    private int copyNext(LogReader reader) throws IOException {
        List<Instrument> instruments = new ArrayList<>();
        Map<Integer, List<Trade>> trades = new HashMap<>();
        Map<Integer, KlineAggregator> aggregators = new HashMap<>();
        List<LogEntry.OfInbox> inbox = new ArrayList<>();
        long maxPosition = reader.position() + MAX_BATCH_BYTES;
        int entries = 0;
        LogEntry entry;
        while (entries < maxBatchTrades && reader.position() < maxPosition && (entry = reader.next()) != null) {
            entries++;
            if (entry instanceof LogEntry.InstrumentDefined defined) {
                instruments.add(defined.instrument());
            } else if (entry instanceof LogEntry.TradeAccepted accepted) {
                trades.computeIfAbsent(accepted.instrumentId(), id -> new ArrayList<>())
                        .add(accepted.trade());
                aggregators
                        .computeIfAbsent(accepted.instrumentId(), id -> new KlineAggregator())
                        .add(accepted.trade());
            } else if (entry instanceof LogEntry.OfInbox ofInbox) {
                inbox.add(ofInbox);
            }
        }
        batchFull = entries == maxBatchTrades || reader.position() >= maxPosition;
        if (entries == 0) {
            return 0;
        }
        Map<Integer, List<Kline>> klines = new HashMap<>();
        aggregators.forEach((id, aggregator) -> klines.put(id, aggregator.drain()));
        long startNanos = System.nanoTime();
        try {
            store.commit(new StoreBatch(instruments, trades, klines, inbox, reader.position()));
        } finally {
            commitTimes.record(System.nanoTime() - startNanos);
        }
        commits++;
        maxBatchTrades = Math.min(MAX_BATCH_TRADES, maxBatchTrades * 2);
        storedPosition = reader.position();
        storedTrades += trades.values().stream().mapToInt(List::size).sum();
        return entries;
    }
}
