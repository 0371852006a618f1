package io.agx.market.core.kline;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds trades of one instrument, in log order and with any event times, into candles of all 16 intervals in UTC buckets.
 *
 * <p>The candles are deltas: {@code stored.merge(delta)} is the stored candle with these trades, where the bucket is
 * stored already, and the delta itself is the candle where it is not. Not thread-safe. Its memory is its buckets; the
 * caller bounds them by {@link #bucketCount()} and {@link #drain()}.
 */
public final class KlineAggregator {
    private static final KlineInterval[] INTERVALS = KlineInterval.values();

    /** Trades of one second, not yet in the buckets below: consecutive trades of one second cost one addition. */
    private final KlineAccumulator second = new KlineAccumulator();

    private final List<Map<Long, KlineAccumulator>> buckets = new ArrayList<>();
    private final @Nullable KlineAccumulator[] current = new KlineAccumulator[INTERVALS.length];
    private int bucketCount;

    public KlineAggregator() {
        for (int i = 0; i < INTERVALS.length; i++) {
            buckets.add(new HashMap<>());
        }
    }

    /** Adds the next trade in log order. */
    public void add(Trade trade) {
        long timeMillis = trade.timeMillis();
        if (!second.contains(timeMillis)) {
            spill();
            long openTimeMillis = KlineInterval.SECOND_1.openTimeMillis(timeMillis);
            second.reset(KlineInterval.SECOND_1, openTimeMillis, openTimeMillis + 1_000);
        }
        second.add(trade);
    }

    /** Number of candles that {@link #drain()} would return now. */
    public int bucketCount() {
        spill();
        return bucketCount;
    }

    /** Visits all candles, by interval from short to long, then by open time; cause TRADE, not closed. */
    public void forEach(Consumer<Kline> visitor) {
        spill();
        for (Map<Long, KlineAccumulator> ofInterval : buckets) {
            new TreeMap<>(ofInterval)
                    .values()
                    .forEach(bucket -> visitor.accept(bucket.toKline(false, KlineCause.TRADE)));
        }
    }

    /** Returns what {@link #forEach} visits and forgets it. */
    public List<Kline> drain() {
        List<Kline> klines = new ArrayList<>(bucketCount());
        forEach(klines::add);
        buckets.forEach(Map::clear);
        for (int i = 0; i < current.length; i++) {
            current[i] = null;
        }
        bucketCount = 0;
        return klines;
    }

    private void spill() {
        if (second.isEmpty()) {
            return;
        }
        long timeMillis = second.openTimeMillis();
        for (int i = 0; i < INTERVALS.length; i++) {
            KlineAccumulator bucket = current[i];
            if (bucket == null || !bucket.contains(timeMillis)) {
                bucket = bucketOf(i, timeMillis);
                current[i] = bucket;
            }
            bucket.merge(second);
        }
        second.clear();
    }

    private KlineAccumulator bucketOf(int index, long timeMillis) {
        KlineInterval interval = INTERVALS[index];
        long openTimeMillis = interval.openTimeMillis(timeMillis);
        KlineAccumulator known = buckets.get(index).get(openTimeMillis);
        if (known != null) {
            return known;
        }
        KlineAccumulator bucket = new KlineAccumulator();
        bucket.reset(interval, openTimeMillis, interval.nextOpenTimeMillis(openTimeMillis));
        buckets.get(index).put(openTimeMillis, bucket);
        bucketCount++;
        return bucket;
    }
}
