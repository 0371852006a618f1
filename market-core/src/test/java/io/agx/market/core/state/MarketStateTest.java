package io.agx.market.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.cache.SnapshotCache;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.testing.RecordingListener;
import io.agx.market.core.testing.Trades;
import org.junit.jupiter.api.Test;

class MarketStateTest {
    private static final long T = Trades.DAY;

    private final MarketState market = new MarketState(StateLimits.DEFAULT);
    private final RecordingListener heard = new RecordingListener();

    @Test
    void flushesOnlyTheTouchedInstruments() {
        market.add(Trades.instrument(1));
        market.add(Trades.instrument(700));
        market.advance(T);

        market.apply(700, Trades.trade(1, T, 5, 5));
        market.apply(700, Trades.trade(2, T, 6, 5));
        market.flush(heard);
        market.flush(heard);

        assertThat(heard.instruments).extracting(Instrument::id).containsExactly(700);
        assertThat(heard.trades).hasSize(2);
    }

    @Test
    void closesTheCandlesOfAllInstrumentsByTheClock() {
        market.add(Trades.instrument(1));
        market.add(Trades.instrument(2));
        market.apply(1, Trades.trade(1, T, 5, 5));
        market.apply(2, Trades.trade(1, T, 5, 5));

        market.advance(T + 3_000);
        market.flush(heard);
        assertThat(heard.klines(KlineInterval.SECOND_1)).hasSize(2).allMatch(kline -> kline.closed());
        market.advanceAndFlush(T + 4_000, heard);

        assertThat(heard.klines(KlineInterval.SECOND_1)).hasSize(4).allMatch(kline -> kline.closed());
    }

    @Test
    void refusesUnknownAndTakenInstruments() {
        market.add(Trades.instrument(1));

        assertThatThrownBy(() -> market.add(Trades.instrument(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> market.apply(2, Trades.trade(1, T, 5, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2");
        assertThatThrownBy(() -> market.add(Trades.instrument(MarketState.MAX_INSTRUMENT_ID + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(market.find(1)).isNotNull();
        assertThat(market.find(-1)).isNull();
    }

    @Test
    void cacheShowsAllInSymbolOrderAndTheNewestSnapshot() {
        SnapshotCache cache = new SnapshotCache();
        cache.register(market.add(Trades.instrument(2)));
        cache.register(market.add(Trades.instrument(1)));
        market.apply(2, Trades.trade(1, T, 5, 5));
        market.flush(heard);

        assertThat(cache.all()).extracting(InstrumentSnapshot::seq).containsExactly(0L, 1L);
        assertThat(cache.snapshot(new Symbol("S2-USDT")))
                .map(InstrumentSnapshot::seq)
                .contains(1L);
        assertThat(cache.snapshot(new Symbol("NONE"))).isEmpty();
        InstrumentState other = new InstrumentState(Trades.instrument(1), StateLimits.DEFAULT);
        assertThatThrownBy(() -> cache.register(other)).isInstanceOf(IllegalStateException.class);
    }
}
