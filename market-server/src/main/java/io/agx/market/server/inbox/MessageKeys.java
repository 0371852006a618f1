package io.agx.market.server.inbox;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest idempotency keys, and how far the store must have come to be asked for older ones. Owned by the inboxes' thread, before that by
 * the recovery.
 */
final class MessageKeys {
    /** A user's key, where it is: its message and the log's position after it. */
    private record Place(long seq, long endPosition) {}

    record Key(String userId, String key) {}

    private final int bound;
    private final LinkedHashMap<Key, Place> places = new LinkedHashMap<>();
    // Written by the owner, read by all.
    private volatile long forgottenPosition;

    /**
     * @param forgottenPosition keys of entries up to this position of the log are not known here; 0 if all are
     */
    MessageKeys(int bound, long forgottenPosition) {
        this.bound = bound;
        this.forgottenPosition = forgottenPosition;
    }

    /** The {@code seq} of the message with a key, or null if it is not known here. */
    @Nullable
    Long seq(String userId, String key) {
        Place place = places.get(new Key(userId, key));
        return place == null ? null : place.seq;
    }

    /** Log position of the newest key that is not known here any more: the store can tell of it only if it has come as far. */
    long forgottenPosition() {
        return forgottenPosition;
    }

    void add(String userId, String key, long seq, long endPosition) {
        places.put(new Key(userId, key), new Place(seq, endPosition));
        if (places.size() > bound) {
            Iterator<Map.Entry<Key, Place>> oldest = places.entrySet().iterator();
            forgottenPosition = Math.max(forgottenPosition, oldest.next().getValue().endPosition);
            oldest.remove();
        }
    }
}
