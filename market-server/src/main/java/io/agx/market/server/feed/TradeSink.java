package io.agx.market.server.feed;

import java.util.List;

/** The arrow from every source of trades into ingest. Thread-safe: any number of sources offer at once. */
@FunctionalInterface
public interface TradeSink {
    /**
     * Offers trades, in the order in which they are to be journaled. Never blocks and keeps no reference to the list.
     *
     * <p>Either the whole list is taken on ({@link Offer.Accepted}), with one result per trade once all that was accepted is
     * durable, or none of it is ({@link Offer.BackPressured}) and the source should offer it again later.
     */
    Offer offer(List<NewTrade> trades);
}
