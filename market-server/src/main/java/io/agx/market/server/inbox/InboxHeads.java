package io.agx.market.server.inbox;

import io.agx.market.core.inbox.InboxHead;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every user's head as of the newest durable entry. Written by the inboxes' thread, read by all. */
final class InboxHeads {
    private final ConcurrentHashMap<String, InboxHead> heads = new ConcurrentHashMap<>();

    InboxHead of(String userId) {
        return heads.getOrDefault(userId, InboxHead.EMPTY);
    }

    boolean knows(String userId) {
        return heads.containsKey(userId);
    }

    void put(String userId, InboxHead head) {
        heads.put(userId, head);
    }

    void putAll(Map<String, InboxHead> changed) {
        heads.putAll(changed);
    }

    int count() {
        return heads.size();
    }

    Collection<String> users() {
        return Collections.unmodifiableSet(heads.keySet());
    }
}
