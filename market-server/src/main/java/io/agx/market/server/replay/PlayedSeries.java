package io.agx.market.server.replay;

import io.agx.market.core.kline.KlineSeries;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.StateLimits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The candles of one interval and offset, and the rooms of a replay that show them. Owned by the replay's thread. */
final class PlayedSeries {
    private final KlineInterval interval;
    private final int utcOffsetMinutes;
    private final KlineSeries series;
    private final List<PlayedKlines> rooms = new ArrayList<>(1);
    private long wholeFromMillis = Long.MIN_VALUE;
    private boolean begun;
    private @Nullable Trade before;

    PlayedSeries(KlineInterval interval, int utcOffsetMinutes, StateLimits limits) {
        this.interval = interval;
        this.utcOffsetMinutes = utcOffsetMinutes;
        this.series = new KlineSeries(interval, utcOffsetMinutes, limits.klinesKept(), limits.graceMillis());
    }

    KlineInterval interval() {
        return interval;
    }

    int utcOffsetMinutes() {
        return utcOffsetMinutes;
    }

    boolean is(KlineInterval asked, int askedOffsetMinutes) {
        return interval == asked && utcOffsetMinutes == askedOffsetMinutes;
    }

    void show(PlayedKlines room) {
        rooms.add(room);
    }

    /**
     * Begins with trades from a moment on.
     *
     * @param candle the one that holds the moment, with its trades before it; none if it has none
     */
    void beginAt(long fromMillis, List<Kline> candle) {
        wholeFromMillis = fromMillis;
        begun = !candle.isEmpty();
        if (begun) {
            series.restore(candle, fromMillis);
        }
    }

    /**
     * A trade from before the replay. Of those before the first candle only the last counts, whose price is carried on; where the first
     * candle has begun, it has them.
     */
    void warm(Trade trade) {
        if (trade.timeMillis() >= wholeFromMillis) {
            series.apply(trade);
        } else if (before == null || trade.timeMillis() >= before.timeMillis()) {
            before = trade;
        }
    }

    /** All trades from before have come: what has closed by a moment has closed in silence. */
    void warmedUp(long clockMillis) {
        if (before != null && !begun) {
            series.apply(before);
            before = null;
        }
        series.advance(clockMillis);
        series.flush(new ArrayList<>());
    }

    void advance(long clockMillis) {
        series.advance(clockMillis);
    }

    void apply(Trade trade) {
        series.apply(trade);
    }

    /** Gives the rooms what changed since the last time. */
    void collect() {
        if (!series.isChanged()) {
            return;
        }
        List<Kline> revisions = new ArrayList<>();
        series.flush(revisions);
        for (PlayedKlines room : rooms) {
            revisions.forEach(room::offer);
        }
    }
}
