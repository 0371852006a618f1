package io.agx.market.core.protocol;

import io.agx.market.core.model.Symbol;
import org.jspecify.annotations.Nullable;

/**
 * Which trades are asked for, over WebSocket or REST. Immutable.
 *
 * <p>In rising order of {@code seq}: with {@code fromSeq} or a start time, the first {@code limit} from there; without, the last
 * {@code limit} up to the end.
 *
 * @param symbol the instrument
 * @param fromSeq lowest seq, 1 or higher, or null
 * @param startTimeMillis lowest trade time, epoch milliseconds, or null
 * @param endTimeMillis highest trade time, or null
 * @param limit most trades, 1 to 1,500
 */
public record TradesQuery(
        Symbol symbol,
        @Nullable Long fromSeq,
        @Nullable Long startTimeMillis,
        @Nullable Long endTimeMillis,
        int limit) {

    public static final int DEFAULT_LIMIT = 500;
    public static final int MAX_LIMIT = 1_500;

    /** @throws ProtocolException if a value is out of its range; the message names field, range and value */
    public TradesQuery {
        QueryRules.requireLimit(limit, MAX_LIMIT);
        QueryRules.requireTimes(startTimeMillis, endTimeMillis);
        if (fromSeq != null && fromSeq < 1) {
            throw new ProtocolException(ErrorCode.BAD_FIELD, "fromSeq", "fromSeq must be 1 or higher, was " + fromSeq);
        }
    }

    /** The newest trades, as many as the default limit. */
    public static TradesQuery latest(Symbol symbol) {
        return new TradesQuery(symbol, null, null, null, DEFAULT_LIMIT);
    }
}
