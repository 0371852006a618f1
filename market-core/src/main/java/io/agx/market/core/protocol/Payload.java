package io.agx.market.core.protocol;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import java.util.List;

/** Market data together with the instrument whose scales it is counted in: what {@code data} holds. Immutable. */
public sealed interface Payload {
    /** All of it, where only some of its fields are sent. */
    default Payload whole() {
        return this;
    }

    /** One ticker: a JSON object. */
    record OfTicker(Instrument instrument, Ticker ticker) implements Payload {}

    /** Tickers of several instruments: a JSON array. */
    record OfTickers(List<OfTicker> tickers) implements Payload {
        public OfTickers {
            tickers = List.copyOf(tickers);
        }
    }

    /** One candle: a JSON object. */
    record OfKline(Instrument instrument, Kline kline) implements Payload {}

    /** Candles of one series: a JSON array. */
    record OfKlines(Instrument instrument, List<Kline> klines) implements Payload {
        public OfKlines {
            klines = List.copyOf(klines);
        }
    }

    /** Trades of one instrument: a JSON array. */
    record OfTrades(Instrument instrument, List<Trade> trades) implements Payload {
        public OfTrades {
            trades = List.copyOf(trades);
        }
    }

    /** One instrument's definition: a JSON object. */
    record OfInstrument(Instrument instrument) implements Payload {}

    /** Definitions: a JSON array. */
    record OfInstruments(List<Instrument> instruments) implements Payload {
        public OfInstruments {
            instruments = List.copyOf(instruments);
        }
    }

    /** Messages of one user's inbox, by rising {@code seq}: a JSON array. */
    record OfMessages(List<InboxItem> messages) implements Payload {
        public OfMessages {
            messages = List.copyOf(messages);
        }
    }

    /** Some fields of tickers, candles or trades. Made by {@link FieldSelection#of(Payload)}. */
    record Selected(Payload whole, FieldSelection fields) implements Payload {}
}
