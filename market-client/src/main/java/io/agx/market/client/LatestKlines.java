package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells candles to a listener: of each candle the newest revision, if the listener is slower than they come. A closed candle is told
 * each time, in its place.
 */
final class LatestKlines implements Sink {
    private final Deliveries deliveries;
    private final KlineListener listener;
    private final AtomicLong conflated = new AtomicLong();
    // What the last call of the line will tell, if that is one of revisions. Guarded by this.
    private @Nullable Map<Long, KlineData> waiting;

    LatestKlines(Deliveries deliveries, KlineListener listener) {
        this.deliveries = deliveries;
        this.listener = listener;
    }

    @Override
    public void kline(RoomName room, KlineData kline) {
        if (kline.closed()) {
            close(kline);
            deliveries.post(() -> listener.onKline(room, kline));
        } else {
            Map<Long, KlineData> begun = revise(kline);
            if (begun != null) {
                deliveries.post(() -> tell(room, begun));
            }
        }
    }

    @Override
    public long takeConflated() {
        return conflated.getAndSet(0);
    }

    /** The revision that still waits is needless; those to come go behind the close. */
    private synchronized void close(KlineData kline) {
        if (waiting != null && waiting.remove(kline.openTimeMillis()) != null) {
            conflated.incrementAndGet();
        }
        waiting = null;
    }

    /** Returns the revisions that are to be told, if nobody does yet. */
    private synchronized @Nullable Map<Long, KlineData> revise(KlineData kline) {
        Map<Long, KlineData> revisions = waiting;
        if (revisions == null) {
            revisions = new LinkedHashMap<>();
            revisions.put(kline.openTimeMillis(), kline);
            waiting = revisions;
            return revisions;
        }
        if (revisions.put(kline.openTimeMillis(), kline) != null) {
            conflated.incrementAndGet();
        }
        return null;
    }

    @SuppressWarnings("ReferenceEquality") // Whether it is this very batch that others may still add to.
    private void tell(RoomName room, Map<Long, KlineData> revisions) {
        KlineData[] taken;
        synchronized (this) {
            taken = revisions.values().toArray(KlineData[]::new);
            if (waiting == revisions) {
                waiting = null;
            }
        }
        for (KlineData kline : taken) {
            deliveries.call(() -> listener.onKline(room, kline));
        }
    }
}
