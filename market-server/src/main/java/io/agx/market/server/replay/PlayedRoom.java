package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One room of a replay: what is due to it since it was published last, at most once per period of its rate in real time. Owned by
 * the replay's thread.
 */
abstract class PlayedRoom {
    private final RoomName name;
    private final long periodNanos;
    private boolean everPublished;
    private long publishedNanos;

    PlayedRoom(RoomName name) {
        this.name = name;
        this.periodNanos = TimeUnit.MILLISECONDS.toNanos(name.rate().periodMillis());
    }

    final RoomName name() {
        return name;
    }

    /** Whether it has something to publish. */
    abstract boolean isPending();

    /** Whether so much is pending that nothing more may be played before it is published, whatever the rate. */
    abstract boolean isFull();

    /** Gives what is pending, in order, and forgets it. */
    abstract void takeInto(Consumer<ServerEvent.Push> messages, Instrument instrument, long clockMillis);

    /** Whether its rate lets it publish at a moment of the monotonic clock. */
    final boolean isDue(long nowNanos) {
        return !everPublished || nowNanos - publishedNanos >= periodNanos;
    }

    final void publish(Consumer<ServerEvent.Push> messages, Instrument instrument, long clockMillis, long nowNanos) {
        everPublished = true;
        publishedNanos = nowNanos;
        takeInto(messages, instrument, clockMillis);
    }
}
