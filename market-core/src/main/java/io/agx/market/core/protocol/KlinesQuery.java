package io.agx.market.core.protocol;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import org.jspecify.annotations.Nullable;

/**
 * Which candles are asked for, over WebSocket or REST. Immutable.
 *
 * <p>Candles whose open time is in [startTime, endTime], in rising order: with a start, the first {@code limit} from there;
 * without, the last {@code limit} up to the end.
 *
 * @param symbol the instrument
 * @param interval length of the candles
 * @param startTimeMillis lowest open time, epoch milliseconds, or null
 * @param endTimeMillis highest open time, or null
 * @param limit most candles, 1 to 1,500
 * @param utcOffsetMinutes of the candles' days, weeks and months
 * @param fill whether intervals without trades are there, as flat candles
 */
public record KlinesQuery(
        Symbol symbol,
        KlineInterval interval,
        @Nullable Long startTimeMillis,
        @Nullable Long endTimeMillis,
        int limit,
        int utcOffsetMinutes,
        boolean fill) {

    public static final int DEFAULT_LIMIT = 500;
    public static final int MAX_LIMIT = 1_500;

    /** @throws ProtocolException if a value is out of its range; the message names field, range and value */
    public KlinesQuery {
        QueryRules.requireLimit(limit, MAX_LIMIT);
        QueryRules.requireTimes(startTimeMillis, endTimeMillis);
    }

    /** The newest candles, as many as the default limit. */
    public static KlinesQuery latest(Symbol symbol, KlineInterval interval) {
        return new KlinesQuery(symbol, interval, null, null, DEFAULT_LIMIT, 0, true);
    }

    /** The message for a text that is no interval. */
    public static String intervalMessage(String text) {
        return "interval must be 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w or 1M, was \"" + Texts.clip(text)
                + "\"";
    }
}
