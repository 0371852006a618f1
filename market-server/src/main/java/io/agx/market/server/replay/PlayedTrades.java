package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@code trade:<symbol>} of a replay: every trade. */
final class PlayedTrades extends PlayedRoom {
    /** Trades of one message, as in a live room. */
    static final int MAX_TRADES_PER_MESSAGE = 400;

    private List<Trade> pending = new ArrayList<>();

    PlayedTrades(RoomName name) {
        super(name);
    }

    /** The next trade; at most one step's after it is full. */
    void add(Trade trade) {
        pending.add(trade);
    }

    @Override
    boolean isPending() {
        return !pending.isEmpty();
    }

    @Override
    boolean isFull() {
        return pending.size() >= MAX_TRADES_PER_MESSAGE;
    }

    @Override
    void takeInto(Consumer<ServerEvent.Push> messages, Instrument instrument, long clockMillis) {
        List<Trade> taken = pending;
        pending = new ArrayList<>();
        for (int from = 0; from < taken.size(); from += MAX_TRADES_PER_MESSAGE) {
            List<Trade> part = taken.subList(from, Math.min(taken.size(), from + MAX_TRADES_PER_MESSAGE));
            messages.accept(ServerEvent.Push.ofTrades(name().toString(), clockMillis, instrument, part));
        }
    }
}
