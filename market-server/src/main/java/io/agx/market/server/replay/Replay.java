package io.agx.market.server.replay;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.history.TradeHistory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replay from its first reply to its last, on a thread of its own. Any thread may end it. */
final class Replay implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    /** Between two steps: well below the shortest rate. */
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private enum Ending {
        NONE,
        STOPPED,
        SHUT_DOWN,
        CONNECTION_GONE,
        FINISHED
    }

    private final ClientCommand.Replay command;
    private final List<ServerEvent.RoomReply> rooms;
    private final PlayedState state;
    private final WarmUp warmUp;
    private final TradeHistory trades;
    private final ReplayPipe pipe;
    private final LongSupplier nanoClock;
    private Runnable onFinished = () -> {};
    // Written under the lock, once; read by its thread at each step.
    private volatile Ending ending = Ending.NONE;
    // Guarded by the lock.
    private @Nullable RequestId stopId;

    /** @param rooms what each room asked for is answered */
    Replay(
            ClientCommand.Replay command,
            List<ServerEvent.RoomReply> rooms,
            PlayedState state,
            WarmUp warmUp,
            TradeHistory trades,
            ReplayPipe pipe,
            LongSupplier nanoClock) {
        this.command = command;
        this.rooms = rooms;
        this.state = state;
        this.warmUp = warmUp;
        this.trades = trades;
        this.pipe = pipe;
        this.nanoClock = nanoClock;
    }

    /** What to do before its last message goes out, after which its connection may begin another. Called before it runs. */
    void onFinished(Runnable task) {
        onFinished = task;
    }

    /**
     * Has it end where it is; {@code replayed} and the answer to the command follow.
     *
     * @return false if it has ended already, or is being ended
     */
    synchronized boolean stop(@Nullable RequestId commandId) {
        if (!end(Ending.STOPPED)) {
            return false;
        }
        stopId = commandId;
        return true;
    }

    /** Ends it with an error: the server stops. */
    void shutDown() {
        end(Ending.SHUT_DOWN);
    }

    /** Ends it without a word. */
    void connectionEnded() {
        end(Ending.CONNECTION_GONE);
    }

    private synchronized boolean end(Ending how) {
        if (ending != Ending.NONE && (how == Ending.STOPPED || ending == Ending.FINISHED)) {
            return false;
        }
        ending = how;
        return true;
    }

    @Override
    public void run() {
        try {
            play();
        } catch (ProtocolException e) {
            pipe.put(ServerEvent.ErrorEvent.of(e.of(command.id())));
        } catch (RuntimeException e) {
            LOG.error("replay failed: symbol={}", command.symbol(), e);
            pipe.put(ServerEvent.ErrorEvent.of(
                    command.id(), ErrorCode.INTERNAL, "the server failed; the fault is its own"));
        } finally {
            finish();
            onFinished.run();
            pipe.flush();
        }
    }

    private void play() {
        pipe.put(new ServerEvent.Replaying(command.id(), rooms));
        pipe.flush();
        warmUp.run(state, command.fromTimeMillis(), () -> ending != Ending.NONE);
        if (ending == Ending.STOPPED) {
            pipe.put(replayed(command.fromTimeMillis(), 0, 0));
        }
        if (ending != Ending.NONE) {
            return;
        }
        Player player = new Player(
                command,
                state,
                trades.stretch(command.symbol(), command.fromTimeMillis(), command.toTimeMillis()),
                pipe,
                nanoClock.getAsLong());
        while (player.step(nanoClock.getAsLong())) {
            switch (ending) {
                case SHUT_DOWN, CONNECTION_GONE -> {
                    return;
                }
                case STOPPED -> player.endHere();
                case NONE, FINISHED -> {}
            }
            if (pipe.isGone()) {
                return;
            }
            LockSupport.parkNanos(this, STEP_NANOS);
        }
        pipe.put(replayed(player.endMillis(), player.playedTrades(), player.lastSeq()));
    }

    private ServerEvent.Replayed replayed(long toMillis, long playedTrades, long lastSeq) {
        return new ServerEvent.Replayed(
                command.id(), command.symbol(), command.fromTimeMillis(), toMillis, playedTrades, lastSeq);
    }

    private synchronized void finish() {
        if (ending == Ending.SHUT_DOWN) {
            pipe.put(ServerEvent.ErrorEvent.of(
                    command.id(), ErrorCode.SHUTTING_DOWN, "the server is stopping; replay the rest elsewhere"));
        } else if (ending == Ending.STOPPED) {
            pipe.put(new ServerEvent.ReplayStopped(stopId));
        }
        ending = Ending.FINISHED;
    }
}
