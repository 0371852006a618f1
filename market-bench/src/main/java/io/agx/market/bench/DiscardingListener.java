package io.agx.market.bench;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import java.util.List;

/** Counts what it hears, so that nothing is optimised away, and keeps none of it. Not thread-safe. */
final class DiscardingListener implements MarketListener {
    private long count;

    @Override
    public void onTrades(Instrument instrument, List<Trade> trades) {
        count += trades.size();
    }

    @Override
    public void onTicker(Instrument instrument, Ticker ticker) {
        count += ticker.count();
    }

    @Override
    public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
        count += kline.count();
    }

    long count() {
        return count;
    }
}
