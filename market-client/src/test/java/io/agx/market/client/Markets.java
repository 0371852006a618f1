package io.agx.market.client;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import java.util.List;
import java.util.stream.LongStream;

/** Market data for tests: the trade with seq n has price n and quantity 1. */
final class Markets {
    static final Symbol BTC = new Symbol("BTC-USDT");
    static final Instrument INSTRUMENT = new Instrument(1, BTC, "BTC", "USDT", 2, 8, 1, 1, InstrumentStatus.TRADING);
    static final RoomName TRADES = RoomName.trade(BTC);
    static final RoomName TICKER = RoomName.ticker(BTC);
    static final RoomName KLINES = RoomName.kline(BTC, KlineInterval.MINUTE_1);
    static final String EPOCH = "epoch-1";

    private Markets() {}

    /** Trades from one seq to another, both included; none if {@code to} is lower. */
    static List<Trade> trades(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(seq -> new Trade(seq, "t" + seq, seq * 100, 100_000_000, Side.BUY, seq, false))
                .toList();
    }

    static ServerEvent push(long from, long to) {
        return ServerEvent.Push.ofTrades(TRADES.toString(), 0, INSTRUMENT, trades(from, to));
    }

    static Payload tradeSnapshot(long from, long to) {
        return new Payload.OfTrades(INSTRUMENT, trades(from, to));
    }

    static Ticker ticker(long seq) {
        return new Ticker(seq, 0, seq, 1, 1, seq, 1, Sum128.of(1), Sum128.of(seq), 1, 0, 0);
    }

    static Kline kline(long seq, boolean closed) {
        return kline(0, seq, closed);
    }

    static Kline kline(long openTimeMillis, long seq, boolean closed) {
        return new Kline(
                KlineInterval.MINUTE_1,
                openTimeMillis,
                openTimeMillis + 60_000,
                1,
                1,
                1,
                1,
                Sum128.of(1),
                Sum128.of(1),
                Sum128.ZERO,
                Sum128.ZERO,
                1,
                seq,
                seq,
                1,
                1,
                closed,
                closed ? KlineCause.CLOCK : KlineCause.TRADE);
    }
}
