package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code ticker:<symbol>}: the newest value wins. */
final class TickerRoom extends Room {
    private final Instrument instrument;
    private final Supplier<InstrumentSnapshot> latest;
    private final LongSupplier flushedMillis;
    private final AtomicReference<@Nullable Ticker> pending = new AtomicReference<>();
    private @Nullable Ticker published;

    /** @param flushedMillis up to when the engine has left all changes here, as {@link Publisher#flushedMillis} */
    TickerRoom(RoomName name, Instrument instrument, Supplier<InstrumentSnapshot> latest, LongSupplier flushedMillis) {
        super(name);
        this.instrument = instrument;
        this.latest = latest;
        this.flushedMillis = flushedMillis;
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
        long flushed = flushedMillis.getAsLong(); // Before it is looked whether something of it is pending.
        return pending.get() == null ? Math.max(publishedTime, flushed) : publishedTime;
    }

    @Override
    protected void publish(RoomEncoder encoder) {
        Ticker ticker = pending.getAndSet(null);
        if (ticker == null || !isNewer(ticker, published)) {
            return;
        }
        published = ticker;
        offerToAll(audience -> Publication.state(
                        encoder.encode(
                                ServerEvent.Push.ofTicker(audience.room(), encoder.nowMillis(), instrument, ticker)
                                        .select(audience.fields())),
                        0)
                .of(content(ticker)));
    }

    /** There is one element, so no part of it is ever encoded. */
    private Content content(Ticker ticker) {
        return new Content.Tickers(List.of(new Payload.OfTicker(instrument, ticker)), some -> {
            throw new IllegalStateException("a part of one ticker");
        });
    }

    @Override
    Map<Symbol, Payload.OfTicker> publishedTickers() {
        return published == null ? Map.of() : Map.of(instrument.symbol(), new Payload.OfTicker(instrument, published));
    }

    @Override
    public Entry enter(EntryRequest request, @Nullable Departure departure) {
        TickerEntry entry = new TickerEntry(publishedTickers()).with(departure);
        Payload.OfTicker state = entry.state().get(instrument.symbol());
        Long since = request.sinceSeq();
        boolean recovered = departure != null && !request.hasCursor();
        if (since != null) {
            if (since > seqOf(state)) { // It may have been ahead of this room on another connection.
                latest.get().ticker().ifPresent(ticker -> entry.has(new Payload.OfTicker(instrument, ticker)));
                state = entry.state().get(instrument.symbol());
            }
            recovered = since <= seqOf(state);
        }
        Payload given = recovered || request.wanted() > 0 ? state : null;
        return new Entry(seqOf(state), recovered, given, entry.seen(), null);
    }

    private static long seqOf(Payload.@Nullable OfTicker state) {
        return state == null ? 0 : state.ticker().seq();
    }

    /** Whether a ticker is a later state; the same one can come twice around the moment a room opens. */
    static boolean isNewer(Ticker ticker, @Nullable Ticker than) {
        return than == null
                || ticker.seq() > than.seq()
                || ticker.timeMillis() > than.timeMillis()
                || ticker.quoteVersion() > than.quoteVersion();
    }
}
