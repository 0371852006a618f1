package io.agx.market.core.protocol;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The best prices of an instrument's book, as a publisher offers them. Immutable. The server keeps the newest of each instrument, in
 * memory only.
 *
 * @param symbol the instrument's
 * @param bid highest price that is offered, a multiple of the instrument's tick, above 0 and below {@code ask}
 * @param bidQty how much, a multiple of the instrument's step, above 0
 * @param ask lowest price that is asked
 * @param askQty how much
 * @param timeMillis when it was so, epoch milliseconds UTC; null for when the server receives it
 */
public record OfferedQuote(
        String symbol,
        BigDecimal bid,
        BigDecimal bidQty,
        BigDecimal ask,
        BigDecimal askQty,
        @Nullable Long timeMillis) {}
