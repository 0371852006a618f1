package io.agx.market.server.room;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code kline:<symbol>:<interval>[:<utcOffset>]}: the newest revision of each candle wins, a close is never skipped.
 */
final class KlineRoom extends Room {
    /** Revisions that may wait between two flushes; beyond it the oldest candles are left out, and REST has them. */
    static final int MAX_PENDING = 65_536;

    private final Instrument instrument;
    private final Supplier<InstrumentSnapshot> latest;
    private final LongSupplier flushedMillis;
    private final KlineSnapshots snapshots;
    private final Object lock = new Object();
    // Guarded by lock.
    private Map<Key, Changed> pending = new LinkedHashMap<>();
    private @Nullable InstrumentSnapshot pendingSnapshot;
    // Guarded by lock.
    private long openedVersion = Long.MAX_VALUE;
    // The engine thread's own.
    private final List<Kline> staged = new ArrayList<>();

    // The flush thread's own.
    private InstrumentSnapshot published;

    /** @param flushedMillis up to when the engine has left all changes here, as {@link Publisher#flushedMillis} */
    KlineRoom(
            RoomName name,
            Instrument instrument,
            Supplier<InstrumentSnapshot> latest,
            LongSupplier flushedMillis,
            KlineSnapshots snapshots) {
        super(name);
        this.instrument = instrument;
        this.latest = latest;
        this.flushedMillis = flushedMillis;
        this.snapshots = snapshots;
        this.published = latest.get();
    }

    /** Called on the engine's thread: a revision of the flush that {@link #commit} ends. */
    void stage(Kline kline) {
        staged.add(kline);
    }

    /** Called on the engine's thread, with the snapshot that includes all that was staged. */
    void commit(InstrumentSnapshot snapshot) {
        synchronized (lock) {
            if (snapshot.version() > openedVersion) {
                staged.forEach(kline -> leave(kline, snapshot.version()));
                pendingSnapshot = snapshot;
            } // Else the room was opened amid this flush, with a snapshot that has it all.
        }
        staged.clear();
        markDirty();
    }

    /** Called under the lock. */
    private void leave(Kline kline, long version) {
        Key key = new Key(kline.openTimeMillis(), isClose(kline));
        if (key.close) {
            pending.remove(new Key(kline.openTimeMillis(), false)); // Older than the close, which makes it needless.
        }
        pending.remove(key); // Put in again at the end: the order of the changes is kept.
        pending.put(key, new Changed(kline, version));
        if (pending.size() > MAX_PENDING) {
            pending.remove(pending.keySet().iterator().next());
        }
    }

    Instrument instrument() {
        return instrument;
    }

    @Override
    protected void open() {
        synchronized (lock) {
            published = latest.get();
            openedVersion = published.version();
            pending.clear();
            pendingSnapshot = null;
        }
    }

    @Override
    public long publishedSeq() {
        return published.seq();
    }

    @Override
    public long completeTimeMillis() {
        long flushed = flushedMillis.getAsLong(); // Before it is looked whether something of it is pending.
        synchronized (lock) {
            return pendingSnapshot == null ? Math.max(flushed, published.clockMillis()) : published.clockMillis();
        }
    }

    /** What was published so far; all of it is in this snapshot, and nothing else. */
    InstrumentSnapshot published() {
        return published;
    }

    /** The newest snapshot that there is. */
    InstrumentSnapshot newest() {
        return latest.get();
    }

    KlineSnapshots snapshots() {
        return snapshots;
    }

    @Override
    public Entry enter(EntryRequest request, @Nullable Departure departure) {
        return KlineEntry.enter(this, request, departure);
    }

    @Override
    protected void publish(RoomEncoder encoder) {
        Collection<Changed> taken;
        synchronized (lock) {
            if (pendingSnapshot == null) {
                return;
            }
            taken = new ArrayList<>(pending.values());
            published = pendingSnapshot;
            pending = new LinkedHashMap<>();
            pendingSnapshot = null;
        }
        for (Changed changed : taken) {
            offerToAll(audience -> encode(encoder, audience, changed));
        }
    }

    private Publication encode(RoomEncoder encoder, Audience audience, Changed changed) {
        Kline kline = changed.kline;
        byte[] json = encoder.encode(ServerEvent.Push.ofKline(audience.room(), encoder.nowMillis(), instrument, kline)
                .select(audience.fields()));
        Publication publication = isClose(kline)
                ? Publication.close(json, kline.openTimeMillis())
                : Publication.state(json, kline.openTimeMillis());
        return publication.of(new Content.Revision(changed.version));
    }

    /** The one revision with which the clock closes a candle. */
    private static boolean isClose(Kline kline) {
        return kline.closed() && kline.cause() == KlineCause.CLOCK;
    }

    private record Key(long openTimeMillis, boolean close) {}

    /** A revision, and the version of the snapshot of its flush. */
    private record Changed(Kline kline, long version) {}
}
