package io.agx.market.core.protocol;

import io.agx.market.core.model.Trade;
import org.jspecify.annotations.Nullable;

/** The ranges that queries of history share. */
final class QueryRules {
    private QueryRules() {}

    static void requireLimit(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new ProtocolException(ErrorCode.BAD_FIELD, "limit", "limit must be 1 to " + most + ", was " + limit);
        }
    }

    static void requireTimes(@Nullable Long startTimeMillis, @Nullable Long endTimeMillis) {
        requireTime("startTime", startTimeMillis);
        requireTime("endTime", endTimeMillis);
        if (startTimeMillis != null && endTimeMillis != null && endTimeMillis < startTimeMillis) {
            throw new ProtocolException(
                    ErrorCode.BAD_FIELD,
                    "endTime",
                    "endTime must not be before startTime " + startTimeMillis + ", was " + endTimeMillis);
        }
    }

    private static void requireTime(String field, @Nullable Long timeMillis) {
        if (timeMillis != null && (timeMillis < Trade.MIN_TIME_MILLIS || timeMillis > Trade.MAX_TIME_MILLIS)) {
            throw new ProtocolException(
                    ErrorCode.BAD_FIELD,
                    field,
                    field + " must be " + Trade.MIN_TIME_MILLIS + " to " + Trade.MAX_TIME_MILLIS
                            + " (epoch milliseconds), was " + timeMillis);
        }
    }
}
