package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.EntryRequest;
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
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the rooms it is in and what is due to it. Owned by the flush thread, but for {@link #heard()} and the
 * identity.
 */
public final class Subscriber implements RoomLoop.Flushable {
    /** A write that takes this long waited for the peer to read; to the kernel's buffer it takes microseconds. */
    private static final long WAITED_FOR_PEER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int UNKNOWN_RTT = -1;

    private static final AtomicIntegerFieldUpdater<Subscriber> PING_NONCE =
            AtomicIntegerFieldUpdater.newUpdater(Subscriber.class, "pingNonce");

    private final String id;
    private final Transport transport;
    private final Remote remote;
    private final long openedTimeMillis;
    private final SubscriberShard shard;
    private final Outbox outbox;
    // By the room's base: it is in each at one rate and with one selection of fields.
    private final Map<RoomName, Membership> memberships = new LinkedHashMap<>(2);
    // Made once: it is handed to every write.
    private final Runnable onWritten = this::onWritten;
    // Few connections ever play: made by the flush thread at the first message, read by the replay's thread.
    private volatile @Nullable Playback playback;

    private boolean flushPending;
    private boolean writing;
    private boolean ended;
    // Why, once it has; null for one that is forgotten without a reason.
    private @Nullable End end;
    private long messages;
    private long bytes;
    private @Nullable Runnable whenSent;
    // Few have one: who has shown a token, or must.
    private @Nullable Runnable watch;
    private long writeSinceNanos;
    private long nextHeartbeatNanos;
    private long nextPingNanos;
    // Written by the threads that read from the socket, read by the flush thread.
    private volatile long heardNanos;
    private volatile boolean seedClient;
    // The outstanding ping; its nonce is 0 if there is none, and while the flush thread changes them. Who hears the
    // pong sets it back.
    private volatile long pingNanos;
    private volatile int pingNonce;
    // Written by the threads that read from the socket, read by the flush thread.
    private volatile int rttMicros = UNKNOWN_RTT;
    // Written by the flush thread, read by the threads that read from the socket. Most connections never have one.
    private volatile @Nullable FrameTrace trace;

    private record End(long timeMillis, int code, String reason, boolean byServer) {}

    public Subscriber(String id, Transport transport, SubscriberShard shard) {
        this(id, transport, Remote.UNKNOWN, shard);
    }

    public Subscriber(String id, Transport transport, Remote remote, SubscriberShard shard) {
        this.id = id;
        this.transport = transport;
        this.remote = remote;
        this.openedTimeMillis = shard.nowMillis();
        this.shard = shard;
        SubscriberLimits limits = shard.limits();
        this.outbox = new Outbox(shard, this::markDue, this::fail);
        heardNanos = shard.nowNanos();
        nextHeartbeatNanos = shard.nanosFromNow(limits.heartbeatMillis());
        nextPingNanos = shard.nanosFromNow(limits.pingMillis());
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
        heardNanos = shard.nowNanos();
    }

    /**
     * A pong came. It tells the time to the peer and back if it answers the outstanding ping. Called by one thread at a time, any.
     *
     * @param nonce its payload, or 0 if that has not four bytes
     */
    public void heardPong(int nonce) {
        heard();
        if (nonce == 0 || nonce != pingNonce) {
            return;
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(shard.nowNanos() - pingNanos);
        if (PING_NONCE.compareAndSet(this, nonce, 0)) { // Else the next ping has just taken its place.
            rttMicros = (int) Math.max(0, Math.min(micros, Integer.MAX_VALUE));
            shard.counters().roundTrips().record(TimeUnit.MICROSECONDS.toNanos(micros));
        }
    }

    /** A text message came, which is kept if someone looks. Thread-safe. */
    public void heardText(String text) {
        FrameTrace watched = trace;
        Runnable keep = watched == null ? null : watched.in(text, shard.nowMillis());
        if (keep != null) {
            shard.loop().execute(keep);
        }
    }

    /** From now on its messages are kept there; null for nowhere. Called on the flush thread. */
    public void trace(@Nullable FrameTrace to) {
        trace = to;
    }

    /** The peer sent the seed's heartbeat: it reconnects on 1006 only, so it never gets a Close frame that means "come back". */
    public void isSeedClient() {
        seedClient = true;
    }

    /** Sends an event outside of any room. */
    public void reply(ServerEvent event) {
        note(event);
        reply(Publication.reply(EventEncoder.encode(event)));
    }

    /** Counts what is sent already encoded: an error by its code, all else not. Thread-safe. */
    public void note(ServerEvent event) {
        if (event instanceof ServerEvent.ErrorEvent error) {
            shard.counters().error(error.problem().code());
        }
    }

    /** Sends a message that is already encoded. */
    public void reply(Publication reply) {
        if (!ended && !outbox.reply(reply)) {
            end(
                    CloseCode.TOO_SLOW,
                    "more than " + shard.limits().outboundBytes() + " bytes of replies wait to be read");
        }
    }

    /**
     * Sends a message of a replay, after all that was given here before, behind replies and rooms. It waits for as long as the peer
     * takes: the caller looks at {@link #playbackBytes()} and gives no more than its bound.
     */
    public void play(Publication message) {
        if (!ended) {
            Playback line = playback;
            if (line == null) {
                line = new Playback();
                playback = line;
            }
            line.add(message);
            markDue();
        }
    }

    /** Bytes of a replay that wait for the peer to read. Thread-safe. */
    public long playbackBytes() {
        Playback line = playback;
        return line == null ? 0 : line.waitingBytes();
    }

    /** Its place in the room of exactly this name: rate and fields included. */
    public Optional<Membership> membership(RoomName name) {
        return Optional.ofNullable(memberships.get(name.base()))
                .filter(membership -> membership.name().equals(name));
    }

    /** Enters a room with all fields and no history. */
    public Entry join(Room room) {
        return join(room, room.name(), EntryRequest.anew(0, 0));
    }

    /**
     * Enters a room, in place of one of the same base that it is in. It then has everything that the entry says, and gets what comes after,
     * without a hole or a repetition (docs/INVARIANTS.md, 3). On failure nothing has changed.
     *
     * @param name the room's, with the fields that it wants
     * @throws ProtocolException with {@link ErrorCode#TOO_MANY_ROOMS}, or as {@link Room#enter} does
     */
    public Entry join(Room room, RoomName name, EntryRequest request) {
        RoomName base = name.base();
        Membership left = memberships.get(base);
        if (left == null && memberships.size() >= shard.limits().maxRooms()) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ROOMS,
                    "rooms",
                    "a connection may be in " + shard.limits().maxRooms() + " rooms, and this one is");
        }
        Entry entry = room.enter(request, left == null ? null : outbox.departure(left));
        if (left != null) {
            outbox.forget(left);
        }
        Membership membership = outbox.join(room, name, entry);
        memberships.put(base, membership);
        shard.loop().admit(membership); // Before it leaves the other, which may be the same room: that must not close.
        if (left != null) {
            shard.loop().dismiss(left);
        }
        return entry;
    }

    /** Leaves the room of exactly this name: nothing of it is sent any more. Does nothing if it is not in it. */
    public void leave(RoomName name) {
        membership(name).ifPresent(membership -> {
            memberships.remove(name.base());
            outbox.forget(membership);
            shard.loop().dismiss(membership);
        });
    }

    /** Where it stands in each of its rooms. */
    public List<ServerEvent.RoomPosition> positions() {
        List<ServerEvent.RoomPosition> positions = new ArrayList<>(memberships.size());
        for (Membership membership : memberships.values()) {
            positions.add(new ServerEvent.RoomPosition(
                    membership.name().toString(),
                    membership.seq(),
                    membership.room().completeTimeMillis()));
        }
        return positions;
    }

    @Override
    public void flush() {
        flushPending = false;
        while (!writing && !ended && hasDue()) {
            write();
        }
        if (writing && !ended && outbox.isOverfull()) {
            end(
                    CloseCode.TOO_SLOW,
                    "more than " + Outbox.CANDLE_BOUNDS * shard.limits().outboundBytes()
                            + " bytes of candles wait to be read");
        }
        if (whenSent != null && !writing) {
            Runnable action = whenSent;
            whenSent = null;
            action.run();
        }
    }

    private boolean hasDue() {
        Playback line = playback;
        return !outbox.isEmpty() || (line != null && !line.isEmpty());
    }

    private void write() {
        List<Publication> due = shard.due();
        long dueBytes = outbox.take(due);
        Playback line = playback;
        if (line != null) {
            dueBytes = line.fill(due, dueBytes, Outbox.MAX_WRITE_BYTES);
        }
        DeliveryCounters counters = shard.counters();
        counters.add(DeliveryCounters.Count.WRITES, 1);
        counters.add(DeliveryCounters.Count.MESSAGES, due.size());
        counters.add(DeliveryCounters.Count.BYTES, dueBytes);
        messages += due.size();
        bytes += dueBytes;
        FrameTrace watched = trace;
        if (watched != null) {
            watched.out(due, shard.nowMillis());
        }
        writing = !transport.write(due, onWritten);
        shard.loop().handedOver();
        if (writing) {
            writeSinceNanos = shard.nowNanos();
            counters.add(DeliveryCounters.Count.STALLED_WRITES, 1);
        }
    }

    @Override
    public void fail() {
        end(CloseCode.SERVER_FAULT, "the server failed; the fault is its own");
    }

    /** Has something done at each tick, for as long as the connection is there. */
    public void watch(Runnable atTick) {
        watch = atTick;
    }

    /** Whether something is done at each tick. */
    public boolean isWatched() {
        return watch != null;
    }

    /** Heartbeat, ping and time-outs; called about once a second. */
    public void tick() {
        if (watch != null && !ended) {
            watch.run();
        }
        if (ended) {
            return;
        }
        SubscriberLimits limits = shard.limits();
        long now = shard.nowNanos();
        if (now - heardNanos > TimeUnit.MILLISECONDS.toNanos(limits.silenceMillis())) {
            end(CloseCode.NOT_HEARD, "nothing was heard for " + limits.silenceMillis() + " ms");
        } else if (writing && now - writeSinceNanos > TimeUnit.MILLISECONDS.toNanos(limits.slowMillis())) {
            end(CloseCode.TOO_SLOW, "a write took more than " + limits.slowMillis() + " ms");
        } else {
            beat(limits, now);
        }
    }

    /** The connection is gone, or is to be forgotten. Idempotent. */
    public void closed() {
        ended = true;
        Playback line = playback;
        if (line != null) {
            line.clear();
        }
        outbox.clear();
        memberships.values().forEach(shard.loop()::dismiss);
        memberships.clear();
    }

    /**
     * The connection is gone, and not by {@link #end}: the peer closed it, or the network.
     *
     * @param code as the container tells it; 1006 if there was no Close frame
     */
    void closedByPeer(int code, String reason) {
        if (!ended) {
            closed();
            end = new End(shard.nowMillis(), code, reason, false);
            shard.counters().endedByPeer(code);
        }
    }

    /** Ends the connection with a code, or by dropping it where the peer would not come back otherwise. */
    public void end(CloseCode code, String reason) {
        if (ended) {
            return;
        }
        closed();
        end = new End(shard.nowMillis(), code.code(), reason, true);
        shard.counters().ended(code);
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

    /** Bytes that wait behind the write that is under way. */
    long waitingBytes() {
        return outbox.waitingBytes() + playbackBytes();
    }

    /** Messages that wait behind the write that is under way. */
    int waitingMessages() {
        Playback line = playback;
        return outbox.waitingMessages() + (line == null ? 0 : line.waitingMessages());
    }

    /** Whether the socket has not taken the last write yet. */
    boolean isWriting() {
        return writing;
    }

    /** By what it is sorted: the higher, the sooner it is shown. */
    long rank(ConnectionFigures.Order order) {
        return switch (order) {
            case WAITING -> waitingBytes();
            case CONFLATED -> outbox.conflated();
            case DROPPED -> outbox.dropped();
            case OPENED -> openedTimeMillis;
            case RTT -> rttMicros;
        };
    }

    /** What an operator sees of it. */
    ConnectionFigures figures(@Nullable String userId) {
        int rtt = rttMicros;
        return new ConnectionFigures(
                id,
                transport.name(),
                remote,
                userId,
                openedTimeMillis,
                memberships.size(),
                waitingMessages(),
                waitingBytes(),
                outbox.conflated(),
                outbox.dropped(),
                messages,
                bytes,
                rtt == UNKNOWN_RTT ? null : rtt,
                writing);
    }

    /** What is kept of it when it is gone; null if nobody said why it ended. */
    @Nullable
    EndedConnection ended(@Nullable String userId) {
        End known = end;
        return known == null
                ? null
                : new EndedConnection(
                        id,
                        userId,
                        remote.address(),
                        openedTimeMillis,
                        known.timeMillis,
                        known.code,
                        known.reason,
                        known.byServer,
                        messages,
                        bytes,
                        outbox.conflated(),
                        outbox.dropped());
    }

    private void beat(SubscriberLimits limits, long now) {
        if (writing) {
            return; // Neither would go before what is under way: both stay due.
        }
        if (now - nextHeartbeatNanos >= 0) {
            nextHeartbeatNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.heartbeatMillis());
            if (!memberships.isEmpty()) {
                reply(new ServerEvent.Heartbeat(shard.nowMillis(), positions()));
            }
        }
        pingIfDue(limits, now);
    }

    private void pingIfDue(SubscriberLimits limits, long now) {
        if (now - nextPingNanos >= 0) {
            nextPingNanos = now + TimeUnit.MILLISECONDS.toNanos(limits.pingMillis());
            int nonce = shard.nextNonce();
            pingNonce = 0;
            pingNanos = shard.nowNanos();
            pingNonce = nonce;
            transport.ping(nonce);
            shard.counters().add(DeliveryCounters.Count.PINGS, 1);
        }
    }

    /** Called on any thread. */
    private void onWritten() {
        shard.loop().execute(() -> {
            writing = false;
            if (shard.nowNanos() - writeSinceNanos > WAITED_FOR_PEER_NANOS) {
                heard(); // The write had to wait, so the peer has read: no ping could be sent meanwhile.
            }
            markDue(); // With what this round publishes: one write for all that is due.
            if (!ended) {
                // Who always has something to read is never idle at a tick.
                pingIfDue(shard.limits(), shard.nowNanos());
            }
        });
    }

    private void markDue() {
        if (!flushPending) {
            flushPending = true;
            shard.loop().flushLater(this);
        }
    }
}
