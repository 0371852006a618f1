package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.JournalRequest.Definition;
import io.agx.market.server.journal.JournalRequest.Drop;
import io.agx.market.server.journal.JournalRequest.InboxEntries;
import io.agx.market.server.journal.JournalRequest.Trades;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import io.agx.market.server.measure.Distribution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns requests into one durable group: drops duplicates, gives {@code seq}, forces, answers. Owned by the journal's thread. */
final class GroupWriter {
    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
    private static final TradeResult DUPLICATE = new TradeResult.Duplicate();

    private final SegmentedTradeLog log;
    private final List<JournalListener> listeners;
    private final InstrumentHeads heads;
    private final DuplicateIndex index;
    private final OlderTrades olderTrades;
    private final JournalQueue queue;

    /** Set by a fault of the program's own, or by a lack of memory: what the log's buffer holds is unknown. Read by all. */
    private volatile @Nullable LogUnavailableException broken;

    private boolean faulty;
    private boolean dropFaulty;
    private boolean askFaulty;
    private long duplicates;

    /** How long a group's write and force take: from 32 microseconds, which a battery-backed disk reaches, to 16.8 seconds. */
    private final Distribution forceTimes = Distribution.ofDurations(5, 24);

    /** Trades of a group: up to 8,192, and what its last list has beyond. */
    private final Distribution groupTrades = Distribution.ofSizes(0, 14);

    /** Written by the journal's thread, read by all. */
    private volatile JournalStats stats = JournalStats.NONE;

    GroupWriter(
            SegmentedTradeLog log,
            List<JournalListener> listeners,
            InstrumentHeads heads,
            DuplicateIndex index,
            OlderTrades olderTrades,
            JournalQueue queue) {
        this.log = log;
        this.listeners = List.copyOf(listeners);
        this.heads = heads;
        this.index = index;
        this.olderTrades = olderTrades;
        this.queue = queue;
    }

    JournalStats stats() {
        return stats;
    }

    Distribution forceTimes() {
        return forceTimes;
    }

    Distribution groupTrades() {
        return groupTrades;
    }

    /** Whether nothing more is taken on until a restart. Thread-safe. */
    boolean hasFailed() {
        return broken != null || log.hasFailed();
    }

    /** Nothing more is taken on. */
    LogUnavailableException fail(Throwable cause) {
        LogUnavailableException failure =
                new LogUnavailableException(Reason.LOG_FAILED, "the journal failed: " + cause, cause);
        broken = failure;
        return failure;
    }

    /** Makes the requests durable and answers them, or answers all with the reason why not. */
    void write(List<JournalRequest> requests) {
        List<Runnable> answers;
        try {
            answers = makeDurable(requests);
        } catch (LogUnavailableException e) {
            refuse(requests, e);
            return;
        } catch (RuntimeException | Error e) {
            refuse(requests, fail(e));
            return;
        }
        queue.release(requests);
        try {
            answers.forEach(Runnable::run);
        } catch (RuntimeException | Error e) {
            LogUnavailableException failure = fail(e);
            LOG.error("journal failed while it answered", e);
            requests.forEach(request -> request.fail(failure)); // Those that have no answer yet.
        }
    }

    private List<Runnable> makeDurable(List<JournalRequest> requests) {
        LogUnavailableException before = broken;
        if (before != null) {
            throw before;
        }
        List<LogEntry> entries = new ArrayList<>();
        List<Runnable> answers = new ArrayList<>(requests.size());
        duplicates = 0;
        index.beginGeneration(log.nextSegmentStart());
        for (JournalRequest request : requests) {
            answers.add(prepare(request, entries));
        }
        long end = force(entries);
        heads.commit();
        index.commit();
        faulty = false;
        if (duplicates > 0) {
            stats = stats.withDuplicates(duplicates);
        }
        // First the listeners, which queue the entries and may wait for room: who is answered knows that all who live
        // on the log
        // have the trades before them. So a replay's clock cannot pass a trade that the engine does not have yet.
        if (!entries.isEmpty()) {
            tell(Collections.unmodifiableList(entries), end);
        }
        return answers;
    }

    private Runnable prepare(JournalRequest request, List<LogEntry> entries) {
        if (request instanceof Trades trades) {
            return prepare(trades, entries);
        }
        if (request instanceof Definition definition) {
            define(definition.instrument(), entries);
            return () -> definition.answer().complete(null);
        }
        if (request instanceof InboxEntries inbox) {
            entries.addAll(inbox.entries());
            return () -> inbox.answer().complete(log.durablePosition());
        }
        return () -> drop((Drop) request);
    }

    private Runnable prepare(Trades request, List<LogEntry> entries) {
        List<NewTrade> trades = request.trades();
        boolean[] older;
        try {
            older = askOlder(trades);
        } catch (IOException | RuntimeException e) {
            if (!askFaulty) {
                // Once until it can be told: a publisher offers the same trades again and again.
                LOG.warn("trades that may be old are refused until it can be told: cause={}", e.toString(), e);
                askFaulty = true;
            }
            LogUnavailableException cause = new LogUnavailableException(
                    Reason.IO_ERROR, "it cannot be told whether a trade is older than the log: " + e, e);
            return () -> request.fail(cause);
        }
        List<TradeResult> results = new ArrayList<>(trades.size());
        for (int i = 0; i < trades.size(); i++) {
            NewTrade trade = trades.get(i);
            int instrumentId = trade.instrument().id();
            boolean isOlder = older.length > 0 && older[i];
            if (isOlder || index.look(instrumentId, trade.id()) == DuplicateIndex.Answer.KNOWN) {
                results.add(DUPLICATE);
                duplicates++;
                continue;
            }
            if (heads.definition(instrumentId) == null) {
                define(trade.instrument(), entries);
            }
            index.add(instrumentId, trade.id());
            long seq = heads.nextSeq(instrumentId);
            entries.add(new TradeAccepted(
                    instrumentId,
                    new Trade(
                            seq,
                            trade.id(),
                            trade.price(),
                            trade.quantity(),
                            trade.takerSide(),
                            trade.timeMillis(),
                            trade.backfill())));
            results.add(new TradeResult.Accepted(seq));
        }
        return () -> request.answer().complete(Collections.unmodifiableList(results));
    }

    /** Before anything of the request is added, so that a failure leaves nothing of it. @return empty if all are new */
    private boolean[] askOlder(List<NewTrade> trades) throws IOException {
        if (!index.isForgetful()) {
            return new boolean[0];
        }
        boolean[] older = new boolean[trades.size()];
        for (int i = 0; i < older.length; i++) {
            NewTrade trade = trades.get(i);
            int instrumentId = trade.instrument().id();
            if (index.look(instrumentId, trade.id()) == DuplicateIndex.Answer.UNSURE) {
                older[i] = olderTrades.contains(instrumentId, trade.id(), index.forgottenPosition());
                askFaulty = false;
            }
        }
        return older;
    }

    private void define(Instrument instrument, List<LogEntry> entries) {
        if (heads.define(instrument)) {
            entries.add(new InstrumentDefined(instrument));
        }
    }

    private long force(List<LogEntry> entries) {
        if (entries.isEmpty()) {
            return log.durablePosition();
        }
        // Nobody may interrupt this thread; should someone have, it must not close the file.
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            LOG.warn("journal thread was interrupted; ignored");
        }
        for (LogEntry entry : entries) {
            log.append(entry);
        }
        long groupBytes = log.groupBytes();
        long startNanos = System.nanoTime();
        long end = log.force();
        long nanos = System.nanoTime() - startNanos;
        long trades = entries.stream().filter(TradeAccepted.class::isInstance).count();
        stats = stats.withGroup(trades, groupBytes, nanos);
        forceTimes.record(nanos);
        groupTrades.record(trades);
        return end;
    }

    private void refuse(List<JournalRequest> requests, LogUnavailableException cause) {
        heads.rollback();
        index.rollback();
        stats = stats.withFailedGroup(
                requests.stream().mapToLong(JournalRequest::tradeCount).sum());
        if (!faulty) {
            // Once until a group succeeds; the counter tells how often.
            LOG.error("trade log refuses reason={}", cause.reason(), cause);
            faulty = true;
        }
        queue.release(requests);
        requests.forEach(request -> request.fail(cause));
    }

    private void drop(Drop request) {
        try {
            if (log.wouldDrop(request.position(), request.retainBytes())) {
                new HeadsFile(log.files(), log.epoch()).save(log.durablePosition(), heads, index);
                log.dropBefore(request.position(), request.retainBytes());
                index.dropBefore(log.startPosition());
            }
            dropFaulty = false;
            request.answer().complete(null);
        } catch (IOException | RuntimeException e) {
            if (!dropFaulty) {
                // Once until it succeeds: it is asked for again every second.
                LOG.warn("trade log keeps segments that may go: cause={}", e.toString(), e);
                dropFaulty = true;
            }
            request.answer().completeExceptionally(e);
        }
    }

    private void tell(List<LogEntry> entries, long end) {
        for (JournalListener listener : listeners) {
            try {
                listener.onDurable(entries, end);
            } catch (RuntimeException | Error e) {
                LOG.error("journal listener failed listener={} position={}", listener, end, e);
            }
        }
    }
}
