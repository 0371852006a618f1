package io.agx.market.client;

import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's view of a room, as Reactive Streams: takes what comes on the client's thread, and gives it on demand on a listener
 * thread. What is not asked for yet: of tickers and candles the newest of each waits; trades and closes all wait, and count
 * against {@link Deliveries#BOUND}, so that a subscriber that asks for nothing stops its client's reading, not its memory.
 */
final class RoomFlow<T> implements Sink, Flow.Subscription {
    private final Flow.Subscriber<? super T> subscriber;
    private final Deliveries deliveries;
    private final Function<Object, T> type;
    private final Runnable onCancel;
    private final AtomicLong conflated = new AtomicLong();
    // Guarded by this. By what a newer value replaces, or a key that nobody else has.
    private final Map<Object, T> waiting = new LinkedHashMap<>();
    private long demand;
    private boolean running;
    private boolean finished;
    private @Nullable MarketException end;
    private @Nullable IllegalArgumentException misuse;

    /** @param onCancel leaves the room */
    RoomFlow(Flow.Subscriber<? super T> subscriber, Deliveries deliveries, Class<T> type, Runnable onCancel) {
        this.subscriber = subscriber;
        this.deliveries = deliveries;
        this.type = type::cast;
        this.onCancel = onCancel;
    }

    @Override
    public void tickers(RoomName room, List<TickerData> tickers) {
        tickers.forEach(ticker -> add(ticker.symbol(), ticker));
    }

    @Override
    public void kline(RoomName room, KlineData kline) {
        if (kline.closed()) {
            close(kline.openTimeMillis());
            add(new Kept(), kline);
        } else {
            add(kline.openTimeMillis(), kline);
        }
    }

    @Override
    public void trades(RoomName room, List<TradeData> trades) {
        trades.forEach(trade -> add(new Kept(), trade));
    }

    @Override
    public long takeConflated() {
        return conflated.getAndSet(0);
    }

    @Override
    public synchronized void ended(MarketException why) {
        end = why;
        run();
    }

    @Override
    public synchronized void request(long count) {
        if (count <= 0) {
            misuse = new IllegalArgumentException("request must be 1 or higher, was " + count);
        } else {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
        }
        run();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            if (finished) {
                return;
            }
            finish();
        }
        onCancel.run();
    }

    /** The key of what nothing replaces. */
    private static final class Kept {}

    private synchronized void add(Object key, Object value) {
        if (finished) {
            return;
        }
        boolean replaced = waiting.put(key, type.apply(value)) != null;
        if (replaced) {
            conflated.incrementAndGet();
        }
        if (key instanceof Kept) {
            deliveries.hold();
        }
        run();
    }

    /** The revision that waits is needless. */
    private synchronized void close(long openTimeMillis) {
        if (waiting.remove(openTimeMillis) != null) {
            conflated.incrementAndGet();
        }
    }

    /** Called with the lock. */
    private void run() {
        if (!running && !finished && hasNext()) {
            running = true;
            deliveries.execute(this::give);
        }
    }

    private boolean hasNext() {
        return misuse != null || demand > 0 && !waiting.isEmpty() || end != null && waiting.isEmpty();
    }

    private void give() {
        while (true) {
            Runnable signal;
            synchronized (this) {
                if (finished || !hasNext()) {
                    running = false;
                    return;
                }
                signal = next();
            }
            deliveries.call(signal);
        }
    }

    /** Called with the lock. */
    private Runnable next() {
        IllegalArgumentException wrong = misuse;
        if (wrong != null) {
            finish();
            return () -> {
                subscriber.onError(wrong);
                onCancel.run();
            };
        }
        if (waiting.isEmpty()) {
            MarketException why = end;
            finish();
            return why == null || why.code().equals(MarketException.CLOSED)
                    ? subscriber::onComplete
                    : () -> subscriber.onError(why);
        }
        Iterator<Map.Entry<Object, T>> first = waiting.entrySet().iterator();
        Map.Entry<Object, T> entry = first.next();
        T value = entry.getValue();
        boolean kept = entry.getKey() instanceof Kept;
        first.remove();
        demand--;
        return () -> {
            if (kept) {
                deliveries.release();
            }
            subscriber.onNext(value);
        };
    }

    private void finish() {
        finished = true;
        waiting.keySet().forEach(key -> {
            if (key instanceof Kept) {
                deliveries.release();
            }
        });
        waiting.clear();
    }
}
