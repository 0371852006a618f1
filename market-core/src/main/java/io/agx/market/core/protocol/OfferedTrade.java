package io.agx.market.core.protocol;

import io.agx.market.core.model.Side;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A trade that a publisher offers. Immutable.
 *
 * @param symbol the instrument's
 * @param id the publisher's own name of the trade, 1 to 36 printable ASCII characters without blanks; offered again with the same id, it is a duplicate and changes nothing
 * @param price a multiple of the instrument's tick, above 0
 * @param qty a multiple of the instrument's step, above 0
 * @param takerSide {@link Side#UNKNOWN} if it is not known
 * @param timeMillis when it happened, epoch milliseconds UTC; null for when the server receives it
 * @param buyerUserId who bought, 1 to 128 characters, and is told so; null if nobody is to be told
 * @param sellerUserId who sold, likewise
 */
public record OfferedTrade(
        String symbol,
        String id,
        BigDecimal price,
        BigDecimal qty,
        Side takerSide,
        @Nullable Long timeMillis,
        @Nullable String buyerUserId,
        @Nullable String sellerUserId) {

    /** A trade of nobody who is to be told. */
    public OfferedTrade(
            String symbol, String id, BigDecimal price, BigDecimal qty, Side takerSide, @Nullable Long timeMillis) {
        this(symbol, id, price, qty, takerSide, timeMillis, null, null);
    }
}
