package io.agx.market.server.inbox;

import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the unread messages of users whose connections listen to them, and has them sent: owns thread {@code market-unread}, the only one here
 * that may wait for the database. However many messages came meanwhile, a user is read once. Thread-safe; bounded by the users with a
 * connection.
 */
final class UnreadPushes implements AutoCloseable {
    /** Messages of one {@code ev_new_message}: more than a person looks at, and with the longest contents below the bound of a reply. */
    static final int MAX_MESSAGES = 100;

    private static final Logger LOG = LoggerFactory.getLogger(UnreadPushes.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 2_000;

    private final InboxReader reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    // Guarded by lock.
    private final Set<String> due = new LinkedHashSet<>();
    private boolean closed;

    private @Nullable BiConsumer<String, ServerEvent.NewMessages> send;

    UnreadPushes(InboxReader reader) {
        this.reader = reader;
        thread = new Thread(this::run, "market-unread");
        thread.setDaemon(true);
    }

    /** @param sender sends the messages to a user's listeners; called on this thread */
    void start(BiConsumer<String, ServerEvent.NewMessages> sender) {
        send = sender;
        thread.start();
    }

    /** A user's unread messages are other ones. Never waits for the database. */
    void changed(String userId) {
        lock.lock();
        try {
            if (due.add(userId)) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The unread messages in the seed's shape, the newest first. */
    ServerEvent.NewMessages unread(@Nullable RequestId id, String userId) {
        List<ServerEvent.InboxMessage> messages = new ArrayList<>();
        reader.newestUnread(userId, MAX_MESSAGES)
                .forEach(item -> messages.add(new ServerEvent.InboxMessage(
                        item.message().id(),
                        item.message().title(),
                        item.message().content(),
                        item.message().createdTimeMillis(),
                        item.message().senderName(),
                        item.message().senderAvatar())));
        return new ServerEvent.NewMessages(id, List.copyOf(messages));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            String userId = next();
            if (userId == null) {
                return;
            }
            try {
                ServerEvent.NewMessages messages = unread(null, userId);
                if (send != null) {
                    send.accept(userId, messages);
                }
            } catch (ProtocolException e) {
                changed(userId); // The store cannot tell now.
                pause();
            } catch (RuntimeException e) {
                LOG.error("unread messages cannot be told", e);
            }
        }
    }

    private @Nullable String next() {
        lock.lock();
        try {
            while (due.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return null;
            }
            Iterator<String> first = due.iterator();
            String userId = first.next();
            first.remove();
            return userId;
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        lock.lock();
        try {
            long left = RETRY_NANOS;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
