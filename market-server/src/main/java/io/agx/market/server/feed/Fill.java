package io.agx.market.server.feed;

import org.jspecify.annotations.Nullable;

/**
 * A published trade whose sides are known, and durable now.
 *
 * @param trade as it was published
 * @param seq its number; 0 where it was a duplicate, whose first publishing may have ended before its users were told
 * @param buyerUserId who bought, or null
 * @param sellerUserId who sold, or null
 */
public record Fill(
        NewTrade trade,
        long seq,
        @Nullable String buyerUserId,
        @Nullable String sellerUserId) {}
