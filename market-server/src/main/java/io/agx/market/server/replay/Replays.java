package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The replays that run, at most one of a connection, and so many of a server. Thread-safe; never waits but in {@link #close()}. */
public final class Replays implements AutoCloseable {
    private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RoomLoop loop;
    private final MarketHistory history;
    private final TradeHistory trades;
    private final StateLimits stateLimits;
    private final ReplayLimits limits;
    private final LongSupplier clockMillis;
    private final LongSupplier nanoClock;

    private final Object lock = new Object();
    // Guarded by lock; by the id of the connection.
    private final Map<String, Running> running = new HashMap<>();
    // Guarded by lock.
    private boolean closed;
    // Guarded by lock.
    private long started;
    // Guarded by lock.
    private long refused;

    private record Running(Replay replay, Thread thread) {}

    /**
     * @param clockMillis the wall clock, epoch milliseconds
     * @param nanoClock monotonic, by which replays go on
     */
    public Replays(
            RoomLoop loop,
            MarketHistory history,
            TradeHistory trades,
            StateLimits stateLimits,
            ReplayLimits limits,
            LongSupplier clockMillis,
            LongSupplier nanoClock) {
        this.loop = loop;
        this.history = history;
        this.trades = trades;
        this.stateLimits = stateLimits;
        this.limits = limits;
        this.clockMillis = clockMillis;
        this.nanoClock = nanoClock;
    }

    /** How many may run at once. */
    public int maxAtOnce() {
        return limits.maxAtOnce();
    }

    /** Replays begun since the start. */
    public long startedCount() {
        synchronized (lock) {
            return started;
        }
    }

    /** Replays refused because so many ran. */
    public long refusedCount() {
        synchronized (lock) {
            return refused;
        }
    }

    /** Replays that run now. */
    public int count() {
        synchronized (lock) {
            return running.size();
        }
    }

    /**
     * Begins a replay; all that is said of it comes through the subscriber's playback. Where every room is refused, that is the answer.
     *
     * @throws ProtocolException if it cannot begin
     */
    public void start(ClientCommand.Replay command, Subscriber subscriber) {
        Instrument instrument = history.snapshot(command.symbol()).instrument();
        requireRange(command);
        ReplayRooms rooms = ReplayRooms.of(command.rooms(), command.symbol(), limits.maxRooms());
        if (rooms.names().isEmpty()) {
            ServerEvent answer = new ServerEvent.Replaying(command.id(), rooms.replies());
            loop.execute(() -> subscriber.reply(answer));
            return;
        }
        Replay replay = new Replay(
                command,
                rooms.replies(),
                new PlayedState(instrument, rooms.names(), stateLimits),
                new WarmUp(history, trades, stateLimits, limits.maxWarmUpTrades()),
                trades,
                new ReplayPipe(subscriber, loop, limits.maxWaitingBytes()),
                nanoClock);
        begin(subscriber.id(), replay);
    }

    private void begin(String connectionId, Replay replay) {
        synchronized (lock) {
            if (closed) {
                throw new ProtocolException(ErrorCode.SHUTTING_DOWN, null, "the server is stopping");
            }
            if (running.containsKey(connectionId)) {
                throw new ProtocolException(
                        ErrorCode.ALREADY_EXISTS, null, "a connection has one replay at a time; stop_replay ends it");
            }
            if (running.size() >= limits.maxAtOnce()) {
                refused++;
                throw new ProtocolException(
                        ErrorCode.BACK_PRESSURE,
                        null,
                        "at most " + limits.maxAtOnce() + " replays run at once on this server");
            }
            started++;
            Thread thread = new Thread(replay, "market-replay-" + started);
            replay.onFinished(() -> finished(connectionId));
            thread.setDaemon(true);
            thread.start(); // Before it is noted: a thread that cannot be had takes no place. It ends under the lock.
            running.put(connectionId, new Running(replay, thread));
        }
    }

    private void finished(String connectionId) {
        synchronized (lock) {
            running.remove(connectionId);
        }
    }

    /**
     * Ends a connection's replay where it is.
     *
     * @throws ProtocolException {@link ErrorCode#NOT_FOUND} if none runs, or it is being ended already
     */
    public void stop(ClientCommand.StopReplay command, Subscriber subscriber) {
        synchronized (lock) {
            Running found = running.get(subscriber.id());
            if (found == null || !found.replay.stop(command.id())) {
                throw new ProtocolException(ErrorCode.NOT_FOUND, null, "no replay runs on this connection");
            }
        }
    }

    /** A connection is gone, and its replay with it. */
    public void connectionEnded(String connectionId) {
        synchronized (lock) {
            Running found = running.get(connectionId);
            if (found != null) {
                found.replay.connectionEnded();
            }
        }
    }

    /** Ends all replays with an error to their connections, and takes no more; waits a second at most. Idempotent. */
    @Override
    public void close() {
        List<Running> ending;
        synchronized (lock) {
            closed = true;
            ending = List.copyOf(running.values());
        }
        ending.forEach(each -> each.replay.shutDown());
        long deadlineNanos = System.nanoTime() + STOP_NANOS;
        try {
            for (Running each : ending) {
                each.thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireRange(ClientCommand.Replay command) {
        long length = command.toTimeMillis() - command.fromTimeMillis();
        long now = clockMillis.getAsLong();
        if (length <= 0) {
            throw bad("toTime must be after fromTime " + command.fromTimeMillis() + ", was " + command.toTimeMillis());
        }
        if (command.toTimeMillis() > now) {
            throw bad("toTime must not be after now, " + now + ", was " + command.toTimeMillis());
        }
        if (length > limits.maxRangeMillis()) {
            throw tooLarge("toTime must be at most " + limits.maxRangeMillis() + " ms after fromTime, was " + length);
        }
        if (length / command.speed() > limits.maxLastingMillis()) {
            throw tooLarge("a replay must last at most " + Duration.ofMillis(limits.maxLastingMillis())
                    + ", at speed " + command.speed() + " this one lasts "
                    + Duration.ofMillis(length / command.speed()));
        }
    }

    private static ProtocolException bad(String message) {
        return new ProtocolException(ErrorCode.BAD_FIELD, "toTime", message);
    }

    private static ProtocolException tooLarge(String message) {
        return new ProtocolException(ErrorCode.TOO_LARGE, "toTime", message);
    }
}
