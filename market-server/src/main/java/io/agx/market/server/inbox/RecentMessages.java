package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.store.InboxStore.StoredMessage;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest messages of all users, in memory: what the store may not have yet, and what is asked for most. Bounded; the oldest goes first,
 * and is then found in the store or, until that has it, nowhere. Thread-safe.
 */
final class RecentMessages {
    private final int maxMessages;
    private final long maxLength;

    // Guarded by this.
    private final Map<String, Map<Long, StoredMessage>> byUser = new HashMap<>();
    private final ArrayDeque<UserMessage> inOrder = new ArrayDeque<>();
    private long length;

    RecentMessages(int maxMessages, long maxLength) {
        this.maxMessages = maxMessages;
        this.maxLength = maxLength;
    }

    synchronized void add(UserMessage message) {
        byUser.computeIfAbsent(message.userId(), key -> new HashMap<>(2))
                .put(message.seq(), new StoredMessage(message, 0));
        inOrder.add(message);
        length += message.length();
        while (inOrder.size() > maxMessages || length > maxLength) {
            forget(inOrder.remove());
        }
    }

    /** Notes when messages were read; the first time counts. */
    synchronized void markRead(LogEntry.MessagesRead read) {
        Map<Long, StoredMessage> own = byUser.get(read.userId());
        if (own == null) {
            return;
        }
        for (long seq : read.seqs()) {
            own.computeIfPresent(seq, (key, held) -> readAt(held, read.timeMillis()));
        }
        if (read.toSeq() > 0) {
            own.replaceAll((seq, held) -> seq <= read.toSeq() ? readAt(held, read.timeMillis()) : held);
        }
    }

    synchronized Optional<StoredMessage> find(String userId, long seq) {
        Map<Long, StoredMessage> own = byUser.get(userId);
        return own == null ? Optional.empty() : Optional.ofNullable(own.get(seq));
    }

    synchronized int size() {
        return inOrder.size();
    }

    private static StoredMessage readAt(StoredMessage held, long timeMillis) {
        return held.readTimeMillis() != 0 ? held : new StoredMessage(held.message(), timeMillis);
    }

    private void forget(UserMessage oldest) {
        length -= oldest.length();
        Map<Long, StoredMessage> own = byUser.get(oldest.userId());
        if (own != null && own.remove(oldest.seq()) != null && own.isEmpty()) {
            byUser.remove(oldest.userId());
        }
    }
}
