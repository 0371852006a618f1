package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the user's inbox: joins it on every connection with what it has, tells each message once and in order. Owned by the client's thread, but
 * for the two numbers that anyone may read.
 *
 * <p>The server puts an authenticated connection into its inbox by itself. What comes before our own answer is in that answer again, and passed over.
 */
final class InboxFollower {
    private static final long RETRY_MILLIS = 1_000;

    private final Session session;
    private final Requests requests;
    private final Timers timers;
    private final InboxListener listener;
    // The history that seq is of; null before the first connection, and then of whichever it has.
    private @Nullable String epoch;
    private boolean joined;
    private boolean refused;
    // Counts joins: an answer to an earlier one is nobody's.
    private long ticket;
    // Written by the owner thread, read by anyone.
    private volatile long seq;
    private volatile long unreadCount = -1;

    /** @param afterSeq what there is already; -1 to begin with what comes */
    InboxFollower(Session session, Requests requests, Timers timers, InboxListener listener, long afterSeq) {
        this.session = session;
        this.requests = requests;
        this.timers = timers;
        this.listener = listener;
        this.seq = afterSeq;
    }

    long seq() {
        return seq;
    }

    long unreadCount() {
        return unreadCount;
    }

    /** A connection is ready. */
    void onLive(String serverEpoch) {
        if (epoch != null && !epoch.equals(serverEpoch)) {
            seq = -1; // Another history: what came before says nothing about what comes.
        }
        epoch = serverEpoch;
        join();
    }

    /** The server knows whose connection it is: what it refused before, it may give now. */
    void onAuthenticated() {
        if (refused) {
            join();
        }
    }

    void onNotification(ReceivedEvent.Notification message) {
        if (!joined || message.seq() <= seq) {
            return;
        }
        if (message.seq() > seq + 1) {
            join(); // Something between is missing, which the answer will have.
            return;
        }
        tell(message);
    }

    /** The server dropped messages, because they were not read fast enough: it is asked for them. */
    void onGap() {
        join();
    }

    void onReadStatus(ReceivedEvent.ReadStatus status) {
        unreadCount = status.unreadCount();
        session.deliveries().post(() -> listener.onReadStatus(status));
    }

    private void join() {
        joined = false;
        refused = false;
        long mine = ++ticket;
        String of = epoch;
        if (of == null || !session.isLive()) {
            return; // It joins when there is a connection.
        }
        RoomRequest room = RoomRequest.of(RoomName.inbox());
        RoomRequest wanted = seq < 0 ? room : room.since(new Cursor(of, seq));
        session.send(requests.add(
                id -> new ClientCommand.Subscribe(id, List.of(wanted)),
                false,
                session.requestDeadline(),
                answer -> answered(mine, answer),
                failure -> failed(mine, failure.code(), String.valueOf(failure.getMessage()), failure.temporary())));
    }

    private void answered(long of, ReceivedEvent.Answer answer) {
        if (of != ticket) {
            return;
        }
        if (!(answer instanceof ReceivedEvent.Subscribed subscribed)
                || subscribed.rooms().size() != 1) {
            failed(of, ErrorCode.INTERNAL.code(), "the answer does not fit the room", false);
            return;
        }
        ReceivedEvent.RoomResult result = subscribed.rooms().get(0);
        if (!result.ok()) {
            boolean temporary =
                    ErrorCode.ofCode(result.code()).map(ErrorCode::temporary).orElse(false);
            failed(of, result.code(), result.message(), temporary);
            return;
        }
        joined = true;
        if (seq < 0) {
            seq = result.seq();
        }
        for (ReceivedEvent.Notification missed : result.snapshot().messages()) {
            if (missed.seq() > seq) {
                tellGap(missed.seq() - 1);
                tell(missed);
            }
        }
        tellGap(result.seq());
    }

    private void failed(long of, String code, String message, boolean temporary) {
        if (of != ticket || code.equals(Requests.DROPPED)) {
            return; // On another connection it is asked for anew.
        }
        if (temporary) {
            timers.schedule(
                    () -> {
                        if (of == ticket) {
                            join();
                        }
                    },
                    RETRY_MILLIS);
        } else {
            refused = true;
            session.emit(new LifecycleEvent.Refused(RoomName.inbox(), code, message));
        }
    }

    private void tell(ReceivedEvent.Notification message) {
        seq = message.seq();
        if (message.unreadCount() >= 0) {
            unreadCount = message.unreadCount();
        }
        session.deliveries().post(() -> listener.onMessage(message));
    }

    private void tellGap(long toSeq) {
        if (toSeq > seq) {
            long fromSeq = seq + 1;
            seq = toSeq;
            String rest = "/api/v1/users/me/messages?since=" + (fromSeq - 1);
            session.deliveries().post(() -> listener.onGap(fromSeq, toSeq, rest));
        }
    }
}
