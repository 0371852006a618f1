package io.agx.market.core.protocol;

import java.math.BigDecimal;

/**
 * A candle as a client reads it. Immutable; fields as {@code PROTOCOL.md} section 7.
 *
 * @param interval its wire name, such as {@code 1m}
 * @param closeTimeMillis inclusive: the last millisecond of the candle
 * @param cause {@code trade}, {@code clock}, {@code late}, {@code backfill}, or what a newer server says
 */
public record KlineData(
        String symbol,
        String interval,
        long openTimeMillis,
        long closeTimeMillis,
        BigDecimal open,
        BigDecimal high,
        BigDecimal low,
        BigDecimal close,
        BigDecimal volume,
        BigDecimal quoteVolume,
        BigDecimal takerBuyVolume,
        BigDecimal takerBuyQuoteVolume,
        long count,
        long firstSeq,
        long seq,
        boolean closed,
        String cause) {}
