package io.agx.market.server.store;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Sum128;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The kline table: reads rows, and on H2 merges the deltas of a batch into it. Owned by the thread that commits.
 *
 * <p>The newest candle of each series is remembered, so that a trade in time order needs no query; an older bucket is looked
 * up. After a failed transaction {@link #forget()} must be called: what is remembered was never stored.
 */
final class KlineRows implements KlineMerge {
    static final String COLUMNS = "open_time, next_open_time, open_price, high_price, low_price, close_price, volume,"
            + " quote_volume, taker_buy_volume, taker_buy_quote_volume, trade_count, first_seq, last_seq,"
            + " first_trade_time, last_trade_time";

    private static final String INSERT = "INSERT INTO kline (" + COLUMNS + ", instrument_id, kline_interval)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE = "UPDATE kline SET open_time = ?, next_open_time = ?, open_price = ?,"
            + " high_price = ?, low_price = ?, close_price = ?, volume = ?, quote_volume = ?, taker_buy_volume = ?,"
            + " taker_buy_quote_volume = ?, trade_count = ?, first_seq = ?, last_seq = ?, first_trade_time = ?,"
            + " last_trade_time = ? WHERE instrument_id = ? AND kline_interval = ? AND open_time = ?";
    private static final String SELECT =
            "SELECT " + COLUMNS + " FROM kline WHERE instrument_id = ? AND kline_interval = ?";

    private static final String NEWEST_FIRST = " ORDER BY instrument_id DESC, kline_interval DESC, open_time DESC";

    /** Decimal digits that a long always holds. */
    private static final int LONG_DIGITS = 18;

    private final Map<Integer, Map<KlineInterval, Optional<Kline>>> newest = new HashMap<>();

    @Override
    public void merge(Handle handle, Map<Integer, List<Kline>> deltas) throws SQLException {
        for (Map.Entry<Integer, List<Kline>> ofInstrument : deltas.entrySet()) {
            merge(handle, ofInstrument.getKey(), ofInstrument.getValue());
        }
    }

    private void merge(Handle handle, int instrumentId, List<Kline> deltas) throws SQLException {
        List<Kline> inserts = new ArrayList<>();
        List<Kline> updates = new ArrayList<>();
        Map<KlineInterval, Optional<Kline>> series =
                newest.computeIfAbsent(instrumentId, id -> new EnumMap<>(KlineInterval.class));
        for (Kline delta : deltas) {
            KlineInterval interval = delta.interval();
            @Nullable
            Kline last = series.computeIfAbsent(interval, i -> selectNewest(handle, instrumentId, i))
                    .orElse(null);
            if (last == null || delta.openTimeMillis() > last.openTimeMillis()) {
                inserts.add(delta);
                series.put(interval, Optional.of(delta));
            } else if (delta.openTimeMillis() == last.openTimeMillis()) {
                Kline merged = last.merge(delta);
                // A candle may be inserted and grow within one batch only if a batch had two deltas for it; it has not.
                updates.add(merged);
                series.put(interval, Optional.of(merged));
            } else {
                Optional<Kline> stored = select(handle, instrumentId, interval, delta.openTimeMillis());
                if (stored.isPresent()) {
                    updates.add(stored.get().merge(delta));
                } else {
                    inserts.add(delta);
                }
            }
        }
        write(handle, INSERT, instrumentId, inserts, false);
        write(handle, UPDATE, instrumentId, updates, true);
    }

    @Override
    public void forget() {
        newest.clear();
    }

    /** Puts what a bucket shall hold, one candle or none, in place of what it holds. */
    static void replace(
            Handle handle, int instrumentId, KlineInterval interval, long openTimeMillis, List<Kline> klines)
            throws SQLException {
        handle.execute(
                "DELETE FROM kline WHERE instrument_id = ? AND kline_interval = ? AND open_time = ?",
                instrumentId,
                interval.code(),
                openTimeMillis);
        write(handle, INSERT, instrumentId, klines, false);
    }

    static List<Kline> select(
            Handle handle,
            int instrumentId,
            KlineInterval interval,
            long fromMillis,
            long toMillis,
            int limit,
            boolean newestFirst) {
        return handle.createQuery(SELECT + " AND open_time >= ? AND open_time < ?"
                        + (newestFirst ? NEWEST_FIRST : " ORDER BY instrument_id, kline_interval, open_time")
                        + " LIMIT ?")
                .bind(0, instrumentId)
                .bind(1, interval.code())
                .bind(2, fromMillis)
                .bind(3, toMillis)
                .bind(4, limit)
                .map((row, context) -> read(row, interval))
                .list();
    }

    private static Optional<Kline> selectNewest(Handle handle, int instrumentId, KlineInterval interval) {
        return handle.createQuery(SELECT + NEWEST_FIRST + " LIMIT 1")
                .bind(0, instrumentId)
                .bind(1, interval.code())
                .map((row, context) -> read(row, interval))
                .findOne();
    }

    private static Optional<Kline> select(Handle handle, int instrumentId, KlineInterval interval, long openTime) {
        return handle.createQuery(SELECT + " AND open_time = ?")
                .bind(0, instrumentId)
                .bind(1, interval.code())
                .bind(2, openTime)
                .map((row, context) -> read(row, interval))
                .findOne();
    }

    private static void write(Handle handle, String sql, int instrumentId, List<Kline> klines, boolean update)
            throws SQLException {
        if (klines.isEmpty()) {
            return;
        }
        try (RowBatch batch = new RowBatch(handle.getConnection(), sql)) {
            PreparedStatement row = batch.row();
            for (Kline kline : klines) {
                row.setLong(1, kline.openTimeMillis());
                row.setLong(2, kline.nextOpenTimeMillis());
                row.setLong(3, kline.open());
                row.setLong(4, kline.high());
                row.setLong(5, kline.low());
                row.setLong(6, kline.close());
                row.setBigDecimal(7, decimal(kline.volume()));
                row.setBigDecimal(8, decimal(kline.quoteVolume()));
                row.setBigDecimal(9, decimal(kline.takerBuyVolume()));
                row.setBigDecimal(10, decimal(kline.takerBuyQuoteVolume()));
                row.setLong(11, kline.count());
                row.setLong(12, kline.firstSeq());
                row.setLong(13, kline.seq());
                row.setLong(14, kline.firstTradeTimeMillis());
                row.setLong(15, kline.lastTradeTimeMillis());
                row.setInt(16, instrumentId);
                row.setString(17, kline.interval().code());
                if (update) {
                    row.setLong(18, kline.openTimeMillis());
                }
                batch.add();
            }
            batch.execute();
        }
    }

    private static Kline read(ResultSet row, KlineInterval interval) throws SQLException {
        return new Kline(
                interval,
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                sum(row, 7),
                sum(row, 8),
                sum(row, 9),
                sum(row, 10),
                row.getLong(11),
                row.getLong(12),
                row.getLong(13),
                row.getLong(14),
                row.getLong(15),
                false,
                KlineCause.TRADE);
    }

    static BigDecimal decimal(Sum128 sum) {
        return new BigDecimal(sum.toBigInteger());
    }

    static Sum128 sum(ResultSet row, int column) throws SQLException {
        BigDecimal decimal = row.getBigDecimal(column);
        if (decimal.precision() - decimal.scale() <= LONG_DIGITS) {
            long value = decimal.longValueExact();
            return new Sum128(value >> 63, value);
        }
        return Sum128.of(decimal.toBigIntegerExact());
    }
}
