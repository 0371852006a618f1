package io.agx.market.server.cli.watch;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.math.BigDecimal;

/** Updates to show. */
final class Samples {
    static final long TIME = 1_785_414_896_789L; // 2026-07-30T12:34:56.789Z
    static final RoomName TICKERS = RoomName.allTickers();
    static final RoomName TRADES = RoomName.trade(new Symbol("BTC-USDT"));
    static final RoomName CANDLES = RoomName.kline(new Symbol("BTC-USDT"), KlineInterval.MINUTE_1);

    private Samples() {}

    static TickerData ticker(String symbol, String last, long seq) {
        return new TickerData(
                symbol,
                seq,
                TIME,
                number(last),
                number("0.5"),
                number("99"),
                number("123456.7"),
                number("0.00001"),
                number("-1.25"),
                number("-0.019"),
                number("100.12"),
                number("12345678.5"),
                number("99999999999999999999.000001"),
                42,
                TIME - 86_400_000,
                TIME);
    }

    static KlineData kline(long openTimeMillis, String close, boolean closed) {
        return new KlineData(
                "BTC-USDT",
                "1m",
                openTimeMillis,
                openTimeMillis + 59_999,
                number("100"),
                number("101.5"),
                number("99.25"),
                number(close),
                number("3"),
                number("300.75"),
                number("1"),
                number("100.5"),
                7,
                1,
                7,
                closed,
                closed ? "clock" : "trade");
    }

    static TradeData trade(long seq, String price, Side side) {
        return new TradeData(seq, "id \"" + seq, number(price), number("0.5"), number("50"), side, TIME);
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text);
    }
}
