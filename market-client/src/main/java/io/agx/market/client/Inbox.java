package io.agx.market.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The user's inbox, followed by a client. Thread-safe. */
public interface Inbox {
    /** {@code seq} of the last message that was told, or of the last before the first that will be; -1 until the inbox was joined. */
    long seq();

    /** How many messages are unread, as the server told it last; -1 until it did. */
    long unreadCount();

    /**
     * Marks messages as read.
     *
     * @param ids of messages, at most 1,024; those that are not there are passed over
     * @return how many are unread, once it is durable
     */
    CompletableFuture<Long> markRead(List<String> ids);

    /** Marks all messages up to a {@code seq} as read. */
    CompletableFuture<Long> markReadTo(long seq);
}
