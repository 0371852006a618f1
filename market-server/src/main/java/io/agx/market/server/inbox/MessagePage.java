package io.agx.market.server.inbox;

import io.agx.market.core.protocol.InboxItem;
import java.util.List;

/**
 * Some of a user's messages, by rising {@code seq}. Immutable.
 *
 * @param lastSeq of the newest that there is
 * @param unreadCount of all that there are
 */
public record MessagePage(List<InboxItem> messages, long lastSeq, long unreadCount) {
    public MessagePage {
        messages = List.copyOf(messages);
    }
}
