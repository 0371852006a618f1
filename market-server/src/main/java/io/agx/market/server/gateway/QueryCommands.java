package io.agx.market.server.gateway;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;

/** {@code ticker}, {@code klines}, {@code trades} and {@code instruments}: the same answers as over REST. Thread-safe. */
final class QueryCommands {
    private final MarketHistory history;
    private final TradeHistory trades;

    QueryCommands(MarketHistory history, TradeHistory trades) {
        this.history = history;
        this.trades = trades;
    }

    ServerEvent ticker(ClientCommand.TickerQuery command) {
        Symbol symbol = command.symbol();
        Payload data = symbol == null ? new Payload.OfTickers(history.tickers()) : history.ticker(symbol);
        return new ServerEvent.Reply(command.id(), data);
    }

    ServerEvent klines(ClientCommand.Klines command) {
        return new ServerEvent.Reply(command.id(), history.klines(command.query()));
    }

    ServerEvent trades(ClientCommand.Trades command) {
        return new ServerEvent.Reply(command.id(), trades.trades(command.query()));
    }

    ServerEvent instruments(ClientCommand.Instruments command) {
        return new ServerEvent.Reply(command.id(), new Payload.OfInstruments(history.instruments()));
    }
}
