package io.agx.market.server.store;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.server.journal.LogEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the database keeps. Thread-safe; {@link #commit} is called by one thread only.
 *
 * <p>Every method throws {@link StoreException} when the database fails.
 */
public interface MarketStore extends AutoCloseable {
    /** The log that the store was built from, or nothing if it is empty. */
    Optional<UUID> epoch();

    /** Binds an empty store to a log. */
    void bind(UUID epoch);

    /** Log position up to which everything is in the store; 0 for an empty store. */
    long checkpointPosition();

    /** Writes a batch and the position after it, in one transaction: all of it or nothing. */
    void commit(StoreBatch batch);

    /** The batch whose {@link #commit} was begun and whose end is not known: all of it, some of it or nothing may be here. */
    Optional<PendingBatch> pending();

    /**
     * Takes a pending batch out, whatever of it is here.
     *
     * @param trades all trades of the batch, by instrument id
     * @param inbox all that it has of inboxes
     */
    void undo(PendingBatch batch, Map<Integer, List<Trade>> trades, List<LogEntry.OfInbox> inbox);

    /** The inboxes. */
    InboxStore inbox();

    /** What tools need that take the store out or put it in. */
    StoreTransfer transfer();

    /** Writes the latest tickers, absolute values. */
    void saveTickers(Map<Instrument, Ticker> tickers);

    /** Makes everything committed durable, as far as the database can. */
    void flush();

    /** Throws if the database does not answer, or is not where the last commit left it; does nothing where it cannot be elsewhere. */
    void check();

    /**
     * Drops trades that are older than is to be kept, and forgets their ids. Candles stay. Does nothing where all are kept. Called by the
     * committing thread.
     *
     * @param clockMillis now; a clock that is ahead of the stored trades drops nothing more than the newest of them allows
     */
    void dropOldTrades(long clockMillis);

    /** Trades with an earlier time are not kept, and are not added any more; 0 where all are kept. */
    long keptTimeMillis();

    /** Lowest {@code seq} of an instrument from which on every trade is here: 1 if none was dropped. */
    long keptSeq(int instrumentId);

    List<Instrument> instruments();

    /** The stored tickers, by instrument id. */
    Map<Integer, Ticker> tickers();

    /**
     * What an instrument's state is rebuilt from. Without the time-outs that protect a server: it is asked for while one starts.
     *
     * @param klinesKept newest candles of each series
     * @param tradesKept newest trades
     */
    InstrumentCheckpoint checkpoint(Instrument instrument, long clockMillis, int klinesKept, int tradesKept);

    /** Highest {@code seq} of an instrument that was stored, whether that trade is kept or not; 0 if none. */
    long lastSeq(int instrumentId);

    boolean containsTrade(int instrumentId, String tradeId);

    /**
     * Trades with {@code seq} in [fromSeq, toSeq], ascending, the lowest {@code limit} of them. Below {@link #keptSeq} there are holes where
     * trades were dropped.
     */
    List<Trade> tradesBySeq(int instrumentId, long fromSeq, long toSeq, int limit);

    /**
     * Trades of a range of {@code seq} with a time in [fromMillis, toMillis], ascending by {@code seq}.
     *
     * @param newest whether the last {@code limit} by time and seq are wanted, or else the first
     */
    List<Trade> tradesByTime(
            int instrumentId, SeqRange seqs, long fromMillis, long toMillis, int limit, boolean newest);

    /**
     * Lowest and highest {@code seq} of the trades with a time in [fromMillis, toMillis]; nothing if there are none. It reads that
     * part of an index, about a second for a million trades.
     */
    Optional<SeqRange> seqRange(int instrumentId, long fromMillis, long toMillis);

    /**
     * Candles with trades whose open time is in [fromMillis, toMillis), ascending; {@code closed} is not known here and
     * false.
     *
     * @param newest whether the newest {@code limit} are wanted, or else the oldest
     */
    List<Kline> klines(
            int instrumentId, KlineInterval interval, long fromMillis, long toMillis, int limit, boolean newest);

    /** Asks the database for one row, on the caller's thread: whether it answers. */
    void probe();

    /** How many threads may read at a time; one more waits for another, and fails if that takes too long. */
    int readers();

    /** Has the pool of connections told there, by HikariCP's own binder: {@code hikaricp_*}. Called once. */
    void measure(MeterRegistry registry);

    @Override
    void close();
}
