package io.agx.market.client;

import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells tickers to a listener: of each symbol the newest, if the listener is slower than they come. */
final class LatestTickers implements Sink {
    private final Deliveries deliveries;
    private final TickerListener listener;
    private final AtomicLong conflated = new AtomicLong();
    // What the call that waits in the line will tell; null if none waits.
    private @Nullable Map<String, TickerData> waiting; // Guarded by this.

    LatestTickers(Deliveries deliveries, TickerListener listener) {
        this.deliveries = deliveries;
        this.listener = listener;
    }

    @Override
    public void tickers(RoomName room, List<TickerData> tickers) {
        if (add(tickers)) {
            deliveries.post(() -> listener.onTickers(room, take()));
        }
    }

    @Override
    public long takeConflated() {
        return conflated.getAndSet(0);
    }

    /** Returns whether nobody has been asked yet to take what waits. */
    private synchronized boolean add(List<TickerData> tickers) {
        Map<String, TickerData> latest = waiting;
        boolean first = latest == null;
        if (latest == null) {
            latest = new LinkedHashMap<>();
            waiting = latest;
        }
        for (TickerData ticker : tickers) {
            if (latest.put(ticker.symbol(), ticker) != null) {
                conflated.incrementAndGet();
            }
        }
        return first;
    }

    private synchronized List<TickerData> take() {
        List<TickerData> taken = waiting == null ? List.of() : List.copyOf(waiting.values());
        waiting = null;
        return taken;
    }
}
