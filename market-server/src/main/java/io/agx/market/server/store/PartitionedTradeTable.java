package io.agx.market.server.store;

import io.agx.market.core.model.Trade;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;

/**
 * Trades in partitions of a week of their own time: on PostgreSQL.
 *
 * <p>The partition's key is the time, and most questions are by {@code seq} or id. So the table {@code trade_span} says which trades of an
 * instrument a partition has, and every query bounds the time by what it says: the planner then leaves out all other partitions. {@code
 * instrument_head} has what must be known of trades that were dropped. Both are written with the trades, in the same transaction.
 */
final class PartitionedTradeTable implements TradeRows {
    /** Looked through for an id at once: each takes some locks of the server's, which are bounded (max_locks_per_transaction). */
    private static final int PARTITIONS_PER_QUERY = 64;

    private static final long DAY_MILLIS = 86_400_000;
    private static final String IN_TIME = " AND trade_time >= ? AND trade_time <= ?";
    private static final String SELECT_SPANS =
            "SELECT partition_start, first_seq, last_seq, first_time, last_time, trade_count FROM trade_span"
                    + " WHERE instrument_id = ?";

    /** Partitions that are known to be there; the committing thread's. */
    private final Set<TradePartition> known = new HashSet<>();

    /** Trades before it are not kept, epoch milliseconds. Written by the committing thread. */
    private volatile long keptMillis;

    /** The newest trade's time, of all instruments; 0 without one. The committing thread's. */
    private long newestMillis;

    /** Makes the partitions for these trades, and the next one after the newest, so that it is there before the week begins. */
    void ensurePartitions(PostgresWriter writer, Map<Integer, List<Trade>> trades) {
        Set<TradePartition> wanted = new HashSet<>();
        long newest = 0;
        for (List<Trade> ofInstrument : trades.values()) {
            for (Trade trade : ofInstrument) {
                if (trade.timeMillis() >= keptMillis) {
                    wanted.add(TradePartition.of(trade.timeMillis()));
                    newest = Math.max(newest, trade.timeMillis());
                }
            }
        }
        if (newest > 0) {
            wanted.add(TradePartition.of(newest).next());
            newestMillis = Math.max(newestMillis, newest);
        }
        wanted.removeAll(known);
        for (TradePartition partition : wanted) {
            // Each by itself: a transaction that makes many holds more locks than the server has.
            writer.transact(handle -> create(handle, partition));
            known.add(partition);
        }
    }

    /** Attached, not made as a partition: that would wait for every reader of the trade table, and they for it. */
    private static void create(Handle handle, TradePartition partition) {
        String name = partition.tableName();
        boolean exists = handle.createQuery("SELECT to_regclass(?) IS NOT NULL")
                .bind(0, name)
                .mapTo(Boolean.class)
                .one();
        if (!exists) {
            handle.execute("CREATE TABLE " + name + " (LIKE trade INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
            handle.execute("ALTER TABLE trade ATTACH PARTITION " + name + " FOR VALUES FROM (" + partition.startMillis()
                    + ") TO (" + partition.endMillis() + ")");
        }
    }

    /** Reads what is remembered: after opening, and whenever a transaction failed. */
    void load(Handle handle) {
        known.clear();
        keptMillis = handle.createQuery("SELECT kept_time FROM checkpoint")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
        newestMillis = handle.createQuery("SELECT MAX(newest_time) FROM instrument_head")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /** From when on trades are kept if the last days are, epoch milliseconds: a partition's start. Never earlier than now. */
    long keptFor(int days, long clockMillis) {
        long newest = Math.min(clockMillis, newestMillis);
        return Math.max(
                keptMillis, TradePartition.of(newest - days * DAY_MILLIS).startMillis());
    }

    /** In a transaction: trades before a time are no longer here for any reader. Their tables are dropped afterwards. */
    void forgetBefore(Handle handle, long timeMillis) {
        handle.execute("UPDATE checkpoint SET kept_time = ?", timeMillis);
        handle.execute(
                "UPDATE instrument_head AS h SET kept_seq = GREATEST(h.kept_seq, s.last_seq + 1) FROM"
                        + " (SELECT instrument_id, MAX(last_seq) AS last_seq FROM trade_span WHERE partition_start < ?"
                        + " GROUP BY instrument_id) AS s WHERE s.instrument_id = h.instrument_id",
                timeMillis);
        handle.execute("DELETE FROM trade_span WHERE partition_start < ?", timeMillis);
    }

    /** After {@link #forgetBefore} was committed. */
    void forgotBefore(long timeMillis) {
        keptMillis = timeMillis;
        known.removeIf(partition -> partition.startMillis() < timeMillis);
    }

    /** Partitions whose trades are not kept. */
    static List<TradePartition> before(Handle handle, long timeMillis) {
        return partitions(handle).stream()
                .filter(partition -> partition.startMillis() < timeMillis)
                .toList();
    }

    /** All partitions that there are, oldest first. */
    static List<TradePartition> partitions(Handle handle) {
        return handle
                .createQuery("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                        + " WHERE i.inhparent = CAST('trade' AS REGCLASS)")
                .mapTo(String.class)
                .list()
                .stream()
                .flatMap(name -> TradePartition.ofTable(name).stream())
                .sorted(Comparator.comparingLong(TradePartition::startMillis))
                .toList();
    }

    /** Who reads holds the table for a moment; who waits for it makes all others wait. So it is waited for no longer than that. */
    static void drop(Handle handle, TradePartition partition) {
        handle.execute("SET LOCAL lock_timeout = 1000");
        handle.execute("DROP TABLE IF EXISTS " + partition.tableName());
    }

    /** Forgets which partitions are there. */
    void forget() {
        known.clear();
    }

    long keptMillis() {
        return keptMillis;
    }

    @Override
    public void insert(Handle handle, Map<Integer, List<Trade>> trades) throws SQLException {
        List<Head> heads = new ArrayList<>();
        Map<Integer, Map<TradePartition, TradeSpan>> spans = new HashMap<>();
        long kept = keptMillis;
        try (TradeCopy copy = new TradeCopy(handle.getConnection())) {
            for (Map.Entry<Integer, List<Trade>> entry : trades.entrySet()) {
                int instrumentId = entry.getKey();
                if (entry.getValue().isEmpty()) {
                    continue;
                }
                Head head = new Head(instrumentId, entry.getValue().get(0));
                Map<TradePartition, TradeSpan> ofInstrument = spans.computeIfAbsent(
                        instrumentId, id -> new TreeMap<>(Comparator.comparingLong(TradePartition::startMillis)));
                for (Trade trade : entry.getValue()) {
                    boolean keeps = trade.timeMillis() >= kept;
                    head.add(trade, keeps);
                    if (keeps) {
                        copy.add(instrumentId, trade);
                        TradePartition partition = TradePartition.of(trade.timeMillis());
                        ofInstrument.merge(partition, TradeSpan.of(partition, trade), TradeSpan::plus);
                    }
                }
                heads.add(head);
            }
            copy.end();
        }
        saveSpans(handle.getConnection(), spans);
        saveHeads(handle.getConnection(), heads);
    }

    private static void saveSpans(Connection connection, Map<Integer, Map<TradePartition, TradeSpan>> spans)
            throws SQLException {
        try (RowBatch batch = new RowBatch(
                connection,
                "INSERT INTO trade_span AS s (instrument_id, partition_start, first_seq, last_seq, first_time,"
                        + " last_time, trade_count) VALUES (?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (instrument_id, partition_start) DO UPDATE SET"
                        + " first_seq = LEAST(s.first_seq, EXCLUDED.first_seq),"
                        + " last_seq = GREATEST(s.last_seq, EXCLUDED.last_seq),"
                        + " first_time = LEAST(s.first_time, EXCLUDED.first_time),"
                        + " last_time = GREATEST(s.last_time, EXCLUDED.last_time),"
                        + " trade_count = s.trade_count + EXCLUDED.trade_count")) {
            PreparedStatement row = batch.row();
            for (Map.Entry<Integer, Map<TradePartition, TradeSpan>> ofInstrument : spans.entrySet()) {
                for (TradeSpan span : ofInstrument.getValue().values()) {
                    row.setInt(1, ofInstrument.getKey());
                    row.setLong(2, span.partitionStart());
                    row.setLong(3, span.firstSeq());
                    row.setLong(4, span.lastSeq());
                    row.setLong(5, span.firstMillis());
                    row.setLong(6, span.lastMillis());
                    row.setLong(7, span.tradeCount());
                    batch.add();
                }
            }
            batch.execute();
        }
    }

    /**
     * A {@code seq} is unique within a partition only, as far as the table's key goes. So it is compared here: what is added must come after
     * what is there.
     */
    private static void saveHeads(Connection connection, List<Head> heads) throws SQLException {
        PGConnection arrays = connection.unwrap(PGConnection.class);
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT h.instrument_id, b.first_seq, h.last_seq FROM instrument_head h"
                        + " JOIN unnest(?::int4[], ?::int8[]) AS b (instrument_id, first_seq)"
                        + " ON b.instrument_id = h.instrument_id AND b.first_seq <= h.last_seq LIMIT 1")) {
            statement.setArray(
                    1,
                    arrays.createArrayOf(
                            "int4",
                            heads.stream().mapToInt(head -> head.instrumentId).toArray()));
            statement.setArray(
                    2,
                    arrays.createArrayOf(
                            "int8",
                            heads.stream().mapToLong(head -> head.firstSeq).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    throw new SQLException("trade " + row.getLong(2) + " of instrument " + row.getInt(1)
                            + " does not follow the stored ones, which end at " + row.getLong(3));
                }
            }
        }
        try (RowBatch batch = new RowBatch(
                connection,
                "INSERT INTO instrument_head AS h (instrument_id, last_seq, kept_seq, newest_seq, newest_time,"
                        + " newest_price, newest_quantity) VALUES (?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (instrument_id) DO UPDATE SET last_seq = EXCLUDED.last_seq,"
                        + " kept_seq = GREATEST(h.kept_seq, EXCLUDED.kept_seq),"
                        + " (newest_seq, newest_time, newest_price, newest_quantity) = (SELECT"
                        + " CASE WHEN later THEN EXCLUDED.newest_seq ELSE h.newest_seq END,"
                        + " CASE WHEN later THEN EXCLUDED.newest_time ELSE h.newest_time END,"
                        + " CASE WHEN later THEN EXCLUDED.newest_price ELSE h.newest_price END,"
                        + " CASE WHEN later THEN EXCLUDED.newest_quantity ELSE h.newest_quantity END"
                        + " FROM (SELECT EXCLUDED.newest_time >= h.newest_time AS later) AS compared)")) {
            PreparedStatement row = batch.row();
            for (Head head : heads) {
                row.setInt(1, head.instrumentId);
                row.setLong(2, head.lastSeq);
                row.setLong(3, head.keptSeq);
                row.setLong(4, head.newest.seq());
                row.setLong(5, head.newest.timeMillis());
                row.setLong(6, head.newest.price());
                row.setLong(7, head.newest.quantity());
                batch.add();
            }
            batch.execute();
        }
    }

    @Override
    public void delete(Handle handle, int instrumentId, List<Trade> trades) throws SQLException {
        Set<TradePartition> touched = new HashSet<>();
        try (RowBatch batch = new RowBatch(
                handle.getConnection(), "DELETE FROM trade WHERE instrument_id = ? AND seq = ? AND trade_time = ?")) {
            for (Trade trade : trades) {
                batch.row().setInt(1, instrumentId);
                batch.row().setLong(2, trade.seq());
                batch.row().setLong(3, trade.timeMillis());
                batch.add();
                touched.add(TradePartition.of(trade.timeMillis()));
            }
            batch.execute();
        }
        for (TradePartition partition : touched) {
            handle.execute(
                    "DELETE FROM trade_span WHERE instrument_id = ? AND partition_start = ?",
                    instrumentId,
                    partition.startMillis());
            handle.execute(
                    "INSERT INTO trade_span SELECT instrument_id, CAST(? AS BIGINT), MIN(seq), MAX(seq),"
                            + " MIN(trade_time), MAX(trade_time), COUNT(*) FROM trade WHERE instrument_id = ?"
                            + " AND trade_time >= ? AND trade_time < ? GROUP BY instrument_id",
                    partition.startMillis(),
                    instrumentId,
                    partition.startMillis(),
                    partition.endMillis());
        }
        handle.execute(
                "UPDATE instrument_head SET (last_seq, newest_seq, newest_time, newest_price, newest_quantity) ="
                        + " (SELECT (SELECT MAX(last_seq) FROM trade_span WHERE instrument_id = ?), seq, trade_time,"
                        + " price, quantity FROM trade WHERE instrument_id = ?"
                        + " ORDER BY instrument_id DESC, trade_time DESC, seq DESC LIMIT 1) WHERE instrument_id = ?"
                        + " AND EXISTS (SELECT 1 FROM trade_span WHERE instrument_id = ?)",
                instrumentId,
                instrumentId,
                instrumentId,
                instrumentId);
        handle.execute(
                "DELETE FROM instrument_head WHERE instrument_id = ?"
                        + " AND NOT EXISTS (SELECT 1 FROM trade_span WHERE instrument_id = ?)",
                instrumentId,
                instrumentId);
    }

    @Override
    public long lastSeq(Handle handle, int instrumentId) {
        return handle.createQuery("SELECT last_seq FROM instrument_head WHERE instrument_id = ?")
                .bind(0, instrumentId)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    @Override
    public long keptSeq(Handle handle, int instrumentId) {
        return handle.createQuery("SELECT kept_seq FROM instrument_head WHERE instrument_id = ?")
                .bind(0, instrumentId)
                .mapTo(Long.class)
                .findOne()
                .orElse(1L);
    }

    @Override
    public Optional<NewestTrade> newest(Handle handle, int instrumentId) {
        return handle.createQuery(
                        "SELECT newest_price, newest_quantity, newest_time FROM instrument_head WHERE instrument_id = ?")
                .bind(0, instrumentId)
                .map((row, context) -> new NewestTrade(row.getLong(1), row.getLong(2), row.getLong(3)))
                .findOne();
    }

    @Override
    public List<Trade> recent(Handle handle, int instrumentId, int limit) {
        long last = lastSeq(handle, instrumentId);
        List<Trade> trades = bySeq(handle, instrumentId, Math.max(1, last - limit + 1), last, limit);
        int from = trades.size();
        for (long seq = last; from > 0 && trades.get(from - 1).seq() == seq; seq--) {
            from--;
        }
        return trades.subList(from, trades.size());
    }

    @Override
    public boolean contains(Handle handle, int instrumentId, String tradeId) {
        List<TradeSpan> spans = spans(handle, instrumentId, " ORDER BY partition_start DESC");
        for (int from = 0; from < spans.size(); from += PARTITIONS_PER_QUERY) {
            List<TradeSpan> group = spans.subList(from, Math.min(spans.size(), from + PARTITIONS_PER_QUERY));
            boolean found = handle.createQuery("SELECT EXISTS (SELECT 1 FROM trade WHERE instrument_id = ?"
                            + " AND trade_id = ?" + IN_TIME + ")")
                    .bind(0, instrumentId)
                    .bind(1, tradeId)
                    .bind(2, firstMillis(group))
                    .bind(3, lastMillis(group))
                    .mapTo(Boolean.class)
                    .one();
            if (found) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<Trade> bySeq(Handle handle, int instrumentId, long fromSeq, long toSeq, int limit) {
        List<Trade> trades = new ArrayList<>();
        if (fromSeq > toSeq) {
            return trades;
        }
        List<TradeSpan> spans = handle.createQuery(SELECT_SPANS + " AND last_seq >= ? AND first_seq <= ?")
                .bind(0, instrumentId)
                .bind(1, fromSeq)
                .bind(2, toSeq)
                .map((row, context) -> readSpan(row))
                .list();
        long next = fromSeq;
        while (trades.size() < limit && next <= toSeq) {
            long from = next;
            List<TradeSpan> left =
                    spans.stream().filter(span -> span.lastSeq() >= from).toList();
            if (left.isEmpty()) {
                return trades;
            }
            long first = Math.max(
                    from, left.stream().mapToLong(TradeSpan::firstSeq).min().orElseThrow());
            // Without holes that many more are wanted at most, so no partition beyond can have one of them.
            long wanted = (long) limit - trades.size();
            long end = toSeq - first < wanted ? toSeq : first + wanted - 1;
            List<TradeSpan> group =
                    left.stream().filter(span -> span.firstSeq() <= end).toList();
            List<Trade> page = handle.createQuery(
                            SELECT + " AND seq >= ? AND seq <= ?" + IN_TIME + " ORDER BY instrument_id, seq")
                    .bind(0, instrumentId)
                    .bind(1, first)
                    .bind(2, end)
                    .bind(3, firstMillis(group))
                    .bind(4, lastMillis(group))
                    .map((row, context) -> TradeRows.read(row))
                    .list();
            trades.addAll(page);
            next = page.isEmpty() ? nextSeq(handle, instrumentId, end, left) : end + 1;
        }
        return trades;
    }

    /** The first {@code seq} after a hole, which dropped partitions leave. */
    private static long nextSeq(Handle handle, int instrumentId, long afterSeq, List<TradeSpan> spans) {
        long next = Long.MAX_VALUE;
        for (TradeSpan span : spans) {
            if (span.lastSeq() > afterSeq && span.firstSeq() < next) {
                next = Math.min(
                        next,
                        handle.createQuery("SELECT seq FROM trade WHERE instrument_id = ? AND seq > ?" + IN_TIME
                                        + " ORDER BY instrument_id, seq LIMIT 1")
                                .bind(0, instrumentId)
                                .bind(1, afterSeq)
                                .bind(2, span.firstMillis())
                                .bind(3, span.lastMillis())
                                .mapTo(Long.class)
                                .findOne()
                                .orElse(Long.MAX_VALUE));
            }
        }
        return next;
    }

    @Override
    public List<Trade> byTime(
            Handle handle, int instrumentId, SeqRange seqs, long fromMillis, long toMillis, int limit, boolean newest) {
        List<TradeSpan> spans = handle.createQuery(SELECT_SPANS + " AND last_time >= ? AND first_time <= ?"
                        + " AND last_seq >= ? AND first_seq <= ? ORDER BY partition_start" + (newest ? " DESC" : ""))
                .bind(0, instrumentId)
                .bind(1, fromMillis)
                .bind(2, toMillis)
                .bind(3, seqs.fromSeq())
                .bind(4, seqs.toSeq())
                .map((row, context) -> readSpan(row))
                .list();
        String order = newest
                ? " ORDER BY instrument_id DESC, trade_time DESC, seq DESC LIMIT ?"
                : " ORDER BY instrument_id, trade_time, seq LIMIT ?";
        List<Trade> trades = new ArrayList<>();
        int at = 0;
        while (trades.size() < limit && at < spans.size()) {
            int from = at;
            long count = 0;
            while (at < spans.size() && at - from < PARTITIONS_PER_QUERY && count < limit - trades.size()) {
                count += spans.get(at++).tradeCount();
            }
            List<TradeSpan> group = spans.subList(from, at);
            trades.addAll(handle.createQuery(SELECT + IN_TIME + " AND seq >= ? AND seq <= ?" + order)
                    .bind(0, instrumentId)
                    .bind(1, Math.max(fromMillis, firstMillis(group)))
                    .bind(2, Math.min(toMillis, lastMillis(group)))
                    .bind(3, seqs.fromSeq())
                    .bind(4, seqs.toSeq())
                    .bind(5, limit - trades.size())
                    .map((row, context) -> TradeRows.read(row))
                    .list());
        }
        return trades;
    }

    @Override
    public Optional<SeqRange> seqRange(Handle handle, int instrumentId, long fromMillis, long toMillis) {
        long first = Long.MAX_VALUE;
        long last = 0;
        for (TradeSpan span : spans(handle, instrumentId, "")) {
            if (span.lastMillis() < fromMillis || span.firstMillis() > toMillis) {
                continue;
            }
            if (span.firstMillis() >= fromMillis && span.lastMillis() <= toMillis) {
                first = Math.min(first, span.firstSeq());
                last = Math.max(last, span.lastSeq());
            } else if (span.firstSeq() < first || span.lastSeq() > last) {
                SeqRange part = handle.createQuery(
                                "SELECT MIN(seq), MAX(seq) FROM trade WHERE instrument_id = ?" + IN_TIME)
                        .bind(0, instrumentId)
                        .bind(1, Math.max(fromMillis, span.firstMillis()))
                        .bind(2, Math.min(toMillis, span.lastMillis()))
                        .map((row, context) -> new SeqRange(row.getLong(1), row.getLong(2)))
                        .one();
                if (part.fromSeq() > 0) { // Without rows both are NULL, read as 0.
                    first = Math.min(first, part.fromSeq());
                    last = Math.max(last, part.toSeq());
                }
            }
        }
        return last == 0 ? Optional.empty() : Optional.of(new SeqRange(first, last));
    }

    private static List<TradeSpan> spans(Handle handle, int instrumentId, String order) {
        return handle.createQuery(SELECT_SPANS + order)
                .bind(0, instrumentId)
                .map((row, context) -> readSpan(row))
                .list();
    }

    private static TradeSpan readSpan(ResultSet row) throws SQLException {
        return new TradeSpan(
                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6));
    }

    private static long firstMillis(List<TradeSpan> spans) {
        return spans.stream().mapToLong(TradeSpan::firstMillis).min().orElseThrow();
    }

    private static long lastMillis(List<TradeSpan> spans) {
        return spans.stream().mapToLong(TradeSpan::lastMillis).max().orElseThrow();
    }

    @Override
    public List<StoredHead> heads(Handle handle) {
        return handle.createQuery("SELECT instrument_id, last_seq, kept_seq, newest_seq, newest_time, newest_price,"
                        + " newest_quantity FROM instrument_head ORDER BY instrument_id")
                .map((row, context) -> new StoredHead(
                        row.getInt(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7)))
                .list();
    }

    @Override
    public void restoreHeads(Handle handle, List<StoredHead> heads, long keptTimeMillis) throws SQLException {
        handle.execute("DELETE FROM instrument_head");
        try (RowBatch batch = new RowBatch(
                handle.getConnection(),
                "INSERT INTO instrument_head (instrument_id, last_seq, kept_seq, newest_seq, newest_time, newest_price,"
                        + " newest_quantity) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            PreparedStatement row = batch.row();
            for (StoredHead head : heads) {
                row.setInt(1, head.instrumentId());
                row.setLong(2, head.lastSeq());
                row.setLong(3, head.keptSeq());
                row.setLong(4, head.newestSeq());
                row.setLong(5, head.newestTimeMillis());
                row.setLong(6, head.newestPrice());
                row.setLong(7, head.newestQuantity());
                batch.add();
            }
            batch.execute();
        }
        handle.execute("UPDATE checkpoint SET kept_time = ?", keptTimeMillis);
        keptMillis = keptTimeMillis;
    }

    @Override
    public void clear(Handle handle) {
        handle.execute("TRUNCATE TABLE trade, trade_span, instrument_head");
    }

    /** What a batch says of an instrument's head. */
    private static final class Head {
        private final int instrumentId;
        private final long firstSeq;
        private long lastSeq;
        private long keptSeq = 1;
        private Trade newest;

        Head(int instrumentId, Trade first) {
            this.instrumentId = instrumentId;
            this.firstSeq = first.seq();
            this.newest = first;
        }

        void add(Trade trade, boolean keeps) {
            lastSeq = trade.seq();
            if (!keeps) {
                keptSeq = trade.seq() + 1;
            }
            if (trade.timeMillis() >= newest.timeMillis()) {
                newest = trade;
            }
        }
    }
}
