package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code ticker:<symbol>}: the newest value wins. */
final class TickerRoom extends Room {
    private final Instrument instrument;
    private final Supplier<InstrumentSnapshot> latest;
    private final AtomicReference<@Nullable Ticker> pending = new AtomicReference<>();
    private @Nullable Ticker published;

    TickerRoom(RoomName name, Instrument instrument, Supplier<InstrumentSnapshot> latest) {
        super(name);
        this.instrument = instrument;
        this.latest = latest;
    }

    /** Called on the engine's thread. */
    void offer(Ticker ticker) {
        pending.set(ticker);
        markDirty();
    }

    @Override
    protected void open() {
        published = latest.get().ticker().orElse(null);
    }

    @Override
    public long publishedSeq() {
        return published == null ? 0 : published.seq();
    }

    @Override
    public long completeTimeMillis() {
        long publishedTime = published == null ? 0 : published.timeMillis();
        return pending.get() == null ? Math.max(publishedTime, latest.get().clockMillis()) : publishedTime;
    }

    @Override
    public @Nullable Payload snapshot(int count) {
        return count == 0 || published == null ? null : new Payload.OfTicker(instrument, published);
    }

    @Override
    protected void publish(RoomEncoder encoder) {
        Ticker ticker = pending.getAndSet(null);
        if (ticker == null || !isNewer(ticker, published)) {
            return;
        }
        published = ticker;
        offerToAll(Publication.state(
                encoder.encode(ServerEvent.Push.ofTicker(name().toString(), encoder.nowMillis(), instrument, ticker)),
                0));
    }

    /** Whether a ticker is a later state; the same one can come twice around the moment a room opens. */
    static boolean isNewer(Ticker ticker, @Nullable Ticker than) {
        return than == null || ticker.seq() > than.seq() || ticker.timeMillis() > than.timeMillis();
    }
}
