package io.agx.market.server.engine;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.journal.LogEntry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How many candles waited for each flush. Any thread may read. */
final class FlushSizes implements MarketListener {
    /** What may wait, 20,000 closes, and what one trade and one step of the clock add at most: 1,500 closes of 16 series, twice. */
    static final long BOUND = 20_000 + 2 * 16 * 1_500;

    private long inFlush;
    private final AtomicLong all = new AtomicLong();
    private final AtomicLong largest = new AtomicLong();

    /** Of the first instrument, 25 minutes apart. */
    static Stream<LogEntry> rareTrades(int count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(seq -> new LogEntry.TradeAccepted(
                        1,
                        new Trade(
                                seq,
                                Long.toString(seq),
                                10_000,
                                1,
                                Side.BUY,
                                RandomTrades.START + seq * 1_500_000,
                                false)));
    }

    long all() {
        return all.get();
    }

    long largest() {
        return largest.get();
    }

    @Override
    public void onTrades(Instrument instrument, List<Trade> trades) {}

    @Override
    public void onTicker(Instrument instrument, Ticker ticker) {}

    @Override
    public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
        inFlush++;
    }

    @Override
    public void onFlushed(Instrument instrument, InstrumentSnapshot snapshot) {
        largest.accumulateAndGet(inFlush, Math::max);
        all.addAndGet(inFlush);
        inFlush = 0;
    }
}
