package io.agx.market.server.room;

import io.agx.market.core.protocol.Rate;
import io.agx.market.server.measure.Distribution;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code market-flush}: the only one that touches rooms and subscribers.
 *
 * <p>It waits until something is due: a task, a dirty room whose rate allows it, or the second's tick. Rooms of a rate share
 * ticks, counted from the start of the loop on the monotonic clock; {@code raw} rooms go out at once when the last flush
 * is at least a window ago, else at the end of the window. After publishing, everyone to whom something was offered is
 * flushed once: one write for all that is due.
 */
public final class RoomLoop implements AutoCloseable {
    /** Who is flushed after a round, and looked at every second. Called on the flush thread. */
    public interface Flushable {
        /** Sends what is due, as far as the socket takes it. Never blocks. */
        void flush();

        /** Something of what was due may be lost: the connection is to be ended. */
        void fail();
    }

    private static final Logger LOG = LoggerFactory.getLogger(RoomLoop.class);
    /**
     * How long an idle thread waits for what comes with the first change: the engine leaves the changes of one request in one room after
     * the other within this time, and to begin with the first would make a second write to everyone.
     */
    private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 10_000;
    /** Tasks of one round, so that a storm of commands does not hold up the rooms. */
    private static final int MAX_TASKS = 512;

    /** Of so many writes one is timed: more would tell no more, and the clock costs a hundredth of a write. */
    private static final int WRITES_PER_SAMPLE = 16;

    private final RoomRegistry registry;
    private final RoomEncoder encoder;
    private final Runnable onTick;
    private final LongSupplier windowMillis;
    private final LongSupplier nanoClock;
    private final Thread thread;

    // Bounded by the callers: a connection has at most its burst of commands and one write under way.
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    // A room is in it at most once.
    private final ConcurrentLinkedQueue<Room> dirtyRooms = new ConcurrentLinkedQueue<>();
    private volatile boolean parked;
    private volatile boolean stopping;

    // The flush thread's own.
    private final List<Waiting> waiting = new ArrayList<>();
    private List<Flushable> due = new ArrayList<>();
    // Empty outside of a round: the two lists take turns.
    private List<Flushable> spare = new ArrayList<>();
    private final long startNanos;
    private long nextTickNanos;
    private final DeliveryLatency latency = new DeliveryLatency();
    // From 1 ms, below which two clocks are seldom the same, to 67 s.
    private final Distribution tradeAges = Distribution.ofDurations(10, 26);
    private final Distribution roundTimes = Distribution.ofDurations(5, 24);
    // Of this round: when something that it publishes became durable, or 0; and the writes behind it.
    private long durableNanos;
    private long tradeTimeMillis;
    private int handedOver;
    // Written by the flush thread, read by anyone.
    private volatile long rounds;
    private volatile long publications;
    private volatile long members;

    /**
     * @param onTick called on this thread once a second, for heartbeats and time-outs
     * @param windowMillis least time between two flushes of {@code raw} rooms, 0 or more
     */
    public RoomLoop(RoomRegistry registry, RoomEncoder encoder, Runnable onTick, long windowMillis) {
        this(registry, encoder, onTick, windowMillis, System::nanoTime);
    }

    /** @param nanoClock monotonic, by which rates, windows and ticks are due */
    public RoomLoop(
            RoomRegistry registry, RoomEncoder encoder, Runnable onTick, long windowMillis, LongSupplier nanoClock) {
        this(registry, encoder, onTick, () -> windowMillis, nanoClock);
    }

    /**
     * @param windowMillis asked on the flush thread at each flush of {@code raw} rooms
     * @param nanoClock monotonic, by which rates, windows and ticks are due
     */
    public RoomLoop(
            RoomRegistry registry,
            RoomEncoder encoder,
            Runnable onTick,
            LongSupplier windowMillis,
            LongSupplier nanoClock) {
        this.registry = registry;
        this.encoder = encoder;
        this.onTick = onTick;
        this.windowMillis = windowMillis;
        this.nanoClock = nanoClock;
        this.thread = new Thread(this::run, "market-flush");
        startNanos = nanoClock.getAsLong();
        nextTickNanos = startNanos + TICK_NANOS;
        registry.onDirty(this::onDirty);
        for (Rate rate : Rate.values()) {
            waiting.add(new Waiting(rate, startNanos));
        }
    }

    public void start() {
        thread.start();
    }

    public RoomRegistry registry() {
        return registry;
    }

    /** Runs a task on the flush thread, in the order of the calls. Thread-safe; never blocks. */
    public void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** Has someone flushed at the end of this round. Called on the flush thread, at most once a round for each. */
    public void flushLater(Flushable member) {
        due.add(member);
    }

    /**
     * A write was handed to a socket; called on the flush thread. The first of a round and each sixteenth after it are timed, against one of the
     * trades that the round publishes.
     */
    public void handedOver() {
        if (durableNanos != 0 && handedOver++ % WRITES_PER_SAMPLE == 0) {
            latency.record(nanoClock.getAsLong() - durableNanos);
            if (tradeTimeMillis != 0) {
                tradeAges.record(TimeUnit.MILLISECONDS.toNanos(encoder.nowMillis() - tradeTimeMillis));
            }
        }
    }

    /**
     * From a trade's own time to the sockets, by the wall clock and that of the trade's source: of the writes that {@link #latency()} times, and
     * not of trades that came late on purpose.
     */
    public Distribution tradeAges() {
        return tradeAges;
    }

    /** How long the rounds took, without what they waited for: the sum is how busy the thread is. */
    public Distribution roundTimes() {
        return roundTimes;
    }

    /** Times that a room was published; thread-safe. */
    public long publicationCount() {
        return publications;
    }

    /** Members of all rooms now; thread-safe. */
    public long memberCount() {
        return members;
    }

    /** Tasks that wait for this thread; counts them, so for who asks seldom. Thread-safe. */
    public int waitingTasks() {
        return tasks.size();
    }

    /** From a trade's being durable to the sockets, of what is sent at once. Thread-safe to read. */
    public DeliveryLatency latency() {
        return latency;
    }

    /** Admits a member; what the room published so far is what its snapshot shows. Called on the flush thread. */
    public void admit(Membership membership) {
        Room room = membership.room();
        int before = room.memberCount();
        room.admit(membership);
        members = members + room.memberCount() - before;
    }

    /** Called on the flush thread. */
    public void dismiss(Membership membership) {
        Room room = membership.room();
        int before = room.memberCount();
        room.dismiss(membership);
        members = members + room.memberCount() - before;
        registry.closeIfEmpty(room);
    }

    /** Publishes all that is pending, whatever the rates, and sends it. Called on the flush thread, before the members are let go. */
    public void publishNow() {
        sortDirtyRooms();
        waiting.forEach(each -> publishAll(each.rooms));
        flushDue();
    }

    /** Rounds since the start. */
    public long roundCount() {
        return rounds;
    }

    /** Ends the thread after the tasks that are queued. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called on the engine's threads. */
    private void onDirty(Room room) {
        dirtyRooms.add(room);
        wake();
    }

    private void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!stopping || !tasks.isEmpty()) {
            awaitWork();
            try {
                runDue();
            } catch (Throwable e) { // Errors too: without this thread nobody is sent anything, and nobody notices.
                LOG.error("a round of the flush thread failed; it goes on", e);
            }
        }
    }

    private void awaitWork() {
        parked = true;
        if (tasks.isEmpty() && dirtyRooms.isEmpty() && !stopping) {
            long waitNanos = nextDueNanos() - nanoClock.getAsLong();
            if (waitNanos > 0) {
                LockSupport.parkNanos(this, waitNanos);
                parked = false; // Who wakes now is gathered.
                gather();
            }
        }
        parked = false;
    }

    private void gather() {
        long left = Math.min(windowNanos(), GATHER_NANOS);
        long end = nanoClock.getAsLong() + left;
        while (left > 0 && !dirtyRooms.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, left);
            left = end - nanoClock.getAsLong();
        }
    }

    private long nextDueNanos() {
        long next = nextTickNanos;
        for (Waiting each : waiting) {
            if (!each.rooms.isEmpty() && each.nextFlushNanos - next < 0) {
                next = each.nextFlushNanos;
            }
        }
        return next;
    }

    /** One round: all that is due now, on the caller's thread. For {@link #start()}ed loops their own thread's only. */
    public void runDue() {
        rounds++;
        long beginNanos = nanoClock.getAsLong();
        for (int i = 0; i < MAX_TASKS; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            runSafely(task);
        }
        takeSample();
        sortDirtyRooms();
        long now = nanoClock.getAsLong();
        for (Waiting each : waiting) {
            if (!each.rooms.isEmpty() && each.nextFlushNanos - now <= 0) {
                publishAll(each.rooms);
                each.nextFlushNanos = nextFlush(each.rate, now);
            }
        }
        flushDue();
        durableNanos = 0;
        if (now - nextTickNanos >= 0) {
            nextTickNanos = now + TICK_NANOS;
            runSafely(onTick);
            flushDue();
        }
        roundTimes.record(nanoClock.getAsLong() - beginNanos);
    }

    /** Before the dirty rooms are looked at, so that this round publishes what is sampled; and only if it publishes {@code raw} rooms. */
    private void takeSample() {
        handedOver = 0;
        boolean rawIsDue = waiting.get(Rate.RAW.ordinal()).nextFlushNanos - nanoClock.getAsLong() <= 0;
        durableNanos = rawIsDue ? registry.takeDurableSample() : 0;
        tradeTimeMillis = durableNanos == 0 ? 0 : registry.takenTradeMillis();
    }

    private void sortDirtyRooms() {
        Room room;
        while ((room = dirtyRooms.poll()) != null) {
            Waiting due = waiting.get(room.name().rate().ordinal());
            if (due.rooms.isEmpty() && due.rate != Rate.RAW) {
                long now = nanoClock.getAsLong();
                if (due.nextFlushNanos - now < 0) {
                    due.nextFlushNanos = nextFlush(due.rate, now);
                }
            }
            due.rooms.add(room);
        }
    }

    /** A window after now for {@code raw}, the next shared tick for a rate. */
    private long nextFlush(Rate rate, long now) {
        if (rate == Rate.RAW) {
            return now + windowNanos();
        }
        long periodNanos = TimeUnit.MILLISECONDS.toNanos(rate.periodMillis());
        return startNanos + ((now - startNanos) / periodNanos + 1) * periodNanos;
    }

    private long windowNanos() {
        return TimeUnit.MILLISECONDS.toNanos(windowMillis.getAsLong());
    }

    private void publishAll(ArrayDeque<Room> rooms) {
        for (int i = rooms.size(); i > 0; i--) {
            Room room = rooms.remove();
            room.clearDirty();
            if (room.memberCount() == 0) {
                continue;
            }
            try {
                room.publish(encoder);
                publications++;
            } catch (Throwable e) {
                LOG.error(
                        "room={} could not be published; its members are ended, for they may miss something",
                        room.name(),
                        e);
                runSafely(room::failMembers);
            }
        }
    }

    private void flushDue() {
        while (!due.isEmpty()) {
            List<Flushable> round = due;
            due = spare;
            spare = round;
            for (int i = 0; i < round.size(); i++) {
                flushSafely(round.get(i));
            }
            round.clear();
        }
    }

    private static void flushSafely(Flushable member) {
        try {
            member.flush();
        } catch (Throwable e) {
            LOG.error("a connection could not be flushed and is ended; the others are flushed", e);
            runSafely(member::fail);
        }
    }

    /** The dirty rooms of a rate, and when they go out. */
    private static final class Waiting {
        private final Rate rate;
        private final ArrayDeque<Room> rooms = new ArrayDeque<>();
        private long nextFlushNanos;

        Waiting(Rate rate, long nextFlushNanos) {
            this.rate = rate;
            this.nextFlushNanos = nextFlushNanos;
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("a task of the flush thread failed; it goes on", e);
        }
    }
}
