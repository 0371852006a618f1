package io.agx.market.server.store;

import io.agx.market.core.kline.KlineAggregator;
import io.agx.market.core.kline.KlineFold;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;

/**
 * Computes candles anew from what is stored: those of a second from the trades, every longer one from the shorter ones in it. So it
 * does not matter what they were.
 */
final class KlineUndo {
    private static final KlineInterval[] INTERVALS = KlineInterval.values();

    private final BiFunction<Long, Long, List<Trade>> storedTrades;

    /** @param storedTrades the stored trades with a time in [from, to) */
    KlineUndo(BiFunction<Long, Long, List<Trade>> storedTrades) {
        this.storedTrades = storedTrades;
    }

    /** Computes all candles of an instrument anew that hold the time of one of these trades. */
    void run(Handle handle, int instrumentId, List<Trade> trades) throws SQLException {
        for (KlineInterval interval : INTERVALS) {
            Set<Long> openTimes = new TreeSet<>();
            trades.forEach(trade -> openTimes.add(interval.openTimeMillis(trade.timeMillis())));
            for (long openTime : openTimes) {
                KlineRows.replace(
                        handle, instrumentId, interval, openTime, compute(handle, instrumentId, interval, openTime));
            }
        }
    }

    private List<Kline> compute(Handle handle, int instrumentId, KlineInterval interval, long openTime) {
        long nextOpenTime = interval.nextOpenTimeMillis(openTime);
        if (interval == KlineInterval.SECOND_1) {
            KlineAggregator aggregator = new KlineAggregator();
            storedTrades.apply(openTime, nextOpenTime).forEach(aggregator::add);
            return aggregator.drain().stream()
                    .filter(kline -> kline.interval() == interval)
                    .toList();
        }
        List<Kline> finer = KlineRows.select(
                handle, instrumentId, finerOf(interval), openTime, nextOpenTime, Integer.MAX_VALUE, false);
        return KlineFold.fold(finer, interval, 0);
    }

    private static KlineInterval finerOf(KlineInterval interval) {
        for (int i = interval.ordinal() - 1; i > 0; i--) {
            if (interval.isDivisibleBy(INTERVALS[i], 0)) {
                return INTERVALS[i];
            }
        }
        return KlineInterval.SECOND_1;
    }
}
