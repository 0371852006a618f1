package io.agx.market.server.store;

import io.agx.market.core.model.Kline;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;

/**
 * Merges candle deltas on PostgreSQL: one statement for all of them, which merges in the database, so that nothing is read first. The
 * columns are sent as arrays: that is one round trip however many candles there are, and a statement that does not change with their number.
 */
final class KlineUpsert implements KlineMerge {
    /** About 3 MB of arrays. */
    static final int MAX_ROWS = 20_000;

    /** {@link Kline#merge} in SQL. */
    private static final String UPSERT = "INSERT INTO kline AS k (instrument_id, kline_interval, " + KlineRows.COLUMNS
            + ") SELECT * FROM unnest(?::int4[], ?::varchar[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[],"
            + " ?::int8[], ?::numeric[], ?::numeric[], ?::numeric[], ?::numeric[], ?::int8[], ?::int8[], ?::int8[],"
            + " ?::int8[], ?::int8[])"
            + " ON CONFLICT (instrument_id, kline_interval, open_time) DO UPDATE SET"
            + " open_price = CASE WHEN EXCLUDED.first_trade_time < k.first_trade_time"
            + " THEN EXCLUDED.open_price ELSE k.open_price END,"
            + " high_price = GREATEST(k.high_price, EXCLUDED.high_price),"
            + " low_price = LEAST(k.low_price, EXCLUDED.low_price),"
            + " close_price = CASE WHEN EXCLUDED.last_trade_time >= k.last_trade_time"
            + " THEN EXCLUDED.close_price ELSE k.close_price END,"
            + " volume = k.volume + EXCLUDED.volume,"
            + " quote_volume = k.quote_volume + EXCLUDED.quote_volume,"
            + " taker_buy_volume = k.taker_buy_volume + EXCLUDED.taker_buy_volume,"
            + " taker_buy_quote_volume = k.taker_buy_quote_volume + EXCLUDED.taker_buy_quote_volume,"
            + " trade_count = k.trade_count + EXCLUDED.trade_count,"
            + " first_seq = LEAST(k.first_seq, EXCLUDED.first_seq),"
            + " last_seq = GREATEST(k.last_seq, EXCLUDED.last_seq),"
            + " first_trade_time = LEAST(k.first_trade_time, EXCLUDED.first_trade_time),"
            + " last_trade_time = GREATEST(k.last_trade_time, EXCLUDED.last_trade_time)";

    @Override
    public void merge(Handle handle, Map<Integer, List<Kline>> deltas) throws SQLException {
        int total = deltas.values().stream().mapToInt(List::size).sum();
        if (total == 0) {
            return;
        }
        Columns columns = new Columns(Math.min(total, MAX_ROWS));
        try (PreparedStatement statement = handle.getConnection().prepareStatement(UPSERT)) {
            int left = total;
            for (Map.Entry<Integer, List<Kline>> ofInstrument : deltas.entrySet()) {
                for (Kline kline : ofInstrument.getValue()) {
                    columns.add(ofInstrument.getKey(), kline);
                    left--;
                    if (columns.isFull()) {
                        columns.send(statement);
                        columns = new Columns(Math.min(left, MAX_ROWS));
                    }
                }
            }
        }
    }

    @Override
    public void forget() {
        // It remembers nothing.
    }

    /** A statement's rows, by column. */
    private static final class Columns {
        private static final int LONGS = 11;
        private static final int SUMS = 4;

        private final int[] instrumentIds;
        private final String[] intervals;
        private final long[][] longs;
        private final BigDecimal[][] sums;
        private int size;

        Columns(int capacity) {
            instrumentIds = new int[capacity];
            intervals = new String[capacity];
            longs = new long[LONGS][capacity];
            sums = new BigDecimal[SUMS][capacity];
        }

        void add(int instrumentId, Kline kline) {
            int at = size++;
            instrumentIds[at] = instrumentId;
            intervals[at] = kline.interval().code();
            longs[0][at] = kline.openTimeMillis();
            longs[1][at] = kline.nextOpenTimeMillis();
            longs[2][at] = kline.open();
            longs[3][at] = kline.high();
            longs[4][at] = kline.low();
            longs[5][at] = kline.close();
            sums[0][at] = KlineRows.decimal(kline.volume());
            sums[1][at] = KlineRows.decimal(kline.quoteVolume());
            sums[2][at] = KlineRows.decimal(kline.takerBuyVolume());
            sums[3][at] = KlineRows.decimal(kline.takerBuyQuoteVolume());
            longs[6][at] = kline.count();
            longs[7][at] = kline.firstSeq();
            longs[8][at] = kline.seq();
            longs[9][at] = kline.firstTradeTimeMillis();
            longs[10][at] = kline.lastTradeTimeMillis();
        }

        boolean isFull() {
            return size == instrumentIds.length;
        }

        void send(PreparedStatement statement) throws SQLException {
            PGConnection connection = statement.getConnection().unwrap(PGConnection.class);
            int parameter = 1;
            statement.setArray(parameter++, connection.createArrayOf("int4", instrumentIds));
            statement.setArray(parameter++, connection.createArrayOf("varchar", intervals));
            for (int i = 0; i < 6; i++) {
                statement.setArray(parameter++, connection.createArrayOf("int8", longs[i]));
            }
            for (BigDecimal[] sum : sums) {
                Array array = connection.createArrayOf("numeric", sum);
                statement.setArray(parameter++, array);
            }
            for (int i = 6; i < LONGS; i++) {
                statement.setArray(parameter++, connection.createArrayOf("int8", longs[i]));
            }
            statement.executeUpdate();
        }
    }
}
