package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.SymbolPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code ticker:<pattern>}, such as {@code ticker:*} or {@code ticker:BTC-*}: an array of the tickers that changed. An instrument that is
 * defined later and matches is in it. Bounded by the number of instruments.
 */
final class PatternRoom extends Room {
    private final SymbolPattern pattern;
    private final SnapshotCache cache;
    private final Map<Symbol, Payload.OfTicker> published = new TreeMap<>();
    // Newest time of what was published: asked for by each member's heartbeat.
    private long newestMillis;
    private final Object lock = new Object();
    // Guarded by lock.
    private Map<Symbol, Payload.OfTicker> pending = new HashMap<>();

    PatternRoom(RoomName name, SymbolPattern pattern, SnapshotCache cache) {
        super(name);
        this.pattern = pattern;
        this.cache = cache;
    }

    boolean matches(Symbol symbol) {
        return pattern.matches(symbol);
    }

    /** Called on the engine's thread, for instruments that match only. */
    void offer(Instrument instrument, Ticker ticker) {
        synchronized (lock) {
            pending.put(instrument.symbol(), new Payload.OfTicker(instrument, ticker));
        }
        markDirty();
    }

    @Override
    protected void open() {
        for (InstrumentSnapshot snapshot : cache.all()) {
            if (matches(snapshot.instrument().symbol())) {
                snapshot.ticker().ifPresent(ticker -> publish(new Payload.OfTicker(snapshot.instrument(), ticker)));
            }
        }
    }

    /** 0: each element has its own. */
    @Override
    public long publishedSeq() {
        return 0;
    }

    @Override
    public long completeTimeMillis() {
        return newestMillis;
    }

    private void publish(Payload.OfTicker element) {
        published.put(element.instrument().symbol(), element);
        newestMillis = Math.max(newestMillis, element.ticker().timeMillis());
    }

    @Override
    Map<Symbol, Payload.OfTicker> publishedTickers() {
        return Collections.unmodifiableMap(published);
    }

    @Override
    public Entry enter(EntryRequest request, @Nullable Departure departure) {
        boolean recovered = request.hasCursor() ? isOfThisHistory(request) : departure != null;
        boolean given = recovered || request.wanted() > 0;
        if (given && published.size() > request.limit()) {
            throw new ProtocolException(
                    ErrorCode.TOO_LARGE,
                    "room",
                    "the reply has no room for " + published.size() + " tickers more, at most for " + request.limit()
                            + "; ask again for this room");
        }
        TickerEntry entry = new TickerEntry(published).with(departure);
        Collection<Payload.OfTicker> state = entry.state().values();
        return new Entry(0, recovered, given ? new Payload.OfTickers(List.copyOf(state)) : null, entry.seen(), null);
    }

    /** A room of seq 0 tells no other cursor. */
    private static boolean isOfThisHistory(EntryRequest request) {
        return request.sinceSeq() != null && request.sinceSeq() == 0;
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
                publish(element);
                changed.add(element);
            }
        });
        if (changed.isEmpty()) {
            return;
        }
        changed.sort((a, b) -> a.instrument().symbol().compareTo(b.instrument().symbol()));
        offerToAll(audience -> change(encoder, audience, changed));
    }

    /** A member that still waits for an earlier change gets the whole state, so that it loses no symbol. */
    private Publication change(RoomEncoder encoder, Audience audience, List<Payload.OfTicker> tickers) {
        return Publication.change(
                        encode(encoder, audience, tickers),
                        () -> whole(encoder, audience, List.copyOf(published.values())))
                .of(new Content.Tickers(tickers, some -> change(encoder, audience, some)));
    }

    private static Publication whole(RoomEncoder encoder, Audience audience, List<Payload.OfTicker> tickers) {
        return Publication.state(encode(encoder, audience, tickers), 0)
                .of(new Content.Tickers(tickers, some -> whole(encoder, audience, some)));
    }

    private static byte[] encode(RoomEncoder encoder, Audience audience, List<Payload.OfTicker> tickers) {
        return encoder.encode(ServerEvent.Push.ofTickers(audience.room(), encoder.nowMillis(), tickers)
                .select(audience.fields()));
    }
}
