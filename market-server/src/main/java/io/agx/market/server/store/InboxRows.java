package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.SeqRuns;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.store.InboxStore.StoredMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of inboxes. Stateless. */
final class InboxRows {
    private static final String MESSAGE_COLUMNS = "user_id, seq, message_type, title, content, data_json, sender_name,"
            + " sender_avatar, created_time, idempotency_key, read_time";
    private static final String INSERT =
            "INSERT INTO user_message (" + MESSAGE_COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private InboxRows() {}

    /**
     * Copies a stretch of the log. Applied to inboxes that have some of it already it gives the same; but for messages, which must not be
     * there.
     */
    static void apply(Handle handle, List<LogEntry.OfInbox> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        Connection connection = handle.getConnection();
        Map<String, InboxHead> heads = new HashMap<>();
        Set<String> known = new HashSet<>();
        // Messages of the stretch that are kept to its end, by user and seq.
        Map<String, Map<Long, NewRow>> added = new LinkedHashMap<>();
        // One batch for all of them: of two reads of a message the first counts.
        try (RowBatch read = new RowBatch(
                        connection,
                        "UPDATE user_message SET read_time = ? WHERE user_id = ? AND seq >= ? AND seq <= ?"
                                + " AND read_time IS NULL");
                RowBatch trim = new RowBatch(connection, "DELETE FROM user_message WHERE user_id = ? AND seq <= ?")) {
            for (LogEntry.OfInbox entry : entries) {
                String userId = entry.userId();
                if (!heads.containsKey(userId)) {
                    Optional<InboxHead> stored = head(handle, userId);
                    stored.ifPresent(head -> known.add(userId));
                    heads.put(userId, stored.orElse(InboxHead.EMPTY));
                }
                heads.merge(userId, InboxHead.EMPTY, (head, none) -> entry.applyTo(head));
                Map<Long, NewRow> fresh = added.computeIfAbsent(userId, key -> new LinkedHashMap<>());
                if (entry instanceof LogEntry.MessageAdded it) {
                    fresh.put(it.message().seq(), new NewRow(it.message()));
                } else if (entry instanceof LogEntry.MessagesRead it) {
                    markRead(it, fresh, read);
                } else if (entry instanceof LogEntry.MessagesTrimmed it) {
                    fresh.keySet().removeIf(seq -> seq <= it.toSeq());
                    trim.row().setString(1, userId);
                    trim.row().setLong(2, it.toSeq());
                    trim.add();
                }
            }
            read.execute();
            trim.execute();
        }
        insert(connection, added);
        saveHeads(connection, heads, known);
    }

    /** Takes out the messages of a stretch of the log, whichever of them are there; what it did to others is done again by applying it. */
    static void undo(Handle handle, List<LogEntry.OfInbox> entries) throws SQLException {
        try (RowBatch deletes =
                new RowBatch(handle.getConnection(), "DELETE FROM user_message WHERE user_id = ? AND seq = ?")) {
            for (LogEntry.OfInbox entry : entries) {
                if (entry instanceof LogEntry.MessageAdded added) {
                    deletes.row().setString(1, added.userId());
                    deletes.row().setLong(2, added.message().seq());
                    deletes.add();
                }
            }
            deletes.execute();
        }
    }

    static Optional<InboxHead> head(Handle handle, String userId) {
        return handle.createQuery("SELECT last_seq, first_seq, read_runs FROM user_inbox WHERE user_id = ?")
                .bind(0, userId)
                .map((row, context) -> readHead(row, 1))
                .findOne();
    }

    static InboxHead readHead(ResultSet row, int from) throws SQLException {
        return new InboxHead(row.getLong(from), row.getLong(from + 1), SeqRuns.parse(row.getString(from + 2)));
    }

    static List<StoredMessage> messages(Handle handle, String userId, long fromSeq, long toSeq) {
        return handle.createQuery("SELECT " + MESSAGE_COLUMNS + " FROM user_message"
                        + " WHERE user_id = ? AND seq >= ? AND seq <= ? ORDER BY user_id, seq")
                .bind(0, userId)
                .bind(1, fromSeq)
                .bind(2, toSeq)
                .map((row, context) -> readMessage(row))
                .list();
    }

    private static StoredMessage readMessage(ResultSet row) throws SQLException {
        UserMessage message = new UserMessage(
                row.getString(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getLong(9),
                row.getString(10));
        return new StoredMessage(message, row.getLong(11)); // NULL is read as 0.
    }

    private static void markRead(LogEntry.MessagesRead entry, Map<Long, NewRow> fresh, RowBatch read)
            throws SQLException {
        List<Long> stored = new ArrayList<>();
        for (long seq : entry.seqs()) {
            NewRow row = fresh.get(seq);
            if (row == null) {
                stored.add(seq);
            } else {
                row.markRead(entry.timeMillis());
            }
        }
        for (NewRow row : fresh.values()) {
            if (row.message.seq() <= entry.toSeq()) {
                row.markRead(entry.timeMillis());
            }
        }
        if (entry.toSeq() > 0) {
            mark(read, entry, 1, entry.toSeq());
        }
        for (long seq : stored) {
            mark(read, entry, seq, seq);
        }
    }

    private static void mark(RowBatch batch, LogEntry.MessagesRead entry, long fromSeq, long toSeq)
            throws SQLException {
        batch.row().setLong(1, entry.timeMillis());
        batch.row().setString(2, entry.userId());
        batch.row().setLong(3, fromSeq);
        batch.row().setLong(4, toSeq);
        batch.add();
    }

    private static void insert(Connection connection, Map<String, Map<Long, NewRow>> added) throws SQLException {
        try (RowBatch inserts = new RowBatch(connection, INSERT)) {
            for (Map<Long, NewRow> ofUser : added.values()) {
                for (NewRow fresh : ofUser.values()) {
                    UserMessage message = fresh.message;
                    PreparedStatement row = inserts.row();
                    row.setString(1, message.userId());
                    row.setLong(2, message.seq());
                    row.setString(3, message.type());
                    row.setString(4, message.title());
                    row.setString(5, message.content());
                    row.setString(6, message.dataJson());
                    row.setString(7, message.senderName());
                    row.setString(8, message.senderAvatar());
                    row.setLong(9, message.createdTimeMillis());
                    row.setString(10, message.key());
                    if (fresh.readTimeMillis == null) {
                        row.setNull(11, Types.BIGINT);
                    } else {
                        row.setLong(11, fresh.readTimeMillis);
                    }
                    inserts.add();
                }
            }
            inserts.execute();
        }
    }

    /** Adds messages as they are. */
    static void insertStored(Connection connection, List<StoredMessage> messages) throws SQLException {
        Map<String, Map<Long, NewRow>> rows = new LinkedHashMap<>();
        for (StoredMessage each : messages) {
            NewRow row = new NewRow(each.message());
            if (each.readTimeMillis() != 0) {
                row.markRead(each.readTimeMillis());
            }
            rows.computeIfAbsent(each.message().userId(), key -> new LinkedHashMap<>())
                    .put(each.message().seq(), row);
        }
        insert(connection, rows);
    }

    /** Adds heads of users who have none. */
    static void insertHeads(Connection connection, Map<String, InboxHead> heads) throws SQLException {
        saveHeads(connection, heads, Set.of());
    }

    private static void saveHeads(Connection connection, Map<String, InboxHead> heads, Set<String> known)
            throws SQLException {
        try (RowBatch updates = new RowBatch(
                        connection,
                        "UPDATE user_inbox SET last_seq = ?, first_seq = ?, read_runs = ? WHERE user_id = ?");
                RowBatch inserts = new RowBatch(
                        connection,
                        "INSERT INTO user_inbox (last_seq, first_seq, read_runs, user_id) VALUES (?, ?, ?, ?)")) {
            for (Map.Entry<String, InboxHead> each : heads.entrySet()) {
                RowBatch batch = known.contains(each.getKey()) ? updates : inserts;
                batch.row().setLong(1, each.getValue().lastSeq());
                batch.row().setLong(2, each.getValue().firstSeq());
                batch.row().setString(3, each.getValue().read().toString());
                batch.row().setString(4, each.getKey());
                batch.add();
            }
            updates.execute();
            inserts.execute();
        }
    }

    private static final class NewRow {
        private final UserMessage message;
        private @Nullable Long readTimeMillis;

        NewRow(UserMessage message) {
            this.message = message;
        }

        /** The first time counts. */
        void markRead(long timeMillis) {
            if (readTimeMillis == null) {
                readTimeMillis = timeMillis;
            }
        }
    }
}
