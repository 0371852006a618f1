package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets the client into its rooms and keeps it there. Owned by the client's thread.
 *
 * <p>Rooms asked for within {@link #GATHER_MILLIS} go in one message; after a reconnect all rooms go, with their cursors, in
 * one message.
 */
final class Subscriber {
    /** How long rooms are gathered: long enough for a loop of calls, too short to notice. */
    static final long GATHER_MILLIS = 5;

    /** Wait before a room that was refused for the time being is asked for again. */
    static final long RETRY_MILLIS = 1_000;

    private final Session session;
    private final Requests requests;
    private final Timers timers;
    private final Rooms rooms = new Rooms();
    private final Set<Subscription> asked = new LinkedHashSet<>();
    private boolean gathering;
    private int unansweredAfterReconnect;
    private String epoch = "";
    private final AtomicLong gapCount = new AtomicLong();
    // Written by the owner thread, read by anyone.
    private volatile long duplicateTradeCount;

    Subscriber(Session session, Requests requests, Timers timers) {
        this.session = session;
        this.requests = requests;
        this.timers = timers;
    }

    long gapCount() {
        return gapCount.get();
    }

    long duplicateTradeCount() {
        return duplicateTradeCount;
    }

    void gap(RoomName room, long fromSeq, long toSeq, String rest) {
        gapCount.incrementAndGet();
        session.emit(new LifecycleEvent.Gap(room, fromSeq, toSeq, rest));
    }

    void subscribe(Subscription subscription) {
        RoomName room = subscription.room;
        if (session.isClosed()) {
            fail(subscription, new MarketException(MarketException.CLOSED, "the client was closed", false));
        } else if (rooms.contains(room)) {
            fail(subscription, new MarketException("already_subscribed", "already subscribed to " + room, false));
        } else if (rooms.isFull()) {
            fail(
                    subscription,
                    new MarketException(
                            ErrorCode.TOO_MANY_ROOMS.code(), "already in " + Rooms.BOUND + " rooms", false));
        } else {
            rooms.add(subscription);
            ask(subscription);
        }
    }

    void unsubscribe(RoomName room, CompletableFuture<Void> done) {
        Subscription removed = rooms.remove(room);
        if (removed == null) {
            done.completeAsync(() -> null);
            return;
        }
        boolean unsent = asked.remove(removed);
        fail(removed, new MarketException("unsubscribed", "left " + room + " before it was joined", false));
        if (unsent || !session.isLive()) {
            done.completeAsync(() -> null);
            return;
        }
        session.send(requests.add(
                id -> new ClientCommand.Unsubscribe(id, List.of(RoomRequest.of(room))),
                false,
                session.requestDeadline(),
                answer -> done.completeAsync(() -> null),
                // Out of the room here in any case; on the next connection the server knows it too.
                failure -> done.completeAsync(() -> null)));
    }

    /** A connection is ready: into all rooms, at once. */
    void onLive(String serverEpoch, boolean again) {
        epoch = serverEpoch;
        asked.clear();
        unansweredAfterReconnect = again ? rooms.size() : 0;
        Rooms.messages(rooms.all()).forEach(this::send);
    }

    void forgetPositions() {
        rooms.forgetPositions();
    }

    void dispatch(ReceivedEvent event) {
        rooms.dispatch(event);
        duplicateTradeCount = rooms.duplicateTradeCount();
    }

    void failAll(MarketException why) {
        rooms.all().forEach(room -> fail(room, why));
    }

    private void ask(Subscription subscription) {
        asked.add(subscription);
        if (!gathering) {
            gathering = true;
            timers.schedule(this::sendAsked, GATHER_MILLIS);
        }
    }

    private void askAgain(Subscription subscription) {
        if (rooms.find(subscription.room.toString()) == subscription) {
            ask(subscription);
        }
    }

    private void sendAsked() {
        gathering = false;
        if (!session.isLive()) {
            // All rooms go when the connection is back.
            asked.clear();
            return;
        }
        List<Subscription> now = new ArrayList<>(asked);
        asked.clear();
        Rooms.messages(now).forEach(this::send);
    }

    private void send(List<Subscription> batch) {
        session.send(requests.add(
                id -> new ClientCommand.Subscribe(id, Rooms.requests(batch)),
                false,
                session.requestDeadline(),
                answer -> answered(batch, answer),
                failure -> failed(batch, failure)));
    }

    private void failed(List<Subscription> batch, MarketException failure) {
        if (failure.code().equals(Requests.DROPPED)) {
            // The connection is another one: all rooms are asked for anew.
            return;
        }
        batch.forEach(room -> refused(room, failure.code(), String.valueOf(failure.getMessage()), failure.temporary()));
    }

    private void answered(List<Subscription> batch, ReceivedEvent.Answer answer) {
        if (!(answer instanceof ReceivedEvent.Subscribed subscribed)
                || subscribed.rooms().size() != batch.size()) {
            batch.forEach(room -> refused(room, ErrorCode.INTERNAL.code(), "the answer does not fit the rooms", false));
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            Subscription room = batch.get(i);
            ReceivedEvent.RoomResult result = subscribed.rooms().get(i);
            if (rooms.find(room.room.toString()) != room) {
                // Left meanwhile.
                countAnswer();
            } else if (result.ok()) {
                room.onJoined(epoch, result);
                countAnswer();
            } else {
                boolean temporary = ErrorCode.ofCode(result.code())
                        .map(ErrorCode::temporary)
                        .orElse(false);
                refused(room, result.code(), result.message(), temporary);
            }
        }
        duplicateTradeCount = rooms.duplicateTradeCount();
    }

    /** A room that is refused for the time being is asked for again, for as long as the application wants it. */
    private void refused(Subscription room, String code, String message, boolean temporary) {
        if (session.isClosed() || rooms.find(room.room.toString()) != room) {
            return;
        }
        if (temporary) {
            timers.schedule(() -> askAgain(room), RETRY_MILLIS);
            return;
        }
        rooms.remove(room.room);
        if (room.isJoined()) {
            session.emit(new LifecycleEvent.Refused(room.room, code, message));
        }
        fail(room, new MarketException(code, message, false));
        countAnswer();
    }

    private void countAnswer() {
        if (unansweredAfterReconnect > 0 && --unansweredAfterReconnect == 0) {
            session.emit(new LifecycleEvent.Resubscribed(rooms.size()));
        }
    }

    /** On the common pool: what the application hangs on the future must not hold up the connection. */
    private static void fail(Subscription room, MarketException why) {
        ForkJoinPool.commonPool().execute(() -> room.reply.completeExceptionally(why));
    }
}
