package io.agx.market.core.protocol;

import java.math.BigDecimal;

/** A ticker as a client reads it: the rolling 24 hours of an instrument. Immutable; fields as {@code PROTOCOL.md} section 4. */
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
        long closeTimeMillis) {}
