package io.agx.market.server.store;

import com.zaxxer.hikari.HikariDataSource;
import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.server.journal.LogEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The store over SQL, by jdbi: plain statements that H2 and PostgreSQL both understand, every value bound.
 *
 * <p>Every ORDER BY names all columns of an index, in one direction: only then H2 reads {@code LIMIT} rows from one end of it;
 * otherwise it reads and sorts all rows of the instrument, also for {@code MAX(seq)}.
 */
final class JdbiMarketStore implements MarketStore, InboxStore {
    private static final String TRADE_COLUMNS = "seq, trade_id, price, quantity, taker_side, trade_time, backfill";
    private static final String SELECT_TRADES = "SELECT " + TRADE_COLUMNS + " FROM trade WHERE instrument_id = ?";
    private static final String INSERT_TRADE =
            "INSERT INTO trade (instrument_id, " + TRADE_COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String NEWEST_BY_TIME = " ORDER BY instrument_id DESC, trade_time DESC, seq DESC";
    private static final String TICKER_VALUES = "seq = ?, ticker_time = ?, last_price = ?, last_quantity = ?,"
            + " open_price = ?, high_price = ?, low_price = ?, volume = ?, quote_volume = ?, trade_count = ?,"
            + " open_time = ?, close_time = ?";

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final AutoCloseable database;
    private final Runnable flush;
    private final KlineRows klineRows = new KlineRows();

    /**
     * @param pool where connections come from
     * @param database closed with this store
     * @param flush makes what is committed durable
     */
    JdbiMarketStore(HikariDataSource pool, AutoCloseable database, Runnable flush) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        this.database = database;
        this.flush = flush;
    }

    @Override
    public void probe() {
        read(handle -> handle.createQuery("SELECT COUNT(*) FROM checkpoint")
                .mapTo(Long.class)
                .one());
    }

    @Override
    public void measure(MeterRegistry registry) {
        PoolMeters.bind(pool, registry);
    }

    @Override
    public Optional<UUID> epoch() {
        return read(handle -> handle.createQuery("SELECT epoch FROM log_identity")
                .mapTo(String.class)
                .findOne()
                .map(UUID::fromString));
    }

    @Override
    public void bind(UUID epoch) {
        write(handle -> {
            handle.execute("DELETE FROM checkpoint");
            handle.execute("DELETE FROM log_identity");
            handle.execute("INSERT INTO checkpoint (id, log_position, written_time) VALUES (1, 0, 0)");
            handle.execute("INSERT INTO log_identity (id, epoch) VALUES (1, ?)", epoch.toString());
        });
    }

    @Override
    public long checkpointPosition() {
        return read(handle -> handle.createQuery("SELECT log_position FROM checkpoint")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
    }

    @Override
    public void commit(StoreBatch batch) {
        try {
            // In transactions of their own: H2 can bring back a part of one that was under way when its process was
            // killed.
            write(handle -> handle.execute(
                    "UPDATE checkpoint SET pending_from = log_position, pending_to = ?", batch.endPosition()));
            write(handle -> {
                for (Instrument instrument : batch.instruments()) {
                    saveInstrument(handle, instrument);
                }
                for (Map.Entry<Integer, List<Trade>> trades : batch.trades().entrySet()) {
                    insertTrades(handle, trades.getKey(), trades.getValue());
                }
                for (Map.Entry<Integer, List<Kline>> deltas : batch.klines().entrySet()) {
                    klineRows.merge(handle, deltas.getKey(), deltas.getValue());
                }
                InboxRows.apply(handle, batch.inbox());
                int rows = handle.execute(
                        "UPDATE checkpoint SET log_position = ?, written_time = ? WHERE id = 1",
                        batch.endPosition(),
                        System.currentTimeMillis());
                if (rows != 1) {
                    throw new IllegalStateException("the store is not bound to a log: it has no checkpoint row");
                }
            });
            write(JdbiMarketStore::clearPending);
        } catch (RuntimeException e) {
            klineRows.forget();
            throw e;
        }
    }

    @Override
    public Optional<PendingBatch> pending() {
        return read(handle -> handle.createQuery(
                        "SELECT pending_from, pending_to FROM checkpoint WHERE pending_from IS NOT NULL")
                .map((row, context) -> new PendingBatch(row.getLong(1), row.getLong(2)))
                .findOne());
    }

    @Override
    public void undo(PendingBatch batch, Map<Integer, List<Trade>> trades, List<LogEntry.OfInbox> inbox) {
        klineRows.forget();
        write(handle -> {
            for (Map.Entry<Integer, List<Trade>> entry : trades.entrySet()) {
                int instrumentId = entry.getKey();
                List<Trade> ofInstrument = entry.getValue();
                PreparedBatch deletes = handle.prepareBatch("DELETE FROM trade WHERE instrument_id = ? AND seq = ?");
                ofInstrument.forEach(trade ->
                        deletes.bind(0, instrumentId).bind(1, trade.seq()).add());
                deletes.execute();
                new KlineUndo((from, to) -> selectTrades(handle, instrumentId, from, to))
                        .run(handle, instrumentId, ofInstrument);
            }
            InboxRows.undo(handle, inbox);
            handle.execute("UPDATE checkpoint SET log_position = ?", batch.fromPosition());
        });
        write(JdbiMarketStore::clearPending);
    }

    private static void clearPending(Handle handle) {
        handle.execute("UPDATE checkpoint SET pending_from = NULL, pending_to = NULL");
    }

    private static List<Trade> selectTrades(Handle handle, int instrumentId, long fromMillis, long toMillis) {
        List<Trade> trades =
                new ArrayList<>(handle.createQuery(SELECT_TRADES + " AND trade_time >= ? AND trade_time < ?")
                        .bind(0, instrumentId)
                        .bind(1, fromMillis)
                        .bind(2, toMillis)
                        .map((row, context) -> readTrade(row))
                        .list());
        trades.sort((a, b) -> Long.compare(a.seq(), b.seq()));
        return trades;
    }

    @Override
    public InboxStore inbox() {
        return this;
    }

    @Override
    public void heads(BiConsumer<String, InboxHead> visitor) {
        use(handle -> handle.createQuery("SELECT last_seq, first_seq, read_runs, user_id FROM user_inbox")
                .map((row, context) -> {
                    visitor.accept(row.getString(4), InboxRows.readHead(row, 1));
                    return 0;
                })
                .forEach(told -> {}));
    }

    @Override
    public List<StoredMessage> messages(String userId, long fromSeq, long toSeq) {
        return read(handle -> InboxRows.messages(handle, userId, fromSeq, toSeq));
    }

    @Override
    public KeyLookup key(String userId, String key) {
        return read(handle -> {
            // First the position: the answer after it knows at least as much.
            long position = handle.createQuery("SELECT log_position FROM checkpoint")
                    .mapTo(Long.class)
                    .findOne()
                    .orElse(0L);
            Optional<Long> seq = handle.createQuery(
                            "SELECT seq FROM user_message WHERE user_id = ? AND idempotency_key = ?")
                    .bind(0, userId)
                    .bind(1, key)
                    .mapTo(Long.class)
                    .findFirst();
            return new KeyLookup(position, seq.isPresent() ? OptionalLong.of(seq.get()) : OptionalLong.empty());
        });
    }

    @Override
    public Map<String, Long> createdBefore(long timeMillis, int limit) {
        Map<String, Long> last = new HashMap<>();
        use(handle -> handle.createQuery(
                        "SELECT user_id, MAX(seq) FROM user_message WHERE created_time < ? GROUP BY user_id LIMIT ?")
                .bind(0, timeMillis)
                .bind(1, limit)
                .map((row, context) -> last.put(row.getString(1), row.getLong(2)))
                .list());
        return last;
    }

    @Override
    public long messageCount() {
        return read(handle -> handle.createQuery("SELECT COUNT(*) FROM user_message")
                .mapTo(Long.class)
                .one());
    }

    @Override
    public void saveTickers(Map<Instrument, Ticker> tickers) {
        if (tickers.isEmpty()) {
            return;
        }
        write(handle -> {
            PreparedBatch updates =
                    handle.prepareBatch("UPDATE asset_ticker SET " + TICKER_VALUES + " WHERE instrument_id = ?");
            List<Map.Entry<Instrument, Ticker>> entries = new ArrayList<>(tickers.entrySet());
            entries.forEach(entry -> addTicker(updates, entry.getKey(), entry.getValue()));
            int[] updated = updates.execute();
            PreparedBatch inserts = handle.prepareBatch("INSERT INTO asset_ticker (seq, ticker_time, last_price,"
                    + " last_quantity, open_price, high_price, low_price, volume, quote_volume, trade_count,"
                    + " open_time, close_time, instrument_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
            for (int i = 0; i < updated.length; i++) {
                if (updated[i] == 0) {
                    addTicker(inserts, entries.get(i).getKey(), entries.get(i).getValue());
                }
            }
            if (inserts.size() > 0) {
                inserts.execute();
            }
        });
    }

    @Override
    public void flush() {
        flush.run();
    }

    @Override
    public List<Instrument> instruments() {
        return read(handle -> handle.createQuery("SELECT id, symbol, base_asset, quote_asset, price_scale,"
                        + " quantity_scale, tick_size, step_size, status FROM instrument ORDER BY id")
                .map((row, context) -> new Instrument(
                        row.getInt(1),
                        new Symbol(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        row.getInt(6),
                        row.getLong(7),
                        row.getLong(8),
                        InstrumentStatus.valueOf(row.getString(9))))
                .list());
    }

    @Override
    public Map<Integer, Ticker> tickers() {
        Map<Integer, Ticker> tickers = new HashMap<>();
        use(handle -> handle.createQuery("SELECT instrument_id, seq, ticker_time, last_price, last_quantity,"
                        + " open_price, high_price, low_price, volume, quote_volume, trade_count, open_time,"
                        + " close_time FROM asset_ticker")
                .map((row, context) -> tickers.put(
                        row.getInt(1),
                        new Ticker(
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6),
                                row.getLong(7),
                                row.getLong(8),
                                KlineRows.sum(row, 9),
                                KlineRows.sum(row, 10),
                                row.getLong(11),
                                row.getLong(12),
                                row.getLong(13))))
                .list());
        return tickers;
    }

    @Override
    public InstrumentCheckpoint checkpoint(Instrument instrument, long clockMillis, int klinesKept, int tradesKept) {
        int id = instrument.id();
        return read(handle -> {
            Optional<Trade> newest = handle.createQuery(SELECT_TRADES + NEWEST_BY_TIME + " LIMIT 1")
                    .bind(0, id)
                    .map((row, context) -> readTrade(row))
                    .findOne();
            List<Trade> recent =
                    ascending(handle.createQuery(SELECT_TRADES + " ORDER BY instrument_id DESC, seq DESC LIMIT ?")
                            .bind(0, id)
                            .bind(1, tradesKept)
                            .map((row, context) -> readTrade(row))
                            .list());
            Map<KlineInterval, List<Kline>> klines = new EnumMap<>(KlineInterval.class);
            for (KlineInterval interval : KlineInterval.values()) {
                klines.put(
                        interval,
                        ascending(KlineRows.select(
                                handle, id, interval, Long.MIN_VALUE, Long.MAX_VALUE, klinesKept, true)));
            }
            long lastTradeTimeMillis = newest.map(Trade::timeMillis).orElse(0L);
            long windowEnd = Math.max(clockMillis, lastTradeTimeMillis);
            List<Kline> seconds = KlineRows.select(
                    handle,
                    id,
                    KlineInterval.SECOND_1,
                    windowEnd - Ticker.WINDOW_SECONDS * 1_000L,
                    Long.MAX_VALUE,
                    Integer.MAX_VALUE,
                    false);
            return new InstrumentCheckpoint(
                    recent.isEmpty() ? 0 : recent.get(recent.size() - 1).seq(),
                    clockMillis,
                    newest.map(Trade::price).orElse(0L),
                    newest.map(Trade::quantity).orElse(0L),
                    lastTradeTimeMillis,
                    klines,
                    seconds,
                    recent);
        });
    }

    @Override
    public long lastSeq(int instrumentId) {
        return read(handle -> handle.createQuery("SELECT seq FROM trade WHERE instrument_id = ?"
                        + " ORDER BY instrument_id DESC, seq DESC LIMIT 1")
                .bind(0, instrumentId)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
    }

    @Override
    public boolean containsTrade(int instrumentId, String tradeId) {
        return read(handle -> handle.createQuery("SELECT COUNT(*) FROM trade WHERE instrument_id = ? AND trade_id = ?")
                        .bind(0, instrumentId)
                        .bind(1, tradeId)
                        .mapTo(Long.class)
                        .one()
                > 0);
    }

    @Override
    public List<Trade> tradesBySeq(int instrumentId, long fromSeq, long toSeq, int limit) {
        return read(handle -> handle.createQuery(
                        SELECT_TRADES + " AND seq >= ? AND seq <= ? ORDER BY instrument_id, seq LIMIT ?")
                .bind(0, instrumentId)
                .bind(1, fromSeq)
                .bind(2, toSeq)
                .bind(3, limit)
                .map((row, context) -> readTrade(row))
                .list());
    }

    @Override
    public List<Trade> tradesByTime(int instrumentId, long fromMillis, long toMillis, int limit, boolean newest) {
        String order = newest ? NEWEST_BY_TIME : " ORDER BY instrument_id, trade_time, seq";
        List<Trade> trades = new ArrayList<>(read(handle -> handle.createQuery(
                        SELECT_TRADES + " AND trade_time >= ? AND trade_time <= ?" + order + " LIMIT ?")
                .bind(0, instrumentId)
                .bind(1, fromMillis)
                .bind(2, toMillis)
                .bind(3, limit)
                .map((row, context) -> readTrade(row))
                .list()));
        trades.sort((a, b) -> Long.compare(a.seq(), b.seq()));
        return trades;
    }

    @Override
    public Optional<SeqRange> seqRange(int instrumentId, long fromMillis, long toMillis) {
        return read(handle -> handle.createQuery("SELECT MIN(seq), MAX(seq) FROM trade WHERE instrument_id = ?"
                        + " AND trade_time >= ? AND trade_time <= ?")
                .bind(0, instrumentId)
                .bind(1, fromMillis)
                .bind(2, toMillis)
                .map((row, context) -> new SeqRange(row.getLong(1), row.getLong(2)))
                .findOne()
                .filter(range -> range.fromSeq() > 0)); // Without rows both are NULL, read as 0.
    }

    @Override
    public List<Kline> klines(
            int instrumentId, KlineInterval interval, long fromMillis, long toMillis, int limit, boolean newest) {
        List<Kline> klines =
                read(handle -> KlineRows.select(handle, instrumentId, interval, fromMillis, toMillis, limit, newest));
        return newest ? ascending(klines) : klines;
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (Exception e) {
            throw new IllegalStateException("the database could not be closed", e);
        }
    }

    private <T> T read(HandleCallback<T, RuntimeException> query) {
        try {
            return jdbi.withHandle(query);
        } catch (JdbiException e) {
            throw new StoreException(e);
        }
    }

    private void use(HandleConsumer<RuntimeException> query) {
        try {
            jdbi.useHandle(query);
        } catch (JdbiException e) {
            throw new StoreException(e);
        }
    }

    private void write(HandleConsumer<SQLException> transaction) {
        try {
            jdbi.useTransaction(transaction);
        } catch (JdbiException | SQLException e) {
            throw new StoreException(e);
        }
    }

    private static void saveInstrument(Handle handle, Instrument instrument) {
        saveAsset(handle, instrument.baseAsset());
        saveAsset(handle, instrument.quoteAsset());
        int updated = handle.execute(
                "UPDATE instrument SET tick_size = ?, step_size = ?, status = ? WHERE id = ?",
                instrument.tickSize(),
                instrument.stepSize(),
                instrument.status().name(),
                instrument.id());
        if (updated == 0) {
            handle.execute(
                    "INSERT INTO instrument (id, symbol, base_asset, quote_asset, price_scale, quantity_scale,"
                            + " tick_size, step_size, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    instrument.id(),
                    instrument.symbol().value(),
                    instrument.baseAsset(),
                    instrument.quoteAsset(),
                    instrument.priceScale(),
                    instrument.quantityScale(),
                    instrument.tickSize(),
                    instrument.stepSize(),
                    instrument.status().name());
        }
    }

    private static void saveAsset(Handle handle, String code) {
        handle.execute(
                "INSERT INTO asset (code) SELECT CAST(? AS VARCHAR(16)) WHERE NOT EXISTS"
                        + " (SELECT 1 FROM asset WHERE code = ?)",
                code,
                code);
    }

    private static void insertTrades(Handle handle, int instrumentId, List<Trade> trades) throws SQLException {
        if (trades.isEmpty()) {
            return;
        }
        try (RowBatch batch = new RowBatch(handle.getConnection(), INSERT_TRADE)) {
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

    private static void addTicker(PreparedBatch batch, Instrument instrument, Ticker ticker) {
        batch.bind(0, ticker.seq())
                .bind(1, ticker.timeMillis())
                .bind(2, ticker.last())
                .bind(3, ticker.lastQuantity())
                .bind(4, ticker.open())
                .bind(5, ticker.high())
                .bind(6, ticker.low())
                .bind(7, KlineRows.decimal(ticker.volume()))
                .bind(8, KlineRows.decimal(ticker.quoteVolume()))
                .bind(9, ticker.count())
                .bind(10, ticker.openTimeMillis())
                .bind(11, ticker.closeTimeMillis())
                .bind(12, instrument.id())
                .add();
    }

    private static Trade readTrade(ResultSet row) throws SQLException {
        return new Trade(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                Side.ofCode(row.getInt(5)),
                row.getLong(6),
                row.getBoolean(7));
    }

    private static <T> List<T> ascending(List<T> descending) {
        List<T> list = new ArrayList<>(descending);
        Collections.reverse(list);
        return Collections.unmodifiableList(list);
    }
}
