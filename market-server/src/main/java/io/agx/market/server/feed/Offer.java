package io.agx.market.server.feed;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What ingest says at once of a list of trades. */
public sealed interface Offer {
    /**
     * Taken on.
     *
     * @param durable completes on the journal's thread with one result per offered trade, in order, when all that was accepted
     *     is durable; or exceptionally with {@link LogUnavailableException}, and then none of it was kept. Handlers must not
     *     block.
     */
    record Accepted(CompletableFuture<List<TradeResult>> durable) implements Offer {}

    /**
     * Nothing was taken on: too much is in flight.
     *
     * @param retryAfterMillis when to offer again
     */
    record BackPressured(long retryAfterMillis) implements Offer {}
}
