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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Gets the client into its rooms and keeps it there. Owned by the client's thread.
 *
 * <p>Rooms asked for within {@link #GATHER_MILLIS} go in one message; after a reconnect all rooms go, with their cursors, in
 * one message.
 */
final class Subscriber {
    /** How long rooms are gathered: long enough for a loop of calls, too short to notice. */
    static final long GATHER_MILLIS = 5;

    /** Wait before what was refused for the time being is asked for again. */
    static final long RETRY_MILLIS = 1_000;

    /** Beyond the server's own heartbeat, until its absence makes rooms stale. */
    static final long HEARTBEAT_GRACE_MILLIS = 750;

    private final Session session;
    private final Requests requests;
    private final Timers timers;
    private final RoomHistory history;
    private final Rooms rooms = new Rooms();
    private final Set<Subscription> asked = new LinkedHashSet<>();
    private boolean gathering;
    private int unansweredAfterReconnect;
    private String epoch = "";
    private long heartbeatMillis;
    private Timers.@Nullable Timer silence;
    private final AtomicLong conflatedCount = new AtomicLong();
    // Written by the owner thread, read by anyone.
    private volatile long duplicateTradeCount;

    Subscriber(Session session, Requests requests, Timers timers, long gapFillLimit) {
        this.session = session;
        this.requests = requests;
        this.timers = timers;
        this.history = new RoomHistory(session, requests, timers, gapFillLimit);
    }

    long gapCount() {
        return history.gapCount();
    }

    long filledTradeCount() {
        return history.filledTradeCount();
    }

    long conflatedCount() {
        return conflatedCount.get();
    }

    long duplicateTradeCount() {
        return duplicateTradeCount;
    }

    void subscribe(RoomName room, int snapshotCount, Sink sink, CompletableFuture<SubscribeReply> reply) {
        Subscription present = rooms.find(room);
        if (session.isClosed()) {
            Completions.fail(reply, MarketException.closed());
        } else if (present != null) {
            Completions.fail(
                    reply, new MarketException("already_subscribed", "already subscribed to " + present.room(), false));
        } else if (rooms.isFull()) {
            Completions.fail(
                    reply,
                    new MarketException(
                            ErrorCode.TOO_MANY_ROOMS.code(), "already in " + Rooms.BOUND + " rooms", false));
        } else {
            Subscription subscription = history.subscription(room, snapshotCount, sink, reply);
            rooms.add(subscription);
            ask(subscription);
        }
    }

    /** The same room at another rate, without a hole. */
    void change(RoomName room, CompletableFuture<SubscribeReply> reply) {
        Subscription present = rooms.find(room);
        if (session.isClosed()) {
            Completions.fail(reply, MarketException.closed());
        } else if (present == null) {
            Completions.fail(
                    reply, new MarketException(ErrorCode.NOT_SUBSCRIBED.code(), "not in " + room.base(), false));
        } else {
            Completions.fail(
                    present.reply(), new MarketException("replaced", present.room() + " became " + room, false));
            present.change(room, reply);
            rooms.add(present);
            ask(present);
        }
    }

    void unsubscribe(RoomName room, CompletableFuture<Void> done) {
        Subscription removed = rooms.find(room);
        if (removed == null) {
            done.completeAsync(() -> null);
            return;
        }
        List<RoomName> names = removed.names();
        rooms.remove(removed);
        removed.disconnected();
        asked.remove(removed);
        Completions.fail(
                removed.reply(), new MarketException("unsubscribed", "left " + room + " before it was joined", false));
        leave(names, done);
    }

    private void leave(List<RoomName> names, CompletableFuture<Void> done) {
        if (names.isEmpty() || !session.isLive()) {
            done.completeAsync(() -> null);
            return;
        }
        session.send(requests.add(
                id -> new ClientCommand.Unsubscribe(
                        id, names.stream().map(RoomRequest::of).toList()),
                false,
                session.requestDeadline(),
                answer -> done.completeAsync(() -> null),
                // Out of the room here in any case; on the next connection the server knows it too.
                failure -> done.completeAsync(() -> null)));
    }

    /** A connection is ready: into all rooms, at once. */
    void onLive(ReceivedEvent.Welcome welcome, boolean again) {
        epoch = welcome.epoch();
        heartbeatMillis = welcome.heartbeatMillis();
        asked.clear();
        unansweredAfterReconnect = again ? rooms.size() : 0;
        Rooms.messages(rooms.all()).forEach(this::send);
        awaitHeartbeat();
    }

    void onLost() {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
        rooms.all().forEach(Subscription::disconnected);
    }

    void forgetPositions() {
        rooms.forgetPositions();
    }

    void dispatch(ReceivedEvent event) {
        if (event instanceof ReceivedEvent.Heartbeat heartbeat) {
            onHeartbeat(heartbeat);
        } else {
            rooms.dispatch(event);
        }
        duplicateTradeCount = rooms.duplicateTradeCount();
    }

    void failAll(MarketException why) {
        for (Subscription room : rooms.all()) {
            Completions.fail(room.reply(), why);
            room.sink().ended(why);
        }
    }

    /** Tells which listeners are behind. Called once a second. */
    void tellConflated() {
        for (Subscription room : rooms.all()) {
            long count = room.sink().takeConflated();
            if (count > 0) {
                conflatedCount.addAndGet(count);
                session.emit(new LifecycleEvent.Conflated(room.room(), count));
            }
        }
    }

    private void onHeartbeat(ReceivedEvent.Heartbeat heartbeat) {
        for (ReceivedEvent.RoomPosition position : heartbeat.rooms()) {
            Subscription room = rooms.named(position.room());
            if (room == null || !room.isJoined()) {
                continue;
            }
            long sinceMillis = room.freshness().completeTimeMillis();
            if (room.onWatermark(heartbeat.serverTimeMillis(), position)) {
                session.emit(
                        room.freshness().isStale()
                                ? new LifecycleEvent.Stale(room.room(), sinceMillis)
                                : new LifecycleEvent.Fresh(room.room()));
            }
        }
        awaitHeartbeat();
    }

    private void awaitHeartbeat() {
        if (silence != null) {
            silence.cancel();
        }
        silence = timers.schedule(this::noHeartbeat, heartbeatMillis + HEARTBEAT_GRACE_MILLIS);
    }

    private void noHeartbeat() {
        silence = null;
        if (!session.isReading()) {
            awaitHeartbeat(); // The listeners are behind, so nothing is read: that is ours.
            return;
        }
        for (Subscription room : rooms.all()) {
            if (room.isJoined() && room.freshness().silent()) {
                session.emit(
                        new LifecycleEvent.Stale(room.room(), room.freshness().completeTimeMillis()));
            }
        }
    }

    private void ask(Subscription subscription) {
        asked.add(subscription);
        if (!gathering) {
            gathering = true;
            timers.schedule(this::sendAsked, GATHER_MILLIS);
        }
    }

    private void askAgain(Subscription subscription) {
        if (rooms.contains(subscription)) {
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
        List<RoomName> names = batch.stream().map(Subscription::room).toList();
        List<RoomRequest> asks = Rooms.requests(batch);
        batch.forEach(Subscription::asked);
        session.send(requests.add(
                id -> new ClientCommand.Subscribe(id, asks),
                false,
                session.requestDeadline(),
                answer -> answered(batch, names, asks, answer),
                failure -> failed(batch, failure)));
    }

    private void failed(List<Subscription> batch, MarketException failure) {
        if (failure.code().equals(Requests.DROPPED)) {
            // The connection is another one: all rooms are asked for anew.
            return;
        }
        batch.forEach(room -> refused(room, failure.code(), String.valueOf(failure.getMessage()), failure.temporary()));
    }

    private void answered(
            List<Subscription> batch, List<RoomName> names, List<RoomRequest> asks, ReceivedEvent.Answer answer) {
        if (!(answer instanceof ReceivedEvent.Subscribed subscribed)
                || subscribed.rooms().size() != batch.size()) {
            batch.forEach(room -> refused(room, ErrorCode.INTERNAL.code(), "the answer does not fit the rooms", false));
            return;
        }
        // Where all of several are refused so it may not be the reply that was full: each is asked for in a message of
        // its own, whose answer
        // holds.
        boolean noneFits = subscribed.rooms().stream().allMatch(Subscriber::isTooLarge);
        for (int i = 0; i < batch.size(); i++) {
            Subscription room = batch.get(i);
            ReceivedEvent.RoomResult result = subscribed.rooms().get(i);
            if (!rooms.contains(room) || !room.room().equals(names.get(i))) {
                // Left or changed meanwhile.
                countAnswer();
            } else if (result.ok()) {
                room.onJoined(epoch, asks.get(i), result);
                countAnswer();
            } else if (batch.size() > 1 && isTooLarge(result)) {
                if (noneFits) {
                    send(List.of(room));
                } else {
                    ask(room); // The reply was full; the next one has room for it, for it fits into one of its own.
                }
            } else {
                boolean temporary = ErrorCode.ofCode(result.code())
                        .map(ErrorCode::temporary)
                        .orElse(false);
                refused(room, result.code(), result.message(), temporary);
            }
        }
        duplicateTradeCount = rooms.duplicateTradeCount();
    }

    private static boolean isTooLarge(ReceivedEvent.RoomResult result) {
        return !result.ok() && result.code().equals(ErrorCode.TOO_LARGE.code());
    }

    /** A room that is refused for the time being is asked for again, for as long as the application wants it. */
    private void refused(Subscription room, String code, String message, boolean temporary) {
        if (session.isClosed() || !rooms.contains(room)) {
            return;
        }
        if (temporary) {
            timers.schedule(() -> askAgain(room), RETRY_MILLIS);
            return;
        }
        rooms.remove(room);
        asked.remove(room);
        List<RoomName> others = new ArrayList<>(room.names());
        others.remove(room.room());
        leave(others, new CompletableFuture<>()); // What is refused changes nothing: it is in the room as it was.
        MarketException why = new MarketException(code, message, false);
        if (room.isJoined()) {
            session.emit(new LifecycleEvent.Refused(room.room(), code, message));
        }
        Completions.fail(room.reply(), why);
        room.sink().ended(why);
        countAnswer();
    }

    private void countAnswer() {
        if (unansweredAfterReconnect > 0 && --unansweredAfterReconnect == 0) {
            session.emit(new LifecycleEvent.Resubscribed(rooms.size()));
        }
    }
}
