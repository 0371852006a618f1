package io.agx.market.server.room;

import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import java.util.List;
import java.util.function.Function;

/**
 * What a room's message was made of. It is looked at only for a member that changes its rate or fields: to leave out what that member
 * has, and to give it again what was not sent. Immutable; used on the flush thread.
 */
sealed interface Content {
    /**
     * Consecutive trades. While their message waits they are kept: as many as fit into the bound of an outbox, and shared by all
     * members and rates.
     *
     * @param encoding makes a message of some of them
     */
    record Trades(List<Trade> trades, Function<List<Trade>, Publication> encoding) implements Content {}

    /** A revision of a candle, made by the flush whose snapshot has this {@link
     * io.agx.market.core.cache.InstrumentSnapshot#version() version}. */
    record Revision(long version) implements Content {}

    /**
     * Tickers of different instruments.
     *
     * @param encoding makes a message of some of them
     */
    record Tickers(List<Payload.OfTicker> tickers, Function<List<Payload.OfTicker>, Publication> encoding)
            implements Content {}
}
