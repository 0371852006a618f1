package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.ingest.TradeAppender;
import io.agx.market.server.journal.JournalQueue.Offered;
import io.agx.market.server.measure.Distribution;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes trades on, drops those that are in the log already, gives each other its {@code seq} and makes a whole group durable with one
 * force. Thread-safe; thread {@code market-journal} owns the log's writer, {@code seq} and the duplicate index, and must not be
 * interrupted.
 *
 * <p>After the force the listeners are called, then the futures are completed: an ack means durable, and queued for the engine. A listener that
 * waits holds the thread, the queue fills, and {@link #append} pushes back. If the force fails, the futures fail with the log's
 * {@link LogUnavailableException} and nothing is kept: no {@code seq} is used up and no id is remembered.
 *
 * <p>Call {@link #open}, then {@link #start()} once the listeners are ready. The log itself is closed by whoever opened it, after
 * this.
 */
public final class Journal implements TradeAppender, AutoCloseable {
    /**
     * How long {@link #close()} waits for what is in the queue: at most 65,536 trades, 0.1 s on a healthy disk; half of what a whole
     * stop may take.
     */
    public static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final JournalConfig config;
    private final JournalQueue queue;
    private final GroupWriter writer;
    private final Map<Integer, Instrument> recoveredInstruments;
    private final Object lifecycle = new Object();

    /** Guarded by lifecycle. */
    private @Nullable Thread thread;

    private Journal(
            SegmentedTradeLog log,
            List<JournalListener> listeners,
            JournalConfig config,
            OlderTrades olderTrades,
            JournalRecovery recovered) {
        this.config = config;
        queue = new JournalQueue(config.maxInFlightTrades(), config.maxInFlightBatches());
        writer = new GroupWriter(log, listeners, recovered.heads(), recovered.index(), olderTrades, queue);
        recoveredInstruments = recovered.heads().definitions();
    }

    /**
     * Reads the whole log once and takes up where it ends. Starts no thread.
     *
     * @param listeners told of every durable group from now on, in this order
     * @param olderTrades asked, on the journal's thread, for ids that the log's newest segments do not have
     * @throws IOException if the log cannot be read, is damaged, or the {@code seq} of an instrument has a hole (the message names
     *     the position); or if segments were dropped, and the file that has what must outlive them is not whole
     */
    public static Journal open(
            SegmentedTradeLog log, List<JournalListener> listeners, JournalConfig config, OlderTrades olderTrades)
            throws IOException {
        return open(log, listeners, config, olderTrades, (entry, endPosition) -> {});
    }

    /** @param visitor told of every entry that the log has, in order, while this reads it */
    public static Journal open(
            SegmentedTradeLog log,
            List<JournalListener> listeners,
            JournalConfig config,
            OlderTrades olderTrades,
            EntryVisitor visitor)
            throws IOException {
        return new Journal(log, listeners, config, olderTrades, JournalRecovery.read(log, config, visitor));
    }

    /** Definitions of the instruments that the log knew when it was opened, by id. Immutable. */
    public Map<Integer, Instrument> instruments() {
        return recoveredInstruments;
    }

    /** Starts the thread. */
    public void start() {
        synchronized (lifecycle) {
            if (thread != null) {
                throw new IllegalStateException("the journal was started before");
            }
            thread = new Thread(this::run, "market-journal");
            // A start that fails half-way can still exit; what is not forced was promised to nobody.
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the list is empty or an id is not 1 to 36 characters long
     */
    @Override
    public Optional<CompletableFuture<List<TradeResult>>> append(List<NewTrade> trades) {
        List<NewTrade> copy = List.copyOf(trades);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("no trades to append");
        }
        for (NewTrade trade : copy) {
            if (trade.id().isEmpty() || trade.id().length() > Trade.MAX_ID_LENGTH) {
                throw new IllegalArgumentException("a trade id must be 1 to " + Trade.MAX_ID_LENGTH
                        + " characters, was " + trade.id().length());
            }
        }
        return offer(new JournalRequest.Trades(copy, new CompletableFuture<>())).map(request -> request.answer());
    }

    @Override
    public Optional<CompletableFuture<Void>> append(Instrument instrument) {
        return offer(new JournalRequest.Definition(instrument, new CompletableFuture<>()))
                .map(request -> request.answer());
    }

    /**
     * Makes entries of inboxes durable, in the order of the calls; their owner has numbered them. All of a call are kept, or none: then the
     * future fails with {@link LogUnavailableException}.
     *
     * @return nothing if too much is in flight, else a future of the log's position after them
     */
    public Optional<CompletableFuture<Long>> appendInbox(List<LogEntry.OfInbox> entries) {
        return offer(new JournalRequest.InboxEntries(List.copyOf(entries), new CompletableFuture<>()))
                .map(request -> request.answer());
    }

    /**
     * Deletes whole segments before a position, oldest first, while more than {@code retainBytes} remain, on the journal's thread.
     * What must outlive them ({@code seq}, highest id and definition of each instrument) is saved first.
     *
     * @return nothing if too much is in flight, else a future that completes when they are gone
     */
    public Optional<CompletableFuture<Void>> dropBefore(long position, long retainBytes) {
        return offer(new JournalRequest.Drop(position, retainBytes, new CompletableFuture<>()))
                .map(request -> request.answer());
    }

    /** Whether nothing more is taken on until a restart: a force of the log failed, or the journal did by a fault of its own. */
    public boolean hasFailed() {
        return writer.hasFailed();
    }

    public JournalStats stats() {
        return writer.stats().withInFlight(queue.inFlightTrades());
    }

    /** How long the write and force of a group take. */
    public Distribution forceTimes() {
        return writer.forceTimes();
    }

    /** Trades of a group. */
    public Distribution groupTrades() {
        return writer.groupTrades();
    }

    /** Its bounds. */
    public JournalConfig config() {
        return config;
    }

    /** Lists of trades, definitions and the like taken on and not yet answered. */
    public int inFlightRequests() {
        return queue.inFlightRequests();
    }

    /** Requests refused because too much was in flight. */
    public long refusedCount() {
        return queue.refusedCount();
    }

    /** Closes with {@link #CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /**
     * Takes no more (later requests fail with STOPPED), makes durable what is in the queue, and ends the thread; idempotent.
     *
     * @param timeout after it, what is still in the queue fails with STOPPED; the group in work is left to its fate
     */
    public void close(Duration timeout) {
        queue.close();
        Thread running;
        synchronized (lifecycle) {
            running = thread;
        }
        if (running == null) {
            while (drainOnce()) {
                // inline: no thread does it
            }
            return;
        }
        if (running == Thread.currentThread()) {
            return; // Called by a listener or an answer: the thread ends by itself.
        }
        boolean interrupted = false;
        try {
            running.join(Math.max(1, timeout.toMillis()));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (running.isAlive()) {
            LOG.error("journal did not stop in time timeoutMillis={}", timeout.toMillis());
            refuseWaiting();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes one group without waiting, on the caller's thread: instead of {@link #start()}. @return whether there was any */
    boolean drainOnce() {
        return drain(false);
    }

    private void run() {
        try {
            while (drain(true)) {
                // until closed and empty
            }
        } catch (RuntimeException | Error e) {
            LOG.error("journal failed and takes nothing more until a restart", e);
            writer.fail(e);
        } finally {
            // Only a bug gets here with the queue open: nobody is left waiting for an answer.
            queue.close();
            refuseWaiting();
        }
    }

    private boolean drain(boolean wait) {
        List<JournalRequest> requests = queue.take(config.maxGroupTrades(), wait);
        if (requests.isEmpty()) {
            return false;
        }
        writer.write(requests);
        return true;
    }

    private void refuseWaiting() {
        List<JournalRequest> rest = queue.take(Integer.MAX_VALUE, false);
        queue.release(rest);
        rest.forEach(request -> request.fail(stopped()));
    }

    private <T extends JournalRequest> Optional<T> offer(T request) {
        Offered offered = queue.offer(request);
        if (offered == Offered.CLOSED) {
            request.fail(stopped());
        }
        return offered == Offered.FULL ? Optional.empty() : Optional.of(request);
    }

    private static LogUnavailableException stopped() {
        return new LogUnavailableException(Reason.STOPPED, "the journal is stopping");
    }
}
