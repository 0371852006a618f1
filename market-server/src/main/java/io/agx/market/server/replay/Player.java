package io.agx.market.server.replay;

import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.history.TradeStretch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays a stretch of the past into a pipe, a step at a time. Owned by the replay's thread.
 *
 * <p>The time in it is {@code fromTime} and the real time since its start, by its speed. It is paced by its reader: while the pipe has no
 * room nothing is played, and when that lasts, the time in it waits. So nothing is ever left out.
 */
final class Player {
    /** Real time that it may catch up; what it falls behind beyond that, its time has waited. */
    private static final long MAX_BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Trades of a round; after a round the rooms are published, each with one round's at most on top of its own bound. */
    private static final int ROUND_TRADES = 400;

    /** Time of a round: so many closes of {@code 1s} as a room may have pending. */
    private static final long ROUND_CLOCK_MILLIS = PlayedKlines.MAX_PENDING * 1_000L;

    private final @Nullable RequestId id;
    private final PlayedState state;
    private final TradeStretch trades;
    private final ReplayPipe pipe;
    private final long fromMillis;
    private final int speed;
    private long endMillis;
    private long lastNanos;
    // Time since fromTime that should have been played; a week is far below the bound of a long.
    private long wantedNanos;
    private long playedTrades;
    private long lastSeq;
    private int firstRoom;

    /**
     * @param state warmed up to {@code fromTime}
     * @param trades those of the stretch
     * @param nowNanos the monotonic clock
     */
    Player(ClientCommand.Replay command, PlayedState state, TradeStretch trades, ReplayPipe pipe, long nowNanos) {
        this.id = command.id();
        this.state = state;
        this.trades = trades;
        this.pipe = pipe;
        this.fromMillis = command.fromTimeMillis();
        this.speed = command.speed();
        this.endMillis = command.toTimeMillis();
        this.lastNanos = nowNanos;
    }

    /**
     * Plays what is due, as far as the pipe has room.
     *
     * @return whether there is more; false when all is played and given to the pipe
     */
    boolean step(long nowNanos) {
        moveTime(nowNanos);
        long target = Math.min(fromMillis + TimeUnit.NANOSECONDS.toMillis(wantedNanos), endMillis);
        boolean published = true;
        while (pipe.hasRoom() && (published || !hasPlayed(target))) {
            if (!state.hasFullRoom()) {
                playRound(target);
            }
            published = publish(nowNanos);
        }
        pipe.flush();
        return !hasPlayed(endMillis) || state.isPending();
    }

    /** Makes the moment that it has come to the end: what is of the same millisecond is played at once, and nothing after it. */
    void endHere() {
        endMillis = Math.min(endMillis, state.clockMillis() + 1);
        wantedNanos = Math.max(wantedNanos, TimeUnit.MILLISECONDS.toNanos(endMillis - fromMillis));
    }

    /** Exclusive end: as asked, or where {@link #endHere} put it. */
    long endMillis() {
        return endMillis;
    }

    long playedTrades() {
        return playedTrades;
    }

    /** Of the last trade that was played; 0 before. */
    long lastSeq() {
        return lastSeq;
    }

    private void moveTime(long nowNanos) {
        long reachedNanos = TimeUnit.MILLISECONDS.toNanos(state.clockMillis() - fromMillis);
        wantedNanos = Math.min(wantedNanos + (nowNanos - lastNanos) * speed, reachedNanos + MAX_BEHIND_NANOS * speed);
        lastNanos = nowNanos;
    }

    private boolean hasPlayed(long targetMillis) {
        return state.clockMillis() >= targetMillis && dueBy(targetMillis) == null;
    }

    /** The next trade, if it is due. They are played by {@code seq}: one that came late waits for those before it, as it did. */
    private @Nullable Trade dueBy(long targetMillis) {
        Trade next = trades.peek();
        return next != null && next.timeMillis() <= targetMillis && next.timeMillis() < endMillis ? next : null;
    }

    private void playRound(long targetMillis) {
        long untilMillis = Math.min(targetMillis, state.clockMillis() + ROUND_CLOCK_MILLIS);
        for (int i = 0; i < ROUND_TRADES; i++) {
            Trade next = dueBy(untilMillis);
            if (next == null) {
                state.advance(untilMillis);
                return;
            }
            state.advance(next.timeMillis());
            state.apply(next);
            trades.take();
            playedTrades++;
            lastSeq = next.seq();
        }
    }

    /** Publishes the rooms that are due, in turn, for as long as the pipe has room; at the end all of them. */
    private boolean publish(long nowNanos) {
        state.collect();
        boolean all = hasPlayed(endMillis);
        boolean published = false;
        List<PlayedRoom> rooms = state.rooms();
        int first = firstRoom;
        for (int i = 0; i < rooms.size(); i++) {
            int at = (first + i) % rooms.size();
            PlayedRoom room = rooms.get(at);
            if (!pipe.hasRoom()) {
                firstRoom = at;
                return true;
            }
            if (room.isPending() && (all || room.isFull() || room.isDue(nowNanos))) {
                room.publish(
                        push -> pipe.put(new ServerEvent.Played(id, push)),
                        state.instrument(),
                        state.clockMillis(),
                        nowNanos);
                published = true;
            }
        }
        return published;
    }
}
