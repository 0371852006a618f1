package io.agx.market.server.history;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.SeqRange;
import io.agx.market.server.store.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trades by {@code seq} or time: the newest from the cache, older ones from the store, and what the store does not have yet from
 * the log, as far as that is within {@link #MAX_SCANNED_BYTES}. Thread-safe; may wait for the disk.
 */
public final class TradeHistory {
    /**
     * Most bytes of the log that are read for one answer: about 500,000 trades of 28 bytes, a third of a second of one core. The store is
     * further behind only while it is built anew, after an outage, or under an import that is faster than it. Each question that read
     * the rest of the log for itself would then take many seconds, and anyone may ask as many as they like.
     */
    public static final long MAX_SCANNED_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(TradeHistory.class);

    private final MarketHistory market;
    private final MarketStore store;
    private final TradeLog log;
    private final LongSupplier storedPosition;

    /**
     * @param storedPosition log position up to which the store has everything
     */
    public TradeHistory(MarketHistory market, MarketStore store, TradeLog log, LongSupplier storedPosition) {
        this.market = market;
        this.store = store;
        this.log = log;
        this.storedPosition = storedPosition;
    }

    /**
     * @throws ProtocolException {@link ErrorCode#UNKNOWN_SYMBOL}; {@link ErrorCode#STORE_BEHIND} if the database is needed and does
     *     not answer, or is too far behind the log
     */
    public Payload.OfTrades trades(TradesQuery query) {
        InstrumentSnapshot snapshot = market.snapshot(query.symbol());
        Instrument instrument = snapshot.instrument();
        Long from = query.startTimeMillis();
        Long to = query.endTimeMillis();
        if (from == null && to == null) {
            Long fromSeq = query.fromSeq();
            long first = fromSeq == null ? Math.max(1, snapshot.seq() - query.limit() + 1) : fromSeq;
            return new Payload.OfTrades(instrument, bySeq(snapshot, first, snapshot.seq(), query.limit()));
        }
        return new Payload.OfTrades(instrument, byTime(snapshot, query));
    }

    /**
     * Trades with {@code seq} in [fromSeq, toSeq], ascending, the lowest {@code limit}; without a hole, but where trades were dropped for their
     * age.
     *
     * @param toSeq at most the snapshot's
     * @throws ProtocolException as {@link #trades}
     */
    public List<Trade> bySeq(InstrumentSnapshot snapshot, long fromSeq, long toSeq, int limit) {
        List<Trade> recent = snapshot.trades();
        long cachedFrom = recent.isEmpty() ? snapshot.seq() + 1 : recent.get(0).seq();
        List<Trade> trades = new ArrayList<>();
        if (fromSeq < cachedFrom && fromSeq <= toSeq) {
            trades.addAll(durable(snapshot.instrument().id(), fromSeq, Math.min(toSeq, cachedFrom - 1), limit));
        }
        for (Trade trade : recent) {
            if (trade.seq() >= fromSeq && trade.seq() <= toSeq && trades.size() < limit) {
                trades.add(trade);
            }
        }
        return trades;
    }

    /** From the store, and what it does not have yet from the log. */
    private List<Trade> durable(int instrumentId, long fromSeq, long toSeq, int limit) {
        // Before the store is asked: what it stores meanwhile must be looked for in the log as well.
        long logFrom = storedPosition.getAsLong();
        List<Trade> trades = new ArrayList<>(read(() -> store.tradesBySeq(instrumentId, fromSeq, toSeq, limit)));
        long next = trades.isEmpty() ? fromSeq : trades.get(trades.size() - 1).seq() + 1;
        if (trades.size() < limit && next <= toSeq) {
            trades.addAll(fromLog(logFrom, instrumentId, next, toSeq, limit - trades.size()));
        }
        return trades;
    }

    /**
     * The trades with a time in [fromMillis, toMillis), in {@code seq} order, to be read page by page: all that are durable now, whether the
     * snapshot has them yet or not.
     *
     * @throws ProtocolException as {@link #trades}; {@link ErrorCode#NOT_FOUND} if trades of that time were dropped for their age
     */
    public TradeStretch stretch(Symbol symbol, long fromMillis, long toMillis) {
        int id = market.snapshot(symbol).instrument().id();
        long keptSeq = read(() -> store.keptSeq(id));
        if (keptSeq > 1 && fromMillis < store.keptTimeMillis()) {
            throw new ProtocolException(
                    ErrorCode.NOT_FOUND,
                    "fromTime",
                    "trades before " + Instant.ofEpochMilli(store.keptTimeMillis())
                            + " are no longer kept, and trades from " + Instant.ofEpochMilli(fromMillis)
                            + " on are needed");
        }
        // Before the store is asked: what it stores meanwhile must be looked for in the log as well.
        long logFrom = storedPosition.getAsLong();
        SeqRange stored = read(() -> store.seqRange(id, fromMillis, toMillis - 1))
                .orElse(new SeqRange(Long.MAX_VALUE, Long.MIN_VALUE));
        long[] range = {stored.fromSeq(), stored.toSeq()};
        scanLog(logFrom, id, trade -> {
            if (trade.timeMillis() >= fromMillis && trade.timeMillis() < toMillis) {
                range[0] = Math.min(range[0], trade.seq());
                range[1] = Math.max(range[1], trade.seq());
            }
            return true;
        });
        return new TradeStretch(this, symbol, fromMillis, toMillis, range[0], range[1], keptSeq);
    }

    /**
     * The trade with the highest (time, {@code seq}) before a moment, if there is one.
     *
     * @throws ProtocolException as {@link #trades}
     */
    public Optional<Trade> newestBefore(Symbol symbol, long timeMillis) {
        int id = market.snapshot(symbol).instrument().id();
        long logFrom = storedPosition.getAsLong();
        List<Trade> newest = new ArrayList<>(
                read(() -> store.tradesByTime(id, SeqRange.ALL, Trade.MIN_TIME_MILLIS, timeMillis - 1, 1, true)));
        scanLog(logFrom, id, trade -> {
            if (trade.timeMillis() < timeMillis
                    && (newest.isEmpty() || trade.timeMillis() >= newest.get(0).timeMillis())) {
                newest.clear();
                newest.add(trade);
            }
            return true;
        });
        return newest.stream().findFirst();
    }

    /** A page of {@link #bySeq} as of now; trades that are durable and not in the snapshot yet are in it too. */
    List<Trade> page(Symbol symbol, long fromSeq, long toSeq, int limit) {
        InstrumentSnapshot snapshot = market.snapshot(symbol);
        List<Trade> trades = bySeq(snapshot, fromSeq, Math.min(toSeq, snapshot.seq()), limit);
        long next = Math.max(fromSeq, snapshot.seq() + 1);
        if (trades.size() < limit && next <= toSeq) {
            trades.addAll(durable(snapshot.instrument().id(), next, toSeq, limit - trades.size()));
        }
        return trades;
    }

    private List<Trade> byTime(InstrumentSnapshot snapshot, TradesQuery query) {
        int id = snapshot.instrument().id();
        Long start = query.startTimeMillis();
        Long end = query.endTimeMillis();
        Long fromSeq = query.fromSeq();
        long from = start == null ? Trade.MIN_TIME_MILLIS : start;
        long to = end == null ? Trade.MAX_TIME_MILLIS : end;
        long lowestSeq = fromSeq == null ? 1 : fromSeq;
        boolean newest = start == null && fromSeq == null;
        Predicate<Trade> isAskedFor = trade -> trade.seq() >= lowestSeq
                && trade.seq() <= snapshot.seq()
                && trade.timeMillis() >= from
                && trade.timeMillis() <= to;
        // Which ones: the first or last by time. In which order: by seq.
        TradeChoice choice = new TradeChoice(query.limit(), newest);
        // Before the store is asked: what it stores meanwhile must be looked for in the log as well.
        long logFrom = storedPosition.getAsLong();
        long storedSeq = read(() -> store.lastSeq(id));
        // What was stored since storedSeq was read comes from the log with the rest; what is not in the snapshot is not
        // asked for.
        SeqRange stored = new SeqRange(lowestSeq, Math.min(storedSeq, snapshot.seq()));
        read(() -> store.tradesByTime(id, stored, from, to, query.limit(), newest))
                .forEach(choice::offer);
        List<Trade> recent = snapshot.trades();
        long cachedFrom = recent.isEmpty() ? snapshot.seq() + 1 : recent.get(0).seq();
        offerFromLog(logFrom, id, storedSeq + 1, cachedFrom - 1, isAskedFor, choice);
        recent.stream()
                .filter(trade -> trade.seq() > storedSeq)
                .filter(isAskedFor)
                .forEach(choice::offer);
        return choice.bySeq();
    }

    /** All trades with {@code seq} in [fromSeq, toSeq], of which the log has every one. */
    private void offerFromLog(
            long position,
            int instrumentId,
            long fromSeq,
            long toSeq,
            Predicate<Trade> isAskedFor,
            TradeChoice choice) {
        if (fromSeq > toSeq) {
            return;
        }
        long[] found = {0};
        scanLog(position, instrumentId, trade -> {
            if (trade.seq() >= fromSeq && trade.seq() <= toSeq) {
                found[0]++;
                if (isAskedFor.test(trade)) {
                    choice.offer(trade);
                }
            }
            return trade.seq() < toSeq;
        });
        if (found[0] != toSeq - fromSeq + 1) {
            // Stored and dropped from the log since its position was read, or a database that went back.
            throw unreadable();
        }
    }

    /** Whether the store is further behind the log than is read for an answer. */
    public boolean isFarBehind() {
        return log.durablePosition() - Math.max(storedPosition.getAsLong(), log.startPosition()) > MAX_SCANNED_BYTES;
    }

    private List<Trade> fromLog(long position, int instrumentId, long fromSeq, long toSeq, int limit) {
        List<Trade> trades = new ArrayList<>();
        scanLog(position, instrumentId, trade -> {
            if (trade.seq() >= fromSeq && trade.seq() <= toSeq) {
                trades.add(trade);
            }
            return trade.seq() < toSeq && trades.size() < limit;
        });
        return trades;
    }

    /**
     * All trades of an instrument in the log from a position on, by rising {@code seq}, for as long as the reader says that it wants more; they
     * are not kept.
     *
     * @throws ProtocolException {@link ErrorCode#STORE_BEHIND} if that is more of the log than is read for one answer
     */
    private void scanLog(long position, int instrumentId, Predicate<Trade> reader) {
        long from = Math.max(position, log.startPosition());
        long behindBytes = log.durablePosition() - from;
        if (behindBytes > MAX_SCANNED_BYTES) {
            throw new ProtocolException(
                    ErrorCode.STORE_BEHIND,
                    null,
                    "the database is " + behindBytes + " bytes of the trade log behind, and at most "
                            + MAX_SCANNED_BYTES + " are read for an answer");
        }
        try (LogReader entries = log.reader(from)) {
            LogEntry entry;
            while ((entry = entries.next()) != null) {
                if (entry instanceof LogEntry.TradeAccepted accepted
                        && accepted.instrumentId() == instrumentId
                        && !reader.test(accepted.trade())) {
                    return;
                }
            }
        } catch (IOException e) {
            LOG.warn("the log cannot be read for history: cause={}", e.toString());
            throw unreadable();
        }
    }

    private static <T> T read(Supplier<T> query) {
        try {
            return query.get();
        } catch (StoreException e) {
            LOG.warn("history cannot be read: cause={}", e.toString());
            throw unreadable();
        }
    }

    private static ProtocolException unreadable() {
        return new ProtocolException(ErrorCode.STORE_BEHIND, null, "the history cannot be read now");
    }
}
