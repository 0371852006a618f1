package io.agx.market.server.ingest;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The arrow from ingest to the log. Thread-safe. */
public interface TradeAppender {
    /**
     * Hands valid trades to the log. Never blocks.
     *
     * @param trades valid trades, at least one, in the order in which they are to be journaled
     * @return nothing if too much is in flight (no trade was kept), else a future of one result per trade, {@code Accepted}
     *     or {@code Duplicate}, completed on the log's thread once durable, or exceptionally with {@link
     *     io.agx.market.server.feed.LogUnavailableException}
     */
    Optional<CompletableFuture<List<TradeResult>>> append(List<NewTrade> trades);

    /**
     * Writes the definition of a new or changed instrument to the log, in order with the trades. Never blocks.
     *
     * @return nothing if too much is in flight, else a future that completes when it is durable
     */
    Optional<CompletableFuture<Void>> append(Instrument instrument);
}
