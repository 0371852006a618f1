package io.agx.market.server.store;

import io.agx.market.server.store.StoreSums.Sum;
import io.agx.market.server.store.StoreSums.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/** {@link StoreSums} by SQL. Stateless. */
final class SumQueries {
    /** What stands for a null, in a text that has none such. */
    static final String NULL = "\\N";

    private static final String TRADE = "seq, trade_id, price, quantity, taker_side, trade_time, backfill?";
    private static final String KLINE = "kline_interval, " + KlineRows.COLUMNS;
    private static final String TICKER =
            "seq, ticker_time, last_price, last_quantity, open_price, high_price, low_price,"
                    + " volume, quote_volume, trade_count, open_time, close_time";
    private static final String INSTRUMENT =
            "symbol, base_asset, quote_asset, price_scale, quantity_scale, tick_size, step_size, status";
    private static final String INBOX = "user_id, last_seq, first_seq, read_runs";
    private static final String MESSAGE = "user_id, seq, message_type, title, content, data_json*, sender_name,"
            + " sender_avatar*, created_time, read_time*, idempotency_key*";

    private static final String ALL = "1 = 1";

    private SumQueries() {}

    /**
     * @param keptMillis trades before it are not kept, and may still be there
     * @param checksum makes of an expression of a text that of the sum of its {@link StoreSums} checksums, in the database's SQL
     */
    static StoreSums run(Handle handle, long keptMillis, UnaryOperator<String> checksum) {
        StoreSums sums = new StoreSums();
        query(handle, sums, Table.INSTRUMENT, "id", INSTRUMENT, "0", "0", ALL, checksum);
        query(
                handle,
                sums,
                Table.TRADE,
                "instrument_id",
                TRADE,
                "SUM(CAST(quantity AS NUMERIC(39, 0)))",
                "SUM(CAST(price AS NUMERIC(39, 0)) * quantity)",
                "trade_time >= " + keptMillis,
                checksum);
        query(handle, sums, Table.KLINE, "instrument_id", KLINE, "SUM(volume)", "SUM(quote_volume)", ALL, checksum);
        query(handle, sums, Table.TICKER, "instrument_id", TICKER, "0", "0", ALL, checksum);
        query(handle, sums, Table.INBOX, "0", INBOX, "0", "0", ALL, checksum);
        query(handle, sums, Table.MESSAGE, "0", MESSAGE, "0", "0", ALL, checksum);
        return sums;
    }

    private static void query(
            Handle handle,
            StoreSums sums,
            Table table,
            String key,
            String columns,
            String quantity,
            String quote,
            String condition,
            UnaryOperator<String> checksum) {
        String sql = "SELECT " + key + ", COUNT(*), " + checksum.apply(text(columns)) + ", " + quantity + ", " + quote
                + " FROM " + table.tableName() + " WHERE " + condition + (key.equals("0") ? "" : " GROUP BY " + key);
        handle.createQuery(sql)
                .map((row, context) -> {
                    long count = row.getLong(2);
                    if (count > 0) {
                        sums.add(
                                new StoreSums.Key(table, row.getInt(1)),
                                new Sum(
                                        count,
                                        integer(row.getString(3)),
                                        integer(row.getString(4)),
                                        integer(row.getString(5))));
                    }
                    return 0;
                })
                .list();
    }

    private static BigInteger integer(String number) {
        return new BigDecimal(number).toBigIntegerExact();
    }

    /** The columns as one text: numbers and texts as they are, a truth value ({@code ?}) as 1 or 0, what may be null ({@code *}) as {@link #NULL}. */
    private static String text(String columns) {
        List<String> parts = new ArrayList<>();
        for (String column : columns.split(", ?", -1)) {
            String name = column.strip();
            if (name.endsWith("?")) {
                parts.add("CASE WHEN " + name.substring(0, name.length() - 1) + " THEN '1' ELSE '0' END");
            } else if (name.endsWith("*")) {
                parts.add("COALESCE(CAST(" + name.substring(0, name.length() - 1) + " AS VARCHAR), '" + NULL + "')");
            } else {
                parts.add("CAST(" + name + " AS VARCHAR)");
            }
        }
        return String.join(" || '|' || ", parts);
    }
}
