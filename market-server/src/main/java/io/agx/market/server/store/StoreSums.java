package io.agx.market.server.store;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many rows there are and what they come to, by table and instrument. Not thread-safe.
 *
 * <p>A row's checksum is the first 8 bytes of the MD5 of its columns as text, as a signed number; a table's is the sum of its rows', so the order
 * of rows does not matter, and a database computes it as well as a program. It tells what went wrong, not who wanted it so.
 */
public final class StoreSums {
    /** Tables that are summed up. {@code instrument_id} is the key of those that have it; 0 is that of the others. */
    public enum Table {
        INSTRUMENT("instrument"),
        TRADE("trade"),
        KLINE("kline"),
        TICKER("asset_ticker"),
        INBOX("user_inbox"),
        MESSAGE("user_message");

        private final String tableName;

        Table(String tableName) {
            this.tableName = tableName;
        }

        /** Its name in the database and in exports. */
        public String tableName() {
            return tableName;
        }
    }

    /**
     * What a table has of one instrument.
     *
     * @param count rows
     * @param checksum of the rows
     * @param quantity sum of trades' quantities, or of candles' volumes; 0 for others
     * @param quote sum of trades' price times quantity, or of candles' quote volumes; 0 for others
     */
    public record Sum(long count, BigInteger checksum, BigInteger quantity, BigInteger quote) {
        static final Sum NONE = new Sum(0, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

        Sum plus(Sum other) {
            return new Sum(
                    count + other.count,
                    checksum.add(other.checksum),
                    quantity.add(other.quantity),
                    quote.add(other.quote));
        }

        @Override
        public String toString() {
            return count + " rows, checksum " + checksum + ", quantity " + quantity + ", quote " + quote;
        }
    }

    /** Whose sum it is. */
    public record Key(Table table, int instrumentId) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int tables = table.compareTo(other.table);
            return tables != 0 ? tables : Integer.compare(instrumentId, other.instrumentId);
        }
    }

    private final MessageDigest md5 = md5();
    private final Map<Key, Sum> sums = new TreeMap<>();

    /** The sums, by table and instrument, without those of nothing. */
    public Map<Key, Sum> all() {
        return sums;
    }

    /** Adds a sum. */
    public void add(Key key, Sum sum) {
        sums.merge(key, sum, Sum::plus);
    }

    /**
     * Adds a row.
     *
     * @param columns in the order of {@link SumQueries}; null where the column is
     */
    public void addRow(
            Table table, int instrumentId, BigInteger quantity, BigInteger quote, @Nullable Object... columns) {
        StringBuilder text = new StringBuilder(128);
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                text.append('|');
            }
            Object column = columns[i];
            if (column instanceof Boolean flag) {
                text.append(flag ? '1' : '0');
            } else if (column == null) {
                text.append(SumQueries.NULL);
            } else {
                text.append(column);
            }
        }
        byte[] hash = md5.digest(text.toString().getBytes(StandardCharsets.UTF_8));
        BigInteger checksum = BigInteger.valueOf(ByteBuffer.wrap(hash).getLong());
        add(new Key(table, instrumentId), new Sum(1, checksum, quantity, quote));
    }

    /** Rows of a table. */
    public long count(Table table) {
        long count = 0;
        for (Map.Entry<Key, Sum> each : sums.entrySet()) {
            if (each.getKey().table() == table) {
                count += each.getValue().count();
            }
        }
        return count;
    }

    /**
     * How others differ from these, one line each.
     *
     * @param name of these
     * @param otherName of the others
     */
    public List<String> differences(String name, StoreSums other, String otherName) {
        List<String> differences = new ArrayList<>();
        TreeSet<Key> keys = new TreeSet<>(sums.keySet());
        keys.addAll(other.sums.keySet());
        for (Key key : keys) {
            Sum here = sums.getOrDefault(key, Sum.NONE);
            Sum there = other.sums.getOrDefault(key, Sum.NONE);
            if (!Objects.equals(here, there)) {
                differences.add(key.table().tableName()
                        + (key.instrumentId() == 0 ? "" : " of instrument " + key.instrumentId()) + ": " + name + " "
                        + here + "; " + otherName + " " + there);
            }
        }
        return differences;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
