package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code ticker:<symbol>} of a replay: the newest value wins. */
final class PlayedTicker extends PlayedRoom {
    private @Nullable Ticker pending;

    PlayedTicker(RoomName name) {
        super(name);
    }

    void offer(Ticker ticker) {
        pending = ticker;
    }

    @Override
    boolean isPending() {
        return pending != null;
    }

    /** Never: there is one value. */
    @Override
    boolean isFull() {
        return false;
    }

    @Override
    void takeInto(Consumer<ServerEvent.Push> messages, Instrument instrument, long clockMillis) {
        if (pending != null) {
            messages.accept(ServerEvent.Push.ofTicker(name().toString(), clockMillis, instrument, pending));
            pending = null;
        }
    }
}
