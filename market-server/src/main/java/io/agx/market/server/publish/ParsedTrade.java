package io.agx.market.server.publish;

import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult.Rejected;
import org.jspecify.annotations.Nullable;

/**
 * One published element: a trade, or why it is none. Immutable.
 *
 * @param trade null if it is rejected
 * @param rejected null if it is a trade
 * @param buyerUserId who bought, or null
 * @param sellerUserId who sold, or null
 */
public record ParsedTrade(
        @Nullable NewTrade trade,
        @Nullable Rejected rejected,
        @Nullable String buyerUserId,
        @Nullable String sellerUserId) {

    /** An element that is no trade. */
    public static ParsedTrade rejected(Rejected why) {
        return new ParsedTrade(null, why, null, null);
    }
}
