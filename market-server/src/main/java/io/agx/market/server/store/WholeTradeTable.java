package io.agx.market.server.store;

import io.agx.market.core.model.Trade;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * All trades in one table: on H2.
 *
 * <p>Every ORDER BY names all columns of an index, in one direction: only then H2 reads {@code LIMIT} rows from one end of it;
 * otherwise it reads and sorts all rows of the instrument, also for {@code MAX(seq)}.
 */
final class WholeTradeTable implements TradeRows {
    private static final String INSERT =
            "INSERT INTO trade (instrument_id, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String NEWEST_BY_TIME = " ORDER BY instrument_id DESC, trade_time DESC, seq DESC";

    @Override
    public void insert(Handle handle, Map<Integer, List<Trade>> trades) throws SQLException {
        for (Map.Entry<Integer, List<Trade>> ofInstrument : trades.entrySet()) {
            insert(handle, ofInstrument.getKey(), ofInstrument.getValue());
        }
    }

    private static void insert(Handle handle, int instrumentId, List<Trade> trades) throws SQLException {
        if (trades.isEmpty()) {
            return;
        }
        try (RowBatch batch = new RowBatch(handle.getConnection(), INSERT)) {
            PreparedStatement row = batch.row();
            for (Trade trade : trades) {
                row.setInt(1, instrumentId);
                row.setLong(2, trade.seq());
                row.setString(3, trade.id());
                row.setLong(4, trade.price());
                row.setLong(5, trade.quantity());
                row.setInt(6, trade.takerSide().code());
                row.setLong(7, trade.timeMillis());
                row.setBoolean(8, trade.backfill());
                batch.add();
            }
            batch.execute();
        }
    }

    @Override
    public void delete(Handle handle, int instrumentId, List<Trade> trades) throws SQLException {
        try (RowBatch batch =
                new RowBatch(handle.getConnection(), "DELETE FROM trade WHERE instrument_id = ? AND seq = ?")) {
            for (Trade trade : trades) {
                batch.row().setInt(1, instrumentId);
                batch.row().setLong(2, trade.seq());
                batch.add();
            }
            batch.execute();
        }
    }

    @Override
    public long lastSeq(Handle handle, int instrumentId) {
        return handle.createQuery("SELECT seq FROM trade WHERE instrument_id = ?"
                        + " ORDER BY instrument_id DESC, seq DESC LIMIT 1")
                .bind(0, instrumentId)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    @Override
    public long keptSeq(Handle handle, int instrumentId) {
        return 1;
    }

    @Override
    public Optional<NewestTrade> newest(Handle handle, int instrumentId) {
        return handle.createQuery("SELECT price, quantity, trade_time FROM trade WHERE instrument_id = ?"
                        + NEWEST_BY_TIME + " LIMIT 1")
                .bind(0, instrumentId)
                .map((row, context) -> new NewestTrade(row.getLong(1), row.getLong(2), row.getLong(3)))
                .findOne();
    }

    @Override
    public List<Trade> recent(Handle handle, int instrumentId, int limit) {
        List<Trade> trades =
                new ArrayList<>(handle.createQuery(SELECT + " ORDER BY instrument_id DESC, seq DESC LIMIT ?")
                        .bind(0, instrumentId)
                        .bind(1, limit)
                        .map((row, context) -> TradeRows.read(row))
                        .list());
        Collections.reverse(trades);
        return trades;
    }

    @Override
    public boolean contains(Handle handle, int instrumentId, String tradeId) {
        return handle.createQuery("SELECT COUNT(*) FROM trade WHERE instrument_id = ? AND trade_id = ?")
                        .bind(0, instrumentId)
                        .bind(1, tradeId)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    @Override
    public List<Trade> bySeq(Handle handle, int instrumentId, long fromSeq, long toSeq, int limit) {
        return handle.createQuery(SELECT + " AND seq >= ? AND seq <= ? ORDER BY instrument_id, seq LIMIT ?")
                .bind(0, instrumentId)
                .bind(1, fromSeq)
                .bind(2, toSeq)
                .bind(3, limit)
                .map((row, context) -> TradeRows.read(row))
                .list();
    }

    @Override
    public List<Trade> byTime(
            Handle handle, int instrumentId, SeqRange seqs, long fromMillis, long toMillis, int limit, boolean newest) {
        String order = newest ? NEWEST_BY_TIME : " ORDER BY instrument_id, trade_time, seq";
        return handle.createQuery(SELECT + " AND trade_time >= ? AND trade_time <= ? AND seq >= ? AND seq <= ?" + order
                        + " LIMIT ?")
                .bind(0, instrumentId)
                .bind(1, fromMillis)
                .bind(2, toMillis)
                .bind(3, seqs.fromSeq())
                .bind(4, seqs.toSeq())
                .bind(5, limit)
                .map((row, context) -> TradeRows.read(row))
                .list();
    }

    @Override
    public Optional<SeqRange> seqRange(Handle handle, int instrumentId, long fromMillis, long toMillis) {
        return handle.createQuery("SELECT MIN(seq), MAX(seq) FROM trade WHERE instrument_id = ?"
                        + " AND trade_time >= ? AND trade_time <= ?")
                .bind(0, instrumentId)
                .bind(1, fromMillis)
                .bind(2, toMillis)
                .map((row, context) -> new SeqRange(row.getLong(1), row.getLong(2)))
                .findOne()
                .filter(range -> range.fromSeq() > 0); // Without rows both are NULL, read as 0.
    }

    @Override
    public List<StoredHead> heads(Handle handle) {
        List<Integer> ids = handle.createQuery("SELECT id FROM instrument ORDER BY id")
                .mapTo(Integer.class)
                .list();
        List<StoredHead> heads = new ArrayList<>();
        for (int id : ids) {
            long last = lastSeq(handle, id);
            if (last > 0) {
                heads.add(
                        handle.createQuery("SELECT seq, trade_time, price, quantity FROM trade WHERE instrument_id = ?"
                                        + NEWEST_BY_TIME + " LIMIT 1")
                                .bind(0, id)
                                .map((row, context) -> new StoredHead(
                                        id, last, 1, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                                .one());
            }
        }
        return heads;
    }

    @Override
    public void restoreHeads(Handle handle, List<StoredHead> heads, long keptTimeMillis) {
        for (StoredHead head : heads) {
            if (head.keptSeq() > 1) {
                throw new IllegalStateException("the embedded database keeps all trades, and of instrument "
                        + head.instrumentId() + " those before seq " + head.keptSeq()
                        + " were dropped: import into PostgreSQL, with --db-url");
            }
        }
    }

    @Override
    public void clear(Handle handle) {
        handle.execute("TRUNCATE TABLE trade");
    }
}
