package io.agx.market.server.store;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The trade table, as a database has it. Thread-safe but for {@link #insert} and {@link #delete}, which the committing thread calls. */
interface TradeRows {
    String COLUMNS = "seq, trade_id, price, quantity, taker_side, trade_time, backfill";
    String SELECT = "SELECT " + COLUMNS + " FROM trade WHERE instrument_id = ?";

    /** Adds trades that follow those that are there, by instrument id. */
    void insert(Handle handle, Map<Integer, List<Trade>> trades) throws SQLException;

    /** Takes trades out, whichever of them are there. */
    void delete(Handle handle, int instrumentId, List<Trade> trades) throws SQLException;

    /** Highest {@code seq} that was stored, whether that trade is kept or not; 0 if none. */
    long lastSeq(Handle handle, int instrumentId);

    /** As {@link MarketStore#keptSeq}. */
    long keptSeq(Handle handle, int instrumentId);

    /** The trade with the highest (time, {@code seq}) that was stored, whether it is kept or not. */
    Optional<NewestTrade> newest(Handle handle, int instrumentId);

    /** The newest by {@code seq} without a hole, ascending; at most so many. */
    List<Trade> recent(Handle handle, int instrumentId, int limit);

    boolean contains(Handle handle, int instrumentId, String tradeId);

    /** As {@link MarketStore#tradesBySeq}. */
    List<Trade> bySeq(Handle handle, int instrumentId, long fromSeq, long toSeq, int limit);

    /** As {@link MarketStore#tradesByTime}, in any order. */
    List<Trade> byTime(
            Handle handle, int instrumentId, SeqRange seqs, long fromMillis, long toMillis, int limit, boolean newest);

    /** As {@link MarketStore#seqRange}. */
    Optional<SeqRange> seqRange(Handle handle, int instrumentId, long fromMillis, long toMillis);

    /** What must be known of each instrument's trades, by id. */
    List<StoredHead> heads(Handle handle);

    /**
     * Makes known, of trades that were inserted, which others there were before they were dropped.
     *
     * @throws IllegalStateException if that cannot be kept here
     */
    void restoreHeads(Handle handle, List<StoredHead> heads, long keptTimeMillis) throws SQLException;

    /** Deletes all trades, and what is known of them. */
    void clear(Handle handle);

    /** A row of {@link #COLUMNS}. */
    static Trade read(ResultSet row) throws SQLException {
        return new Trade(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                Side.ofCode(row.getInt(5)),
                row.getLong(6),
                row.getBoolean(7));
    }
}
