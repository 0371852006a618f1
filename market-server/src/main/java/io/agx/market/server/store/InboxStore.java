package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/** The inboxes as far as the store has them. Thread-safe. Every method throws {@link StoreException} when the database fails. */
public interface InboxStore {
    /** A message; {@code readTimeMillis} is 0 if it is unread. */
    record StoredMessage(UserMessage message, long readTimeMillis) {}

    /**
     * What the store knows of a key.
     *
     * @param storedPosition log position up to which it knows it
     * @param seq of the message with that key, if it has one
     */
    record KeyLookup(long storedPosition, OptionalLong seq) {}

    /** Tells every user's head. */
    void heads(BiConsumer<String, InboxHead> visitor);

    /** A user's messages with a {@code seq} in [fromSeq, toSeq], ascending. */
    List<StoredMessage> messages(String userId, long fromSeq, long toSeq);

    KeyLookup key(String userId, String key);

    /** Of users with messages created before a moment the highest {@code seq} of such a message; at most so many users. */
    Map<String, Long> createdBefore(long timeMillis, int limit);

    /** Messages of all users. */
    long messageCount();
}
