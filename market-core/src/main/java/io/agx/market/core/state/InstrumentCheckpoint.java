package io.agx.market.core.state;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import java.util.List;
import java.util.Map;

/**
 * The stored state of an instrument, from which the log is replayed. Immutable if its collections are.
 *
 * @param seq highest {@code seq} that everything here contains, and nothing here goes beyond; 0 if there was no trade
 * @param clockMillis the clock to restore at, epoch milliseconds: candles whose end and grace it has passed are closed
 * @param lastPrice price of the trade with the highest (time, seq); 0 without trades
 * @param lastQuantity quantity of that trade
 * @param lastTradeTimeMillis time of that trade
 * @param klines per interval the newest traded candles in UTC buckets, ascending, as many as are kept; an absent interval
 *     has none
 * @param seconds traded one-second candles of the last 24 hours before the later of clock and newest trade, ascending
 * @param recentTrades the newest trades, in {@code seq} order
 */
public record InstrumentCheckpoint(
        long seq,
        long clockMillis,
        long lastPrice,
        long lastQuantity,
        long lastTradeTimeMillis,
        Map<KlineInterval, List<Kline>> klines,
        List<Kline> seconds,
        List<Trade> recentTrades) {}
