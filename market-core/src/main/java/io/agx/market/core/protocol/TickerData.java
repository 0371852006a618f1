package io.agx.market.core.protocol;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A ticker as a client reads it: the rolling 24 hours of an instrument. Immutable; fields as {@code PROTOCOL.md} section 7. {@code bid},
 * {@code bidQty}, {@code ask} and {@code askQty} are all there, or all null where the server has no quote.
 */
public record TickerData(
        String symbol,
        long seq,
        long timeMillis,
        BigDecimal last,
        BigDecimal lastQty,
        BigDecimal open,
        BigDecimal high,
        BigDecimal low,
        BigDecimal change,
        BigDecimal changePercent,
        BigDecimal vwap,
        BigDecimal volume,
        BigDecimal quoteVolume,
        long count,
        long openTimeMillis,
        long closeTimeMillis,
        @Nullable BigDecimal bid,
        @Nullable BigDecimal bidQty,
        @Nullable BigDecimal ask,
        @Nullable BigDecimal askQty) {

    /** Without a quote. */
    public TickerData(
            String symbol,
            long seq,
            long timeMillis,
            BigDecimal last,
            BigDecimal lastQty,
            BigDecimal open,
            BigDecimal high,
            BigDecimal low,
            BigDecimal change,
            BigDecimal changePercent,
            BigDecimal vwap,
            BigDecimal volume,
            BigDecimal quoteVolume,
            long count,
            long openTimeMillis,
            long closeTimeMillis) {
        this(
                symbol,
                seq,
                timeMillis,
                last,
                lastQty,
                open,
                high,
                low,
                change,
                changePercent,
                vwap,
                volume,
                quoteVolume,
                count,
                openTimeMillis,
                closeTimeMillis,
                null,
                null,
                null,
                null);
    }
}
