package io.agx.market.core.protocol;

import java.math.BigDecimal;

/**
 * An instrument's definition as a client reads it. Immutable.
 *
 * @param status {@code trading}, {@code halted}, or what a newer server says
 */
public record InstrumentData(
        String symbol,
        String baseAsset,
        String quoteAsset,
        int priceScale,
        int quantityScale,
        BigDecimal tickSize,
        BigDecimal stepSize,
        String status) {}
