package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.room.Membership;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.Room;
import io.agx.market.server.room.RoomLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the rooms it is in and what is due to it. Owned by the flush thread, but for {@link #heard()} and the
 * identity.
 */
public final class Subscriber implements RoomLoop.Flushable {
    /** A write that takes this long waited for the peer to read; to the kernel's buffer it takes microseconds. */
    private static final long WAITED_FOR_PEER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String id;
    private final Transport transport;
    private final RoomLoop loop;
    private final SubscriberLimits limits;
    private final LongSupplier clockMillis;
    private final LongSupplier nanoClock;
    private final Outbox outbox;
    private final Playback playback = new Playback();
    private final Map<RoomName, Membership> memberships = new LinkedHashMap<>();

    private boolean flushPending;
    private boolean writing;
    private boolean ended;
    private @Nullable Runnable whenSent;
    private long writeSinceNanos;
    private long nextHeartbeatNanos;
    private long nextPingNanos;
    // Written by the threads that read from the socket, read by the flush thread.
    private volatile long heardNanos;
    private volatile boolean seedClient;

    /**
     * @param clockMillis the time that heartbeats tell, epoch milliseconds
     * @param nanoClock monotonic, for all that takes or lasts
     */
    public Subscriber(
            String id,
            Transport transport,
            RoomLoop loop,
            SubscriberLimits limits,
            LongSupplier clockMillis,
            LongSupplier nanoClock) {
        this.id = id;
        this.transport = transport;
        this.loop = loop;
        this.limits = limits;
        this.clockMillis = clockMillis;
        this.nanoClock = nanoClock;
        this.outbox = new Outbox(limits.outboundBytes(), Subscriber::restOf, this::markDue);
        long now = nanoClock.getAsLong();
        heardNanos = now;
        nextHeartbeatNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.heartbeatMillis());
        nextPingNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.pingMillis());
    }

    /** Names the connection in {@code welcome} and in the log. */
    public String id() {
        return id;
    }

    public Transport transport() {
        return transport;
    }

    /** Something arrived from the peer. Thread-safe. */
    public void heard() {
        heardNanos = nanoClock.getAsLong();
    }

    /** The peer sent the seed's heartbeat: it reconnects on 1006 only, so it never gets a Close frame that means "come back". */
    public void isSeedClient() {
        seedClient = true;
    }

    /** Sends an event outside of any room. */
    public void reply(ServerEvent event) {
        reply(Publication.reply(EventEncoder.encode(event)));
    }

    /** Sends a message that is already encoded. */
    public void reply(Publication reply) {
        if (!ended && !outbox.reply(reply)) {
            end(CloseCode.TOO_SLOW, "more than " + limits.outboundBytes() + " bytes of replies wait to be read");
        }
    }

    /**
     * Sends a message of a replay, after all that was given here before, behind replies and rooms. It waits for as long as the peer
     * takes: the caller looks at {@link #playbackBytes()} and gives no more than its bound.
     */
    public void play(Publication message) {
        if (!ended) {
            playback.add(message);
            markDue();
        }
    }

    /** Bytes of a replay that wait for the peer to read. Thread-safe. */
    public long playbackBytes() {
        return playback.waitingBytes();
    }

    /** The room that it is in by this name, at whatever rate. */
    public Optional<Membership> membership(RoomName name) {
        return Optional.ofNullable(memberships.get(name));
    }

    /**
     * Enters a room; it has everything that the room published so far, and gets what comes after.
     *
     * @throws ProtocolException with {@link ErrorCode#TOO_MANY_ROOMS}
     */
    public Membership join(Room room) {
        if (memberships.size() >= limits.maxRooms()) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ROOMS,
                    "rooms",
                    "a connection may be in " + limits.maxRooms() + " rooms, and this one is");
        }
        Membership membership = outbox.join(room);
        memberships.put(room.name(), membership);
        loop.admit(membership);
        return membership;
    }

    /** Leaves a room: nothing of it is sent any more. Does nothing if it is not in it. */
    public void leave(RoomName name) {
        Membership membership = memberships.remove(name);
        if (membership != null) {
            outbox.forget(membership);
            loop.dismiss(membership);
        }
    }

    /** Where it stands in each of its rooms. */
    public List<ServerEvent.RoomPosition> positions() {
        List<ServerEvent.RoomPosition> positions = new ArrayList<>(memberships.size());
        for (Membership membership : memberships.values()) {
            Room room = membership.room();
            positions.add(new ServerEvent.RoomPosition(
                    room.name().toString(), room.publishedSeq(), room.completeTimeMillis()));
        }
        return positions;
    }

    @Override
    public void flush() {
        flushPending = false;
        while (!writing && !ended && !(outbox.isEmpty() && playback.isEmpty())) {
            List<Publication> due = outbox.take();
            playback.fill(due, Outbox.MAX_WRITE_BYTES);
            writing = true;
            writeSinceNanos = nanoClock.getAsLong();
            writing = !transport.write(due, this::onWritten);
        }
        if (whenSent != null && !writing) {
            Runnable action = whenSent;
            whenSent = null;
            action.run();
        }
    }

    /** Heartbeat, ping and time-outs; called about once a second. */
    public void tick() {
        if (ended) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (now - heardNanos > TimeUnit.MILLISECONDS.toNanos(limits.silenceMillis())) {
            end(CloseCode.NOT_HEARD, "nothing was heard for " + limits.silenceMillis() + " ms");
        } else if (writing && now - writeSinceNanos > TimeUnit.MILLISECONDS.toNanos(limits.slowMillis())) {
            end(CloseCode.TOO_SLOW, "a write took more than " + limits.slowMillis() + " ms");
        } else {
            beat(now);
        }
    }

    /** The connection is gone, or is to be forgotten. Idempotent. */
    public void closed() {
        ended = true;
        playback.clear();
        List.copyOf(memberships.keySet()).forEach(this::leave);
    }

    /** Ends the connection with a code, or by dropping it where the peer would not come back otherwise. */
    public void end(CloseCode code, String reason) {
        if (ended) {
            return;
        }
        closed();
        if (seedClient && code.reconnect() || writing) {
            transport.abort(); // With a write under way a Close frame would have to wait for a peer that does not read.
        } else {
            transport.close(code, reason);
        }
    }

    /** Ends the connection once all that waits is written; a peer that does not read is ended by its time-out, or by {@link #end}. */
    public void endWhenSent(CloseCode code, String reason) {
        whenSent = () -> end(code, reason);
        markDue();
    }

    public boolean hasEnded() {
        return ended;
    }

    /** Messages that newer ones replaced before they were sent. */
    public long conflatedCount() {
        return outbox.conflatedCount();
    }

    /** Messages that were dropped and told as a gap. */
    public long droppedCount() {
        return outbox.droppedCount();
    }

    private void beat(long now) {
        if (now - nextHeartbeatNanos >= 0) {
            nextHeartbeatNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.heartbeatMillis());
            if (!memberships.isEmpty() && !writing) {
                reply(new ServerEvent.Heartbeat(clockMillis.getAsLong(), positions()));
            }
        }
        if (now - nextPingNanos >= 0) {
            nextPingNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.pingMillis());
            if (!writing) {
                transport.ping();
            }
        }
    }

    /** Called on any thread. */
    private void onWritten() {
        loop.execute(() -> {
            writing = false;
            if (nanoClock.getAsLong() - writeSinceNanos > WAITED_FOR_PEER_NANOS) {
                heard(); // The write had to wait, so the peer has read: no ping could be sent meanwhile.
            }
            markDue(); // With what this round publishes: one write for all that is due.
        });
    }

    private void markDue() {
        if (!flushPending) {
            flushPending = true;
            loop.flushLater(this);
        }
    }

    private static String restOf(Room room) {
        return "/api/v1/trades?symbol=" + room.name().symbol();
    }
}
