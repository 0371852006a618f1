package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** {@code kline:<symbol>:<interval>} of a replay: the newest revision of each candle wins, and nothing replaces a close. */
final class PlayedKlines extends PlayedRoom {
    /** Pending revisions, before they are published whatever the rate: some 70 KB. */
    static final int MAX_PENDING = 200;

    private Map<Revision, Kline> pending = new LinkedHashMap<>();

    PlayedKlines(RoomName name) {
        super(name);
    }

    /** A revision; a step's closes may come after it is full. */
    void offer(Kline kline) {
        Revision key = new Revision(kline.openTimeMillis(), kline.closed() && kline.cause() == KlineCause.CLOCK);
        pending.remove(key); // Put in again at the end: the order of the changes is kept.
        pending.put(key, kline);
    }

    @Override
    boolean isPending() {
        return !pending.isEmpty();
    }

    @Override
    boolean isFull() {
        return pending.size() >= MAX_PENDING;
    }

    @Override
    void takeInto(Consumer<ServerEvent.Push> messages, Instrument instrument, long clockMillis) {
        Map<Revision, Kline> taken = pending;
        pending = new LinkedHashMap<>();
        taken.values()
                .forEach(kline ->
                        messages.accept(ServerEvent.Push.ofKline(name().toString(), clockMillis, instrument, kline)));
    }

    private record Revision(long openTimeMillis, boolean close) {}
}
