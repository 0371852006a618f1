package io.agx.market.server.inbox;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.server.journal.EntryVisitor;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.store.InboxStore;

/**
 * The inboxes after a start: heads from the store, and then every entry of the log behind the store's position. A store that is empty, or was
 * thrown away, has position 0; then all of it comes from the log. Used by one thread.
 */
public final class InboxRecovery implements EntryVisitor {
    private final long storedPosition;
    private final InboxHeads heads = new InboxHeads();
    private final MessageKeys keys;
    private final RecentMessages recent;

    /**
     * @param storedPosition log position up to which the store has everything
     * @throws io.agx.market.server.store.StoreException if it cannot be read
     */
    public InboxRecovery(InboxStore store, long storedPosition, InboxLimits limits) {
        this.storedPosition = storedPosition;
        store.heads(heads::put);
        keys = new MessageKeys(limits.recentKeys(), heads.count() == 0 ? 0 : storedPosition);
        recent = new RecentMessages(limits.recentMessages(), limits.recentBytes());
    }

    @Override
    public void onEntry(LogEntry entry, long endPosition) {
        if (endPosition <= storedPosition || !(entry instanceof LogEntry.OfInbox ofInbox)) {
            return;
        }
        InboxHead head = ofInbox.applyTo(heads.of(ofInbox.userId()));
        heads.put(ofInbox.userId(), head);
        if (entry instanceof LogEntry.MessageAdded added) {
            recent.add(added.message());
            String key = added.message().key();
            if (key != null) {
                keys.add(added.userId(), key, added.message().seq(), endPosition);
            }
        } else if (entry instanceof LogEntry.MessagesRead read) {
            recent.markRead(read);
        }
    }

    InboxHeads heads() {
        return heads;
    }

    MessageKeys keys() {
        return keys;
    }

    RecentMessages recent() {
        return recent;
    }
}
