package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.RoomKind;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.room.Departure;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.Membership;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.Room;
import io.agx.market.server.room.Seen;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one connection. Owned by the flush thread.
 *
 * <p>Replies come first, in order. Behind them is one line of places: a state room has one place, whose content the newest value
 * replaces; a keyed-state room has one per candle, and one more for a close; a log message has its own, up to a bound of bytes,
 * and when that is reached the waiting messages of the log rooms are dropped and told as one {@code gap} per room. Candles cannot be
 * dropped: beyond a bound of their own the connection is to be ended. So memory is bounded by the subscriptions and the bounds, never by
 * the rate.
 */
final class Outbox {
    /** Bytes of one gathered write: more would only fill the kernel's buffer with what conflation could have saved. */
    static final int MAX_WRITE_BYTES = 65_536;

    /**
     * Bytes of candles that may wait, in bounds of the log messages. What one round can make for a reader that keeps up is below it:
     * {@code 1s} candles at {@code @10s} are ten closes in each of 1,024 rooms, 5 MB; and a replay feed at 10,000 times real time makes 3 MB of closes
     * a second, of which a reader may be some seconds behind. The bytes are shared by all that wait for them.
     */
    static final int CANDLE_BOUNDS = 64;

    /** Small at first: most connections have a message or two waiting, and there are many of them. */
    private static final int FIRST_CAPACITY = 2;

    private final SubscriberShard shard;
    private final Runnable onDue;
    private final Runnable onLost;
    private final ArrayDeque<Publication> replies = new ArrayDeque<>(FIRST_CAPACITY);
    private final ArrayDeque<Place> places = new ArrayDeque<>(FIRST_CAPACITY);
    // Places without content that still stand in the line.
    private int emptyPlaces;
    private long replyBytes;
    private long logBytes;
    private long candleBytes;
    // Of the rooms of one value.
    private long valueBytes;
    private long conflated;
    private long dropped;

    /**
     * @param shard has the bound of the replies, of the log messages, and by {@link #CANDLE_BOUNDS} that of the candles: its
     *     {@code outboundBytes}, as they are when something is added
     * @param onDue called when something was added
     * @param onLost called when a room may have lost something of this connection's
     */
    Outbox(SubscriberShard shard, Runnable onDue, Runnable onLost) {
        this.shard = shard;
        this.onDue = onDue;
        this.onLost = onLost;
    }

    private long maxBytes() {
        return shard.limits().outboundBytes();
    }

    boolean isEmpty() {
        return replies.isEmpty() && places.size() == emptyPlaces;
    }

    int waitingMessages() {
        return replies.size() + places.size() - emptyPlaces;
    }

    long waitingBytes() {
        return replyBytes + logBytes + candleBytes + valueBytes;
    }

    /** Messages of this connection that a newer value replaced. */
    long conflated() {
        return conflated;
    }

    /** Log messages of this connection that were dropped. */
    long dropped() {
        return dropped;
    }

    /** Whether more candles wait than the bound allows: the peer reads slower than they close. */
    boolean isOverfull() {
        return candleBytes > CANDLE_BOUNDS * maxBytes();
    }

    /**
     * Adds a reply, however long: what waits before it is judged.
     *
     * @return false if more bytes of replies wait than the bound allows: the peer asks and does not read
     */
    boolean reply(Publication reply) {
        if (replyBytes > maxBytes()) {
            return false;
        }
        replies.add(reply);
        replyBytes += reply.sizeBytes();
        onDue.run();
        return true;
    }

    /**
     * A place in a room for this outbox's connection.
     *
     * @param name the room's, with the connection's fields
     * @param entry what its reply goes up to, and what it has beyond; a gap is told behind the reply
     */
    Membership join(Room room, RoomName name, Entry entry) {
        if (name.kind() != RoomKind.LOG) {
            return new StateMembership(room, name, entry);
        }
        LogMembership membership = new LogMembership(room, name, entry);
        if (entry.lost() != null) {
            membership.tellLost(entry.lost(), entry.seq());
        }
        return membership;
    }

    /** What the connection has of a room, if it leaves it now. Changes nothing. */
    Departure departure(Membership membership) {
        OutboxMembership left = (OutboxMembership) membership;
        List<Publication> waiting = new ArrayList<>();
        for (Place place = left.first; place != null; place = place.next) {
            if (place.content != null) {
                waiting.add(place.content);
            }
        }
        return left.departure(waiting);
    }

    /** Forgets what waits of a room that is left. Many rooms can be left at once, so the line is cleared up only now and then. */
    void forget(Membership membership) {
        for (Place place = ((OutboxMembership) membership).first; place != null; place = place.next) {
            empty(place);
        }
        if (emptyPlaces > places.size() / 2) {
            places.removeIf(place -> place.content == null);
            emptyPlaces = 0;
        }
    }

    /** Forgets all that waits. */
    void clear() {
        replies.clear();
        places.clear();
        emptyPlaces = 0;
        replyBytes = 0;
        logBytes = 0;
        candleBytes = 0;
        valueBytes = 0;
    }

    /** Puts what goes into the next write into an empty list: at least one message if there is any. Returns their bytes. */
    long take(List<Publication> taken) {
        long bytes = 0;
        while (!replies.isEmpty()
                && (taken.isEmpty() || bytes + replies.element().sizeBytes() <= MAX_WRITE_BYTES)) {
            Publication reply = replies.remove();
            replyBytes -= reply.sizeBytes();
            bytes += reply.sizeBytes();
            taken.add(reply);
        }
        if (!replies.isEmpty()) {
            return bytes;
        }
        while (!places.isEmpty()) {
            Place place = places.element();
            Publication content = place.content;
            if (content != null && !taken.isEmpty() && bytes + content.sizeBytes() > MAX_WRITE_BYTES) {
                break;
            }
            places.remove();
            place.owner.advance(place);
            if (content == null) {
                emptyPlaces--;
            } else {
                place.owner.count(-content.sizeBytes());
                bytes += content.sizeBytes();
                taken.add(place.owner.leave(place, content));
            }
        }
        return bytes;
    }

    private void countConflated() {
        conflated++;
        shard.counters().add(DeliveryCounters.Count.CONFLATED, 1);
    }

    private Place add(OutboxMembership owner, Publication content) {
        Place place = new Place(owner, content);
        owner.append(place);
        owner.count(content.sizeBytes());
        places.add(place);
        onDue.run();
        return place;
    }

    /** Takes the content of a place that stands amid the line. */
    private void empty(Place place) {
        if (place.content != null) {
            place.owner.count(-place.content.sizeBytes());
            place.content = null;
            emptyPlaces++;
        }
    }

    /** Drops all waiting log messages, but for losses that are told; {@code offering} has a message coming, which tells its own gap. */
    private void dropLogs(LogMembership offering) {
        Set<LogMembership> losers = new LinkedHashSet<>();
        places.removeIf(place -> {
            if (!(place.owner instanceof LogMembership loser) || place == loser.loss) {
                return false;
            }
            if (place.content == null) {
                emptyPlaces--;
            } else {
                loser.dropped(place.content);
                losers.add(loser);
            }
            return true;
        });
        losers.remove(offering);
        losers.forEach(LogMembership::tellDropped);
    }

    /** A message that waits; conflation replaces its content. */
    private static final class Place {
        private final OutboxMembership owner;
        // Null if it only stands in the line still.
        private @Nullable Publication content;
        private int skipped;
        // Of the same owner, behind this one.
        private @Nullable Place next;

        Place(OutboxMembership owner, Publication content) {
            this.owner = owner;
            this.content = content;
        }
    }

    private abstract class OutboxMembership extends Membership {
        // Its own places, in the order of the line.
        @Nullable
        Place first;

        @Nullable
        Place last;

        OutboxMembership(Room room, RoomName name, Entry entry) {
            super(room, name, entry.seq());
        }

        @Override
        protected final void fail() {
            onLost.run();
        }

        final void append(Place place) {
            if (last == null) {
                first = place;
            } else {
                last.next = place;
            }
            last = place;
        }

        /** A place has left the line at its front. */
        final void advance(Place place) {
            first = place.next;
            if (first == null) {
                last = null;
            }
        }

        /** Bytes that wait of this room are more by so many, or fewer. */
        abstract void count(int bytes);

        abstract Departure departure(List<Publication> waiting);

        /** The message of a place that is sent. */
        abstract Publication leave(Place place, Publication content);
    }

    /** State and keyed state: one place per key, the newest content wins; a close is content that nothing replaces. */
    private final class StateMembership extends OutboxMembership {
        // What waits of this room and may be replaced, by its key.
        private final Map<Long, Place> waiting = new HashMap<>(2);

        // What it had when it entered and the room had not published yet; null once the room has come as far.
        private @Nullable Seen seen;

        StateMembership(Room room, RoomName name, Entry entry) {
            super(room, name, entry);
            seen = entry.seen();
        }

        @Override
        protected void offer(Publication publication) {
            Publication due = unseen(publication);
            if (due == null) {
                return;
            }
            Place place = waiting.get(due.key());
            if (due.isFinal()) {
                closeOver(place, due);
            } else if (place != null && place.content != null) {
                Publication merged = due.merged();
                Publication content = merged == due ? due : Objects.requireNonNullElse(unseen(merged), due);
                count(content.sizeBytes() - place.content.sizeBytes());
                place.content = content;
                place.skipped++;
                countConflated();
            } else {
                waiting.put(due.key(), add(this, due));
            }
        }

        private @Nullable Publication unseen(Publication publication) {
            if (seen == null) {
                return publication;
            }
            Publication rest = seen.beyond(publication);
            if (seen.isPassed()) {
                seen = null;
            }
            return rest;
        }

        /** A close goes to the end of the line, so that closes keep their order; the revision that still waits is needless. */
        private void closeOver(@Nullable Place revision, Publication close) {
            Place place = add(this, close);
            if (revision != null) {
                waiting.remove(close.key());
                place.skipped = revision.skipped + 1;
                countConflated();
                empty(revision);
            }
        }

        /** Candles have a bound: of the others there is one place. */
        @Override
        void count(int bytes) {
            if (name().kind() == RoomKind.KEYED_STATE) {
                candleBytes += bytes;
            } else {
                valueBytes += bytes;
            }
        }

        @Override
        Departure departure(List<Publication> unsent) {
            return new Departure(room(), seen, 0, unsent);
        }

        @Override
        Publication leave(Place place, Publication content) {
            waiting.remove(content.key(), place);
            return place.skipped == 0 ? content : content.withSkipped(place.skipped);
        }
    }

    /** Log: every message has its own place, in order, or is part of a gap. */
    private final class LogMembership extends OutboxMembership {
        // Everything up to here was sent, waits, or was told as a gap.
        private long keptSeq;
        // Everything up to here was offered.
        private long offeredSeq;

        // Everything up to here was sent, or told as a gap.
        private long sentSeq;
        // Tells what was lost before it entered, while that waits.
        private @Nullable Place loss;

        LogMembership(Room room, RoomName name, Entry entry) {
            super(room, name, entry);
            keptSeq = entry.seq();
            offeredSeq = keptSeq;
            sentSeq = entry.lost() == null ? keptSeq : entry.lost().fromSeq() - 1;
        }

        @Override
        protected void offer(Publication publication) {
            if (publication.toSeq() <= offeredSeq) {
                return; // The room was behind what the connection had when it entered.
            }
            Publication due = publication.fromSeq() <= offeredSeq ? publication.tail(offeredSeq) : publication;
            if (logBytes + due.sizeBytes() > maxBytes()) {
                dropLogs(this);
            }
            if (due.fromSeq() > keptSeq + 1) {
                addGap(keptSeq + 1, due.fromSeq() - 1);
            }
            add(this, due);
            keptSeq = due.toSeq();
            offeredSeq = keptSeq;
        }

        /** Tells what was dropped at once: this room's next message may be far, and a heartbeat sooner. */
        void tellDropped() {
            if (offeredSeq > keptSeq) {
                addGap(keptSeq + 1, offeredSeq);
                keptSeq = offeredSeq;
            }
        }

        /**
         * Tells what the reply does not have, behind the reply, which goes up to {@code repliedSeq}. It is not dropped with the messages:
         * told anew it would have to leave out what the reply has.
         */
        void tellLost(Entry.Lost lost, long repliedSeq) {
            loss = add(this, gap(lost.fromSeq(), lost.toSeq(), repliedSeq));
        }

        private void addGap(long fromSeq, long toSeq) {
            add(this, gap(fromSeq, toSeq, toSeq));
        }

        /** @param sentToSeq all up to here is sent or told once the gap is sent */
        private Publication gap(long fromSeq, long toSeq, long sentToSeq) {
            shard.counters().add(DeliveryCounters.Count.GAPS, 1);
            ServerEvent.Gap gap = new ServerEvent.Gap(name().toString(), fromSeq, toSeq, room().restOf(fromSeq));
            return Publication.gap(EventEncoder.encode(gap), fromSeq, sentToSeq);
        }

        @Override
        void count(int bytes) {
            logBytes += bytes;
        }

        @Override
        Departure departure(List<Publication> waiting) {
            return new Departure(room(), null, sentSeq, waiting);
        }

        @Override
        Publication leave(Place place, Publication content) {
            sentSeq = content.toSeq();
            if (place == loss) {
                loss = null;
            }
            return content;
        }

        /** A message was dropped, and with it go all of this room but the loss, which is the first. */
        void dropped(Publication message) {
            count(-message.sizeBytes());
            shard.counters().add(DeliveryCounters.Count.DROPPED, 1);
            Outbox.this.dropped++;
            keptSeq = Math.min(keptSeq, message.fromSeq() - 1);
            first = loss;
            last = loss;
            if (loss != null) {
                loss.next = null;
            }
        }
    }
}
