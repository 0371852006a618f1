package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;

/** One record of the trade log. Immutable. */
public sealed interface LogEntry {
    /** An instrument was defined, or its definition changed. Comes before the first trade that names its id. */
    record InstrumentDefined(Instrument instrument) implements LogEntry {}

    /** A trade was accepted. {@code trade.seq()} is one more than that of the instrument's trade before. */
    record TradeAccepted(int instrumentId, Trade trade) implements LogEntry {}
}
