package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code ticker:*}: an array of the tickers that changed. Bounded by the number of instruments. */
final class AllTickersRoom extends Room {
    private final SnapshotCache cache;
    private final Map<Symbol, Payload.OfTicker> published = new TreeMap<>();
    private final Object lock = new Object();
    // Guarded by lock.
    private Map<Symbol, Payload.OfTicker> pending = new HashMap<>();

    AllTickersRoom(RoomName name, SnapshotCache cache) {
        super(name);
        this.cache = cache;
    }

    /** Called on the engine's thread. */
    void offer(Instrument instrument, Ticker ticker) {
        synchronized (lock) {
            pending.put(instrument.symbol(), new Payload.OfTicker(instrument, ticker));
        }
        markDirty();
    }

    @Override
    protected void open() {
        for (InstrumentSnapshot snapshot : cache.all()) {
            snapshot.ticker()
                    .ifPresent(ticker -> published.put(
                            snapshot.instrument().symbol(), new Payload.OfTicker(snapshot.instrument(), ticker)));
        }
    }

    /** 0: each element has its own. */
    @Override
    public long publishedSeq() {
        return 0;
    }

    @Override
    public long completeTimeMillis() {
        long time = 0;
        for (Payload.OfTicker element : published.values()) {
            time = Math.max(time, element.ticker().timeMillis());
        }
        return time;
    }

    @Override
    public @Nullable Payload snapshot(int count) {
        return count == 0 ? null : new Payload.OfTickers(List.copyOf(published.values()));
    }

    @Override
    protected void publish(RoomEncoder encoder) {
        Map<Symbol, Payload.OfTicker> taken;
        synchronized (lock) {
            taken = pending;
            pending = new HashMap<>();
        }
        List<Payload.OfTicker> changed = new ArrayList<>(taken.size());
        taken.forEach((symbol, element) -> {
            Payload.OfTicker before = published.get(symbol);
            if (TickerRoom.isNewer(element.ticker(), before == null ? null : before.ticker())) {
                published.put(symbol, element);
                changed.add(element);
            }
        });
        if (changed.isEmpty()) {
            return;
        }
        changed.sort((a, b) -> a.instrument().symbol().compareTo(b.instrument().symbol()));
        // A member that still waits for an earlier change gets the whole state, so that it loses no symbol.
        offerToAll(Publication.change(
                encode(encoder, changed),
                () -> Publication.state(encode(encoder, List.copyOf(published.values())), 0)));
    }

    private byte[] encode(RoomEncoder encoder, List<Payload.OfTicker> tickers) {
        return encoder.encode(ServerEvent.Push.ofTickers(name().toString(), encoder.nowMillis(), tickers));
    }
}
