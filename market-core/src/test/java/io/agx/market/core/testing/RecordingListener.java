package io.agx.market.core.testing;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told. */
public final class RecordingListener implements MarketListener {
    public final List<Trade> trades = new ArrayList<>();
    public final List<Ticker> tickers = new ArrayList<>();
    public final List<Kline> klines = new ArrayList<>();
    public final List<Kline> offsetKlines = new ArrayList<>();
    public final List<Instrument> instruments = new ArrayList<>();

    @Override
    public void onTrades(Instrument instrument, List<Trade> newTrades) {
        instruments.add(instrument);
        trades.addAll(newTrades);
    }

    @Override
    public void onTicker(Instrument instrument, Ticker ticker) {
        tickers.add(ticker);
    }

    @Override
    public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
        (utcOffsetMinutes == 0 ? klines : offsetKlines).add(kline);
    }

    public List<Kline> klines(KlineInterval interval) {
        return klines.stream().filter(kline -> kline.interval() == interval).toList();
    }
}
