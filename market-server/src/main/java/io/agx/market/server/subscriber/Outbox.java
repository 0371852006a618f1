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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one connection. Owned by the flush thread.
 *
 * <p>Replies come first, in order. Behind them is one line of places: a state room has one place, whose content the newest value
 * replaces; a keyed-state room has one per candle, and one more for a close; a log message has its own, up to a bound of bytes,
 * and when that is reached the waiting messages of the log rooms are dropped and told as one {@code gap} per room. So memory is
 * bounded by the subscriptions and the bound, never by the rate.
 */
final class Outbox {
    /** Bytes of one gathered write: more would only fill the kernel's buffer with what conflation could have saved. */
    static final int MAX_WRITE_BYTES = 65_536;

    /** Small at first: most connections have a message or two waiting, and there are many of them. */
    private static final int FIRST_CAPACITY = 2;

    private final long maxBytes;
    private final DeliveryCounters counters;
    private final Runnable onDue;
    private final ArrayDeque<Publication> replies = new ArrayDeque<>(FIRST_CAPACITY);
    private final ArrayDeque<Place> places = new ArrayDeque<>(FIRST_CAPACITY);
    private int supersededPlaces;
    private long replyBytes;
    private long logBytes;
    private long conflated;
    private long dropped;

    /**
     * @param maxBytes bound of the replies, and bound of the log messages, in bytes
     * @param onDue called when something was added
     */
    Outbox(long maxBytes, DeliveryCounters counters, Runnable onDue) {
        this.maxBytes = maxBytes;
        this.counters = counters;
        this.onDue = onDue;
    }

    boolean isEmpty() {
        return replies.isEmpty() && places.size() == supersededPlaces;
    }

    /** Messages that newer ones replaced. */
    long conflatedCount() {
        return conflated;
    }

    /** Messages that were dropped and told as a gap. */
    long droppedCount() {
        return dropped;
    }

    /** Bytes that wait and count against the bounds. */
    long queuedBytes() {
        return replyBytes + logBytes;
    }

    /**
     * Adds a reply.
     *
     * @return false if more replies wait than the bound allows: the peer asks and does not read
     */
    boolean reply(Publication reply) {
        if (!replies.isEmpty() && replyBytes + reply.sizeBytes() > maxBytes) {
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
            membership.addGap(entry.lost().fromSeq(), entry.lost().toSeq());
        }
        return membership;
    }

    /** What the connection has of a room, if it leaves it now. Changes nothing. */
    Departure departure(Membership membership) {
        List<Publication> waiting = new ArrayList<>();
        for (Place place : places) {
            if (place.owner == membership && !place.superseded) {
                waiting.add(place.content);
            }
        }
        Room room = membership.room();
        if (membership instanceof LogMembership log) {
            return new Departure(room, null, log.sentSeq, waiting);
        }
        Seen seen = membership instanceof StateMembership state ? state.seen : null;
        return new Departure(room, seen, 0, waiting);
    }

    /** Forgets what waits of a room. */
    void forget(Membership membership) {
        drop(place -> place.owner == membership);
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
        while (!places.isEmpty()
                && (taken.isEmpty() || bytes + places.element().content.sizeBytes() <= MAX_WRITE_BYTES)) {
            Place place = places.remove();
            if (place.superseded) {
                supersededPlaces--;
                continue;
            }
            logBytes -= place.countedBytes;
            bytes += place.content.sizeBytes();
            taken.add(place.owner.leave(place));
        }
        return bytes;
    }

    private void countConflated() {
        conflated++;
        counters.add(DeliveryCounters.Count.CONFLATED, 1);
    }

    /** The REST URL, without the sequence, that fills a room's gaps. */
    private static String restOf(Room room) {
        return "/api/v1/trades?symbol=" + room.name().symbol();
    }

    private Place add(OutboxMembership owner, Publication content, int countedBytes) {
        Place place = new Place(owner, content, countedBytes);
        logBytes += countedBytes;
        places.add(place);
        onDue.run();
        return place;
    }

    /** Drops all waiting log messages; {@code offering} has a message coming, which tells its own gap. */
    private void dropLogs(LogMembership offering) {
        Set<LogMembership> losers = new LinkedHashSet<>();
        drop(place -> {
            if (place.owner instanceof LogMembership loser) {
                losers.add(loser);
                return true;
            }
            return false;
        });
        losers.remove(offering);
        losers.forEach(LogMembership::tellDropped);
    }

    private void drop(Predicate<Place> which) {
        places.removeIf(place -> {
            if (!which.test(place)) {
                return false;
            }
            logBytes -= place.countedBytes;
            if (place.superseded) {
                supersededPlaces--;
            } else {
                place.owner.dropped(place);
            }
            return true;
        });
    }

    /** A message that waits; conflation replaces its content. */
    private static final class Place {
        private final OutboxMembership owner;
        private final int countedBytes;
        private Publication content;
        private int skipped;
        // Stands in the line still, but is not sent.
        private boolean superseded;

        Place(OutboxMembership owner, Publication content, int countedBytes) {
            this.owner = owner;
            this.content = content;
            this.countedBytes = countedBytes;
        }
    }

    private abstract static class OutboxMembership extends Membership {
        OutboxMembership(Room room, RoomName name, Entry entry) {
            super(room, name, entry.seq());
        }

        /** The message of a place that is sent. */
        abstract Publication leave(Place place);

        /** A place of this room was dropped. */
        abstract void dropped(Place place);
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
            } else if (place != null) {
                Publication merged = due.merged();
                place.content = merged == due ? due : Objects.requireNonNullElse(unseen(merged), due);
                place.skipped++;
                countConflated();
            } else {
                // Not counted: one place per key; a peer that never reads is ended by time.
                waiting.put(due.key(), add(this, due, 0));
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
            Place place = add(this, close, 0); // Not counted either: closes come once an interval.
            if (revision != null) {
                waiting.remove(close.key());
                place.skipped = revision.skipped + 1;
                countConflated();
                revision.superseded = true;
                supersededPlaces++;
            }
        }

        @Override
        Publication leave(Place place) {
            dropped(place);
            return place.skipped == 0 ? place.content : place.content.withSkipped(place.skipped);
        }

        @Override
        void dropped(Place place) {
            waiting.remove(place.content.key(), place);
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
            if (logBytes + due.sizeBytes() > maxBytes) {
                dropLogs(this);
            }
            if (due.fromSeq() > keptSeq + 1) {
                addGap(keptSeq + 1, due.fromSeq() - 1);
            }
            add(this, due, due.sizeBytes());
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

        private void addGap(long fromSeq, long toSeq) {
            ServerEvent.Gap gap =
                    new ServerEvent.Gap(name().toString(), fromSeq, toSeq, restOf(room()) + "&fromSeq=" + fromSeq);
            Publication told = Publication.gap(EventEncoder.encode(gap), fromSeq, toSeq);
            add(this, told, told.sizeBytes());
        }

        @Override
        Publication leave(Place place) {
            sentSeq = place.content.toSeq();
            return place.content;
        }

        @Override
        void dropped(Place place) {
            dropped++;
            counters.add(DeliveryCounters.Count.DROPPED, 1);
            keptSeq = Math.min(keptSeq, place.content.fromSeq() - 1);
        }
    }
}
