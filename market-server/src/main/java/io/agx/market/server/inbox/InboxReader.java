package io.agx.market.server.inbox;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.store.InboxStore;
import io.agx.market.server.store.InboxStore.StoredMessage;
import io.agx.market.server.store.StoreException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what is in a user's inbox: which messages there are and which are read from the head, the messages themselves from memory, and from
 * the store only what memory has not. So with a dead database the newest can still be read. Thread-safe; waits for the disk.
 *
 * <p>Every method throws {@link ProtocolException} with {@link ErrorCode#STORE_BEHIND} if a message is neither in memory nor in the store now.
 */
final class InboxReader {
    /** Messages that one answer to {@code subscribe} holds. */
    static final int MAX_MISSED = 2_000;

    /** Bytes of these: below the bound of a connection's replies, so that another one behind it does not end a reader that keeps up. */
    static final long MAX_MISSED_BYTES = 768L << 10;

    /** Bytes of unread messages told at once: there may be many connections that are told. */
    static final long MAX_UNREAD_BYTES = 256L << 10;

    /** Names of fields, numbers and braces of a message as JSON. */
    private static final int MESSAGE_OVERHEAD_BYTES = 200;

    private static final Logger LOG = LoggerFactory.getLogger(InboxReader.class);

    private final InboxHeads heads;
    private final RecentMessages recent;
    private final InboxStore store;

    InboxReader(InboxHeads heads, RecentMessages recent, InboxStore store) {
        this.heads = heads;
        this.recent = recent;
        this.store = store;
    }

    /** The first messages after a {@code seq}. */
    MessagePage page(String userId, long since, int limit, boolean unreadOnly) {
        InboxHead head = heads.of(userId);
        long from = Math.max(since + 1, head.firstSeq());
        List<Long> seqs = unreadOnly
                ? head.unreadAfter(since, limit)
                : LongStream.rangeClosed(from, Math.min(head.lastSeq(), from + limit - 1))
                        .boxed()
                        .toList();
        return new MessagePage(items(userId, head, seqs), head.lastSeq(), head.unreadCount());
    }

    /** The newest unread messages, the newest first. */
    List<InboxItem> newestUnread(String userId, int limit) {
        InboxHead head = heads.of(userId);
        List<Long> seqs = new ArrayList<>(head.newestUnread(limit));
        Collections.reverse(seqs);
        List<InboxItem> items = new ArrayList<>(fitting(items(userId, head, seqs), MAX_UNREAD_BYTES));
        Collections.reverse(items);
        return items;
    }

    /** The newest messages after a {@code seq} that one answer holds, ascending. */
    List<InboxItem> missed(String userId, long since) {
        return newest(userId, since, MAX_MISSED);
    }

    /** The newest messages after a {@code seq}, at most so many and what one answer holds, ascending. */
    List<InboxItem> newest(String userId, long since, int limit) {
        InboxHead head = heads.of(userId);
        long from = Math.max(Math.max(since + 1, head.firstSeq()), head.lastSeq() - Math.min(limit, MAX_MISSED) + 1);
        List<InboxItem> items = items(
                userId,
                head,
                LongStream.rangeClosed(from, head.lastSeq()).boxed().toList());
        return fitting(items, MAX_MISSED_BYTES);
    }

    /** The last of them, as many as so many bytes hold. */
    private static List<InboxItem> fitting(List<InboxItem> items, long maxBytes) {
        long bytes = 0;
        int first = items.size();
        while (first > 0) {
            bytes += bytes(items.get(first - 1).message());
            if (bytes > maxBytes) {
                break;
            }
            first--;
        }
        return items.subList(first, items.size());
    }

    private static long bytes(UserMessage message) {
        String data = message.dataJson();
        return (long) MESSAGE_OVERHEAD_BYTES
                + UserMessage.utf8Length(message.title())
                + UserMessage.utf8Length(message.content())
                + UserMessage.utf8Length(message.senderName())
                + (data == null ? 0 : UserMessage.utf8Length(data));
    }

    /** Those in memory only, ascending; never waits for the disk. */
    List<InboxItem> inMemory(String userId, long fromSeq, long toSeq) {
        InboxHead head = heads.of(userId);
        List<InboxItem> items = new ArrayList<>();
        for (long seq = Math.max(fromSeq, toSeq - MAX_MISSED + 1); seq <= toSeq; seq++) {
            recent.find(userId, seq).ifPresent(held -> items.add(item(head, held)));
        }
        return items;
    }

    /** @param seqs ascending */
    private List<InboxItem> items(String userId, InboxHead head, List<Long> seqs) {
        Map<Long, StoredMessage> found = new TreeMap<>();
        List<Long> absent = new ArrayList<>();
        for (long seq : seqs) {
            Optional<StoredMessage> held = recent.find(userId, seq);
            if (held.isPresent()) {
                found.put(seq, held.get());
            } else {
                absent.add(seq);
            }
        }
        if (!absent.isEmpty()) {
            readStored(userId, absent, found);
        }
        if (found.size() < seqs.size()) {
            long firstKept = heads.of(userId).firstSeq(); // Some may have been deleted meanwhile.
            for (long seq : seqs) {
                if (seq >= firstKept && !found.containsKey(seq)) {
                    throw unreadable();
                }
            }
        }
        return found.values().stream().map(held -> item(head, held)).toList();
    }

    private void readStored(String userId, List<Long> absent, Map<Long, StoredMessage> found) {
        try {
            int from = 0;
            while (from < absent.size()) {
                int to = from;
                while (to + 1 < absent.size() && absent.get(to + 1) == absent.get(to) + 1) {
                    to++;
                }
                store.messages(userId, absent.get(from), absent.get(to))
                        .forEach(stored -> found.put(stored.message().seq(), stored));
                from = to + 1;
            }
        } catch (StoreException e) {
            LOG.warn("inbox cannot be read: cause={}", e.toString());
            throw unreadable();
        }
    }

    private static InboxItem item(InboxHead head, StoredMessage held) {
        boolean read = head.isRead(held.message().seq());
        return new InboxItem(held.message(), read, read ? held.readTimeMillis() : 0);
    }

    private static ProtocolException unreadable() {
        return new ProtocolException(ErrorCode.STORE_BEHIND, null, "these messages cannot be read now");
    }
}
