package io.agx.market.core.protocol;

import io.agx.market.core.model.Side;
import java.math.BigDecimal;

/** A trade as a client reads it. Immutable; fields as {@code PROTOCOL.md} section 7. */
public record TradeData(
        long seq, String id, BigDecimal price, BigDecimal qty, BigDecimal quoteQty, Side takerSide, long timeMillis) {}
