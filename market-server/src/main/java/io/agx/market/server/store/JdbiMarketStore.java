package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.server.journal.LogEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The store over SQL, by jdbi: plain statements that H2 and PostgreSQL both understand, every value bound. What they do not do alike is the
 * {@link StoreBackend}'s.
 */
final class JdbiMarketStore implements MarketStore, InboxStore {
    private static final String TICKER_VALUES = "seq = ?, ticker_time = ?, last_price = ?, last_quantity = ?,"
            + " open_price = ?, high_price = ?, low_price = ?, volume = ?, quote_volume = ?, trade_count = ?,"
            + " open_time = ?, close_time = ?";

    /** Heads that are read at once: there may be a million. */
    private static final int HEADS_PER_FETCH = 1_000;

    private final StoreBackend backend;
    private final TradeRows trades;

    /** @param backend closed with this store */
    JdbiMarketStore(StoreBackend backend) {
        this.backend = backend;
        this.trades = backend.trades();
    }

    @Override
    public void probe() {
        read(handle -> handle.createQuery("SELECT COUNT(*) FROM checkpoint")
                .mapTo(Long.class)
                .one());
    }

    @Override
    public int readers() {
        return backend.readers();
    }

    @Override
    public void measure(MeterRegistry registry) {
        backend.measure(registry);
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
            backend.bound(handle);
        });
    }

    @Override
    public long checkpointPosition() {
        long position = read(handle -> handle.createQuery("SELECT log_position FROM checkpoint")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
        backend.continueFrom(position);
        return position;
    }

    @Override
    public void commit(StoreBatch batch) {
        try {
            backend.begin(batch);
            write(handle -> {
                backend.requireOurs(handle);
                for (Instrument instrument : batch.instruments()) {
                    saveInstrument(handle, instrument);
                }
                trades.insert(handle, batch.trades());
                backend.klines().merge(handle, batch.klines());
                InboxRows.apply(handle, batch.inbox());
                backend.move(handle, batch.endPosition());
            });
            backend.end(batch.endPosition());
        } catch (RuntimeException | Error e) {
            backend.failed();
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
    public void undo(PendingBatch batch, Map<Integer, List<Trade>> undone, List<LogEntry.OfInbox> inbox) {
        backend.failed();
        write(handle -> {
            for (Map.Entry<Integer, List<Trade>> entry : undone.entrySet()) {
                int instrumentId = entry.getKey();
                trades.delete(handle, instrumentId, entry.getValue());
                new KlineUndo(
                                (from, to) -> trades
                                        .byTime(
                                                handle,
                                                instrumentId,
                                                SeqRange.ALL,
                                                from,
                                                to - 1,
                                                Integer.MAX_VALUE,
                                                false)
                                        .stream()
                                        .sorted(Comparator.comparingLong(Trade::seq))
                                        .toList())
                        .run(handle, instrumentId, entry.getValue());
            }
            InboxRows.undo(handle, inbox);
            handle.execute("UPDATE checkpoint SET log_position = ?", batch.fromPosition());
        });
        write(handle -> handle.execute("UPDATE checkpoint SET pending_from = NULL, pending_to = NULL"));
        backend.continueFrom(batch.fromPosition());
    }

    @Override
    public StoreTransfer transfer() {
        return new JdbiStoreTransfer(this, backend);
    }

    @Override
    public InboxStore inbox() {
        return this;
    }

    @Override
    public void heads(BiConsumer<String, InboxHead> visitor) {
        // In a transaction: only then PostgreSQL's driver fetches some at a time.
        backend.readAtLeisure(handle -> {
            handle.useTransaction(transaction -> transaction
                    .createQuery("SELECT last_seq, first_seq, read_runs, user_id FROM user_inbox")
                    .setFetchSize(HEADS_PER_FETCH)
                    .map((row, context) -> {
                        visitor.accept(row.getString(4), InboxRows.readHead(row, 1));
                        return 0;
                    })
                    .forEach(told -> {}));
            return true;
        });
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
        backend.flush();
    }

    @Override
    public void check() {
        backend.check();
    }

    @Override
    public void dropOldTrades(long clockMillis) {
        backend.dropOldTrades(clockMillis);
    }

    @Override
    public long keptTimeMillis() {
        return backend.keptTimeMillis();
    }

    @Override
    public long keptSeq(int instrumentId) {
        return read(handle -> trades.keptSeq(handle, instrumentId));
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
        return backend.readAtLeisure(handle -> {
            Optional<NewestTrade> newest = trades.newest(handle, id);
            List<Trade> recent = trades.recent(handle, id, tradesKept);
            Map<KlineInterval, List<Kline>> klines = new EnumMap<>(KlineInterval.class);
            for (KlineInterval interval : KlineInterval.values()) {
                klines.put(
                        interval,
                        ascending(KlineRows.select(
                                handle, id, interval, Long.MIN_VALUE, Long.MAX_VALUE, klinesKept, true)));
            }
            long lastTradeTimeMillis = newest.map(NewestTrade::timeMillis).orElse(0L);
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
                    trades.lastSeq(handle, id),
                    clockMillis,
                    newest.map(NewestTrade::price).orElse(0L),
                    newest.map(NewestTrade::quantity).orElse(0L),
                    lastTradeTimeMillis,
                    klines,
                    seconds,
                    recent);
        });
    }

    @Override
    public long lastSeq(int instrumentId) {
        return read(handle -> trades.lastSeq(handle, instrumentId));
    }

    @Override
    public boolean containsTrade(int instrumentId, String tradeId) {
        return read(handle -> trades.contains(handle, instrumentId, tradeId));
    }

    @Override
    public List<Trade> tradesBySeq(int instrumentId, long fromSeq, long toSeq, int limit) {
        return read(handle -> trades.bySeq(handle, instrumentId, fromSeq, toSeq, limit));
    }

    @Override
    public List<Trade> tradesByTime(
            int instrumentId, SeqRange seqs, long fromMillis, long toMillis, int limit, boolean newest) {
        List<Trade> found = new ArrayList<>(
                read(handle -> trades.byTime(handle, instrumentId, seqs, fromMillis, toMillis, limit, newest)));
        found.sort(Comparator.comparingLong(Trade::seq));
        return found;
    }

    @Override
    public Optional<SeqRange> seqRange(int instrumentId, long fromMillis, long toMillis) {
        return read(handle -> trades.seqRange(handle, instrumentId, fromMillis, toMillis));
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
        backend.close();
    }

    private <T> T read(HandleCallback<T, RuntimeException> query) {
        return backend.read(query);
    }

    private void use(HandleConsumer<RuntimeException> query) {
        backend.read(handle -> {
            query.useHandle(handle);
            return true;
        });
    }

    private void write(HandleConsumer<SQLException> transaction) {
        backend.write(transaction);
    }

    static void saveInstrument(Handle handle, Instrument instrument) {
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

    private static <T> List<T> ascending(List<T> descending) {
        List<T> list = new ArrayList<>(descending);
        Collections.reverse(list);
        return Collections.unmodifiableList(list);
    }
}
