package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code trade:<symbol>}: every trade, in the order of {@code seq}, or an explicit gap. */
final class TradeRoom extends Room {
    /** Trades that may wait between two flushes: over half a second at 100,000 trades/s. More become a gap. */
    static final int MAX_PENDING = 65_536;

    /** Trades of one message: keeps it below the 64 KiB that a client must be ready to take. */
    static final int MAX_TRADES_PER_MESSAGE = 400;

    private final Instrument instrument;
    private final Supplier<InstrumentSnapshot> latest;
    private final LongSupplier flushedMillis;
    private final Object lock = new Object();
    // Guarded by lock.
    private List<Trade> pending = new ArrayList<>();
    private @Nullable InstrumentSnapshot pendingSnapshot;

    // The flush thread's own.
    private InstrumentSnapshot published;

    /** @param flushedMillis up to when the engine has left all changes here, as {@link Publisher#flushedMillis} */
    TradeRoom(RoomName name, Instrument instrument, Supplier<InstrumentSnapshot> latest, LongSupplier flushedMillis) {
        super(name);
        this.flushedMillis = flushedMillis;
        this.instrument = instrument;
        this.latest = latest;
        this.published = latest.get();
    }

    /** Called on the engine's thread: trades of the flush that {@link #commit} ends. */
    void stage(List<Trade> trades) {
        synchronized (lock) {
            if (pending.size() + trades.size() > MAX_PENDING) {
                pending.clear(); // Every member sees the hole in the sequence and is told of it.
            }
            pending.addAll(trades);
        }
    }

    /** Called on the engine's thread, with the snapshot that includes all that was staged. */
    void commit(InstrumentSnapshot snapshot) {
        synchronized (lock) {
            pendingSnapshot = snapshot;
        }
        markDirty();
    }

    Instrument instrument() {
        return instrument;
    }

    @Override
    public String restOf(long fromSeq) {
        return "/api/v1/trades?symbol=" + instrument.symbol() + "&fromSeq=" + fromSeq;
    }

    @Override
    protected void open() {
        published = latest.get();
    }

    @Override
    public long publishedSeq() {
        return published.seq();
    }

    @Override
    public long completeTimeMillis() {
        long flushed =
                flushedMillis.getAsLong(); // Before it is looked whether there are trades that are not published.
        InstrumentSnapshot newest = latest.get();
        return newest.seq() == published.seq() ? Math.max(flushed, newest.clockMillis()) : published.clockMillis();
    }

    /** The newest published trades that the cache still has; ascending. */
    List<Trade> trades() {
        return published.trades();
    }

    /** The newest trades that there are, published here or not; ascending. */
    List<Trade> newestTrades() {
        return latest.get().trades();
    }

    /** Trades that wait to be published, ascending. */
    List<Trade> pendingTrades() {
        synchronized (lock) {
            return List.copyOf(pending);
        }
    }

    /** Highest {@code seq} that there is, published here or not. */
    long newestSeq() {
        return latest.get().seq();
    }

    @Override
    public Entry enter(EntryRequest request, @Nullable Departure departure) {
        return TradeEntry.enter(this, request, departure);
    }

    /**
     * Takes what follows the published trades, up to a {@code seq}: around the moment a room opens, trades come that its first
     * snapshot has already, and trades after it are staged for a flush that is not committed yet. Called under the lock.
     */
    private List<Trade> takeUpTo(long seq) {
        int from = 0;
        while (from < pending.size() && pending.get(from).seq() <= published.seq()) {
            from++;
        }
        int to = pending.size();
        while (to > from && pending.get(to - 1).seq() > seq) {
            to--;
        }
        List<Trade> taken = pending.subList(from, to);
        pending = new ArrayList<>(pending.subList(to, pending.size()));
        return taken;
    }

    @Override
    protected void publish(RoomEncoder encoder) {
        List<Trade> taken;
        InstrumentSnapshot snapshot;
        synchronized (lock) {
            if (pendingSnapshot == null) {
                return;
            }
            snapshot = pendingSnapshot;
            pendingSnapshot = null;
            taken = takeUpTo(snapshot.seq());
        }
        if (taken.isEmpty()) {
            return; // All of it was in the room's first snapshot; or it was dropped, and the next message shows the
            // hole.
        }
        published = snapshot;
        for (int next = 0; next < taken.size(); next += MAX_TRADES_PER_MESSAGE) {
            List<Trade> part = taken.subList(next, Math.min(taken.size(), next + MAX_TRADES_PER_MESSAGE));
            offerToAll(audience -> encode(encoder, audience, part));
        }
    }

    private Publication encode(RoomEncoder encoder, Audience audience, List<Trade> part) {
        byte[] json = encoder.encode(ServerEvent.Push.ofTrades(audience.room(), encoder.nowMillis(), instrument, part)
                .select(audience.fields()));
        return Publication.log(
                        json, part.get(0).seq(), part.get(part.size() - 1).seq())
                .of(new Content.Trades(part, some -> encode(encoder, audience, some)));
    }
}
