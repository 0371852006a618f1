package io.agx.market.server.feed;

import java.util.List;
import java.util.Optional;

/** The arrow from every source of quotes into ingest. Thread-safe. */
@FunctionalInterface
public interface QuoteSink {
    /**
     * Offers quotes. Never blocks, and cannot be full: of each instrument the newest is kept, in memory only, and those before it are
     * nobody's.
     *
     * @return for each quote the first rule that it breaks, or nothing if it was taken
     */
    List<Optional<TradeResult.Rejected>> offer(List<NewQuote> quotes);
}
