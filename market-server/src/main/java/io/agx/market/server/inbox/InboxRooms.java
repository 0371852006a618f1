package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.EntryRequest;
import io.agx.market.server.room.InboxRoom;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users' connections: what became durable goes to all of them. Owned by the flush thread, but for {@link #deliver}.
 *
 * <p>A message's head is published before it is looked whether its user has a room, and a room is announced before its first position is read from
 * the head. So a message is in what a room begins with, or is delivered to it, or both, and then it is passed over.
 */
final class InboxRooms {
    private static final Logger LOG = LoggerFactory.getLogger(InboxRooms.class);
    /** Groups whose deliveries wait for the flush thread: the inboxes' thread waits for a place. */
    private static final int MAX_UNDER_WAY = 8;

    private static final long MAX_WAIT_MILLIS = 1_000;

    private final RoomLoop loop;
    private final RoomEncoder encoder;
    private final SubscriberRegistry subscribers;
    private final InboxHeads heads;
    private final InboxReader reader;
    private final InboxCounters counters;
    private final LongSupplier clockMillis;
    private final Consumer<String> onUnreadChanged;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
    // Users with a room here: written by the flush thread, read by the inboxes' thread.
    private final Set<String> present = ConcurrentHashMap.newKeySet();
    private final Map<String, InboxRoom> rooms = new HashMap<>();
    // Of a user with a room: connections that have asked for their unread messages, and are told them anew.
    private final Map<String, Set<Subscriber>> unreadListeners = new HashMap<>();

    /** Something that became durable. */
    sealed interface Delivery {
        String userId();
    }

    record Added(UserMessage message, long unreadCount) implements Delivery {
        @Override
        public String userId() {
            return message.userId();
        }
    }

    /**
     * @param anything whether anything was unread before
     * @param by the connection that asked, or null
     */
    record WasRead(
            String userId,
            List<Long> seqs,
            long toSeq,
            long unreadCount,
            boolean anything,
            @Nullable Subscriber by,
            @Nullable RequestId id)
            implements Delivery {}

    /** @param onUnreadChanged told of a user whose connections are to be told the unread messages anew; never waits */
    InboxRooms(
            RoomLoop loop,
            RoomEncoder encoder,
            SubscriberRegistry subscribers,
            InboxHeads heads,
            InboxReader reader,
            InboxCounters counters,
            LongSupplier clockMillis,
            Consumer<String> onUnreadChanged) {
        this.loop = loop;
        this.encoder = encoder;
        this.subscribers = subscribers;
        this.heads = heads;
        this.reader = reader;
        this.counters = counters;
        this.clockMillis = clockMillis;
        this.onUnreadChanged = onUnreadChanged;
    }

    /** Tells the connections of the users. Called on the inboxes' thread, after the heads are published. */
    void deliver(List<Delivery> deliveries) {
        List<Delivery> wanted = new ArrayList<>();
        for (Delivery each : deliveries) {
            if (present.contains(each.userId()) || each instanceof WasRead read && read.by() != null) {
                wanted.add(each);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        boolean counted = awaitPlace();
        loop.execute(() -> {
            if (counted) {
                underWay.release();
            }
            wanted.forEach(this::deliverSafely);
        });
    }

    /** Users that have a connection now. */
    Set<String> presentUsers() {
        return present;
    }

    /** A connection is a user's from now on: into the user's room. Called on the flush thread. */
    void onAuthenticated(Subscriber subscriber, String userId) {
        if (subscriber.hasEnded()) {
            return;
        }
        leaveOther(subscriber, userId);
        subscribers.identify(subscriber, userId);
        if (subscriber.hasEnded()) {
            return; // One more than the user may have.
        }
        if (subscriber.membership(RoomName.inbox()).isPresent()) {
            return; // The same user's new token.
        }
        Entry entry;
        try {
            entry = join(subscriber, userId, EntryRequest.anew(0, 0));
        } catch (ProtocolException e) {
            subscriber.reply(ServerEvent.ErrorEvent.of(e)); // It is in as many rooms as it may be.
            return;
        }
        subscriber.reply(new ServerEvent.Subscribed(
                null,
                List.of(new ServerEvent.RoomReply.Joined(RoomName.inbox().toString(), entry.seq(), false, null))));
        tellUnread(subscriber, userId);
    }

    /** A connection is nobody's any more. Called on the flush thread. */
    void onForgotten(Subscriber subscriber) {
        subscriber.leave(RoomName.inbox());
        subscribers.forgetUser(subscriber);
    }

    /** Enters the user's room, or enters it anew. Called on the flush thread. */
    Entry join(Subscriber subscriber, String userId, EntryRequest request) {
        leaveOther(subscriber, userId);
        InboxRoom room = rooms.get(userId);
        if (room == null) {
            present.add(userId);
            room = new InboxRoom(source(userId), encoder, clockMillis, () -> emptied(userId));
            rooms.put(userId, room);
        }
        try {
            return subscriber.join(room, RoomName.inbox(), request);
        } finally {
            if (room.memberCount() == 0) {
                emptied(userId); // It was not joined.
            }
        }
    }

    /** Tells a connection how many messages are unread. Called on the flush thread. */
    void tellUnread(Subscriber subscriber, String userId) {
        subscriber.reply(
                new ServerEvent.ReadStatus(null, List.of(), 0, heads.of(userId).unreadCount()));
    }

    /** From now on the connection is told the unread messages whenever they change. Called on the flush thread. */
    void listenToUnread(Subscriber subscriber, String userId) {
        if (rooms.containsKey(userId) && !subscriber.hasEnded()) {
            Set<Subscriber> listeners = unreadListeners.computeIfAbsent(userId, key -> new LinkedHashSet<>(2));
            // Nobody says so when a connection ends: those are gone when the next one comes.
            listeners.removeIf(Subscriber::hasEnded);
            listeners.add(subscriber);
        }
    }

    /** How many connections are told of a user's unread messages, or were. Called on the flush thread. */
    int unreadListenerCount(String userId) {
        return unreadListeners.getOrDefault(userId, Set.of()).size();
    }

    /** Sends the unread messages to those who listen to them. Called on the flush thread. */
    void tellUnreadMessages(String userId, ServerEvent.NewMessages messages) {
        Set<Subscriber> listeners = unreadListeners.get(userId);
        if (listeners != null) {
            listeners.removeIf(listener -> listener.hasEnded() || !isOf(listener, userId));
            listeners.forEach(listener -> listener.reply(messages));
        }
    }

    private boolean isOf(Subscriber subscriber, String userId) {
        return subscribers.ofUser(userId).contains(subscriber);
    }

    private boolean awaitPlace() {
        try {
            // After the flush thread has ended nobody gives a place back; nobody is told anything then either.
            return underWay.tryAcquire(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false; // As the journal's, this thread is interrupted by nobody.
        }
    }

    private void deliverSafely(Delivery delivery) {
        try {
            if (delivery instanceof Added added) {
                InboxRoom room = rooms.get(added.userId());
                if (room != null) {
                    room.deliver(added.message(), added.unreadCount());
                    counters.pushed();
                    unreadChanged(added.userId());
                }
            } else if (delivery instanceof WasRead read) {
                tellRead(read);
            }
        } catch (RuntimeException e) {
            LOG.error("a delivery failed; the others go on", e);
        }
    }

    private void tellRead(WasRead read) {
        List<String> ids = read.seqs().stream().map(String::valueOf).toList();
        Subscriber by = read.by();
        if (by != null) {
            by.reply(new ServerEvent.ReadStatus(read.id(), ids, read.toSeq(), read.unreadCount()));
        }
        if (read.anything()) {
            ServerEvent.ReadStatus status = new ServerEvent.ReadStatus(null, ids, read.toSeq(), read.unreadCount());
            for (Subscriber each : subscribers.ofUser(read.userId())) {
                if (each != by) {
                    each.reply(status);
                }
            }
            unreadChanged(read.userId());
        }
    }

    private void unreadChanged(String userId) {
        if (unreadListeners.containsKey(userId)) {
            onUnreadChanged.accept(userId);
        }
    }

    private void leaveOther(Subscriber subscriber, String userId) {
        subscriber.membership(RoomName.inbox()).ifPresent(membership -> {
            if (membership.room() != rooms.get(userId)) {
                subscriber.leave(RoomName.inbox());
            }
        });
    }

    private void emptied(String userId) {
        rooms.remove(userId);
        unreadListeners.remove(userId);
        present.remove(userId);
    }

    private InboxRoom.Source source(String userId) {
        return new InboxRoom.Source() {
            @Override
            public long newestSeq() {
                return heads.of(userId).lastSeq();
            }

            @Override
            public List<InboxItem> inMemory(long fromSeq, long toSeq) {
                return reader.inMemory(userId, fromSeq, toSeq);
            }
        };
    }
}
