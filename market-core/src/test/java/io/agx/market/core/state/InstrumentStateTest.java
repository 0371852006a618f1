package io.agx.market.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Quote;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.testing.RecordingListener;
import io.agx.market.core.testing.ReferenceKlines;
import io.agx.market.core.testing.Trades;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstrumentStateTest {
    private static final long T = Trades.DAY;

    private final Instrument instrument = Trades.instrument(1);
    private final InstrumentState state = new InstrumentState(instrument, StateLimits.DEFAULT);
    private final RecordingListener heard = new RecordingListener();

    @Test
    void refusesATradeThatIsNotTheNextAndNamesBothSeqs() {
        state.apply(Trades.trade(1, T, 5, 5));

        assertThatThrownBy(() -> state.apply(Trades.trade(3, T, 5, 5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected trade seq 2, was given 3");
        assertThat(state.seq()).isEqualTo(1);
    }

    @Test
    void publishesTheSnapshotBeforeTheListenerHears() {
        state.advance(T);
        state.apply(Trades.trade(1, T, 5, 5));
        assertThat(state.snapshot().seq()).isZero();
        assertThat(state.snapshot().ticker()).isEmpty();
        long[] seqs = new long[3];

        state.flush(new MarketListener() {
            @Override
            public void onTrades(Instrument of, List<Trade> trades) {
                seqs[0] = state.snapshot().seq();
            }

            @Override
            public void onTicker(Instrument of, Ticker ticker) {
                seqs[1] = state.snapshot().seq();
            }

            @Override
            public void onKline(Instrument of, int utcOffsetMinutes, Kline kline) {
                seqs[2] += state.snapshot().seq();
            }
        });

        assertThat(seqs).containsExactly(1, 1, 16);
    }

    @Test
    void tellsNothingWhereNothingChanged() {
        state.advance(T);
        state.flush(heard);
        state.apply(Trades.trade(1, T, 5, 5));
        state.flush(heard);
        state.flush(heard);
        state.advance(T + 1);
        state.flush(heard);

        assertThat(heard.trades).hasSize(1);
        assertThat(heard.tickers).hasSize(1);
        assertThat(heard.klines).hasSize(16);
    }

    @Test
    void tellsTheTickerWhenATradeLeavesTheWindow() {
        state.apply(Trades.trade(1, T, 5, 5));
        state.flush(heard);

        state.advance(T + 86_400_000);
        state.flush(heard);

        assertThat(heard.tickers).hasSize(2);
        assertThat(heard.tickers.get(1).count()).isZero();
        assertThat(state.snapshot().ticker()).contains(heard.tickers.get(1));
    }

    @Test
    void keepsTheNewestTradesAndLeavesPublishedOnesAlone() {
        InstrumentState small = new InstrumentState(instrument, new StateLimits(10, 100, 0));
        InstrumentSnapshot early = small.snapshot();
        for (int i = 1; i <= 1_000; i++) {
            small.apply(Trades.trade(i, T + i, 5, 5));
            if (i % 7 == 0) {
                small.flush(heard);
            }
            if (i == 350) {
                early = small.snapshot();
            }
        }
        small.flush(heard);

        assertThat(small.snapshot().trades()).isEqualTo(heard.trades.subList(900, 1_000));
        assertThat(early.trades()).isEqualTo(heard.trades.subList(250, 350));
        assertThat(heard.trades).hasSize(1_000);
    }

    @Test
    void publishesAChangedDefinitionAndRefusesOtherScales() {
        Instrument halted = new Instrument(1, instrument.symbol(), "S1", "USDT", 8, 8, 1, 1, InstrumentStatus.HALTED);
        Instrument rescaled =
                new Instrument(1, instrument.symbol(), "S1", "USDT", 7, 8, 1, 1, InstrumentStatus.TRADING);

        state.withInstrument(halted);
        state.flush(heard);

        assertThat(state.snapshot().instrument()).isEqualTo(halted);
        assertThatThrownBy(() -> state.withInstrument(rescaled)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void restoredAtAnySeqAndReplayedEqualsTheStateOfAllTrades(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 900, T, false), 30);
        int cut = random.nextInt(trades.size() + 1);
        long end = T + random.nextLong(400_000_000L);
        long clockAtCut = T + random.nextLong(end - T + 1);
        InstrumentState restored = new InstrumentState(instrument, StateLimits.DEFAULT);

        trades.forEach(state::apply);
        state.advance(end);
        state.flush(heard);
        restored.restore(checkpoint(trades.subList(0, cut), clockAtCut));
        assertThat(restored.seq()).isEqualTo(cut);
        assertThat(restored.snapshot().seq()).isEqualTo(cut);
        RecordingListener afterRestore = new RecordingListener();
        restored.flush(afterRestore);
        assertThat(afterRestore.klines).isEmpty();
        trades.subList(cut, trades.size()).forEach(restored::apply);
        restored.advance(end);
        restored.flush(afterRestore);
        restored.withInstrument(instrument);
        restored.flush(afterRestore);

        assertThat(afterRestore.trades).isEqualTo(trades.subList(cut, trades.size()));
        for (KlineInterval interval : KlineInterval.values()) {
            List<Kline> expected = state.snapshot().klines(interval).newest(1_500);
            List<Kline> actual = restored.snapshot().klines(interval).newest(1_500);
            assertThat(ReferenceKlines.numbers(actual))
                    .as("seed %d, cut %d, %s", seed, cut, interval.code())
                    .isEqualTo(ReferenceKlines.numbers(expected));
            assertThat(actual.stream().map(Kline::closed).toList())
                    .as("seed %d, cut %d, %s", seed, cut, interval.code())
                    .isEqualTo(expected.stream().map(Kline::closed).toList());
        }
        assertThat(restored.snapshot().ticker())
                .as("seed %d", seed)
                .isEqualTo(state.snapshot().ticker());
        assertThat(restored.snapshot().trades()).isEqualTo(state.snapshot().trades());
        assertThat(restored.seq()).isEqualTo(state.seq());
    }

    /** Candles that had closed in memory after the checkpoint are gone with the process: the log must bring them back. */
    @Test
    void closedCandlesThatWereOnlyInMemoryReappearAfterReloadAndReplay() {
        List<Trade> trades = List.of(
                Trades.trade(1, T + 1_000, 50, 1),
                Trades.trade(2, T + 61_000, 60, 1),
                Trades.trade(3, T + 121_000, 70, 1),
                Trades.trade(4, T + 181_000, 80, 1));
        InstrumentCheckpoint stored = checkpoint(trades.subList(0, 1), T + 2_000);
        for (Trade trade : trades) {
            state.advance(trade.timeMillis());
            state.apply(trade);
            state.flush(heard);
        }
        state.advance(T + 190_000);
        state.flush(heard);
        InstrumentState reloaded = new InstrumentState(instrument, StateLimits.DEFAULT);
        RecordingListener again = new RecordingListener();

        reloaded.restore(stored);
        reloaded.advance(T + 190_000);
        reloaded.flush(again);
        trades.subList(1, 4).forEach(reloaded::apply);
        reloaded.flush(again);

        List<Kline> minutes = reloaded.snapshot().klines(KlineInterval.MINUTE_1).newest(10);
        assertThat(ReferenceKlines.numbers(minutes)).isEqualTo(ReferenceKlines.of(trades, KlineInterval.MINUTE_1, 0));
        assertThat(minutes).extracting(Kline::closed).containsExactly(true, true, true, false);
        assertThat(again.klines(KlineInterval.MINUTE_1))
                .filteredOn(kline -> kline.cause() == KlineCause.LATE && !kline.isFlat())
                .extracting(Kline::openTimeMillis)
                .containsExactly(T + 60_000, T + 120_000);

        reloaded.settle();

        assertThat(reloaded.snapshot().klines(KlineInterval.MINUTE_1).newest(10))
                .extracting(Kline::cause)
                .containsExactly(KlineCause.CLOCK, KlineCause.CLOCK, KlineCause.CLOCK, KlineCause.TRADE);
        assertThat(ReferenceKlines.numbers(
                        reloaded.snapshot().klines(KlineInterval.MINUTE_1).newest(10)))
                .isEqualTo(ReferenceKlines.of(trades, KlineInterval.MINUTE_1, 0));
        reloaded.apply(Trades.trade(5, T + 62_000, 65, 1));
        assertThatThrownBy(reloaded::settle).isInstanceOf(IllegalStateException.class);
        reloaded.flush(again);
        assertThat(again.klines(KlineInterval.MINUTE_1))
                .last()
                .extracting(Kline::cause)
                .isEqualTo(KlineCause.LATE);
    }

    @Test
    void showsTheClockAsSoonAsItIsSetThoughNothingWasTraded() {
        assertThat(state.snapshot().clockMillis()).isZero();

        state.advance(T);
        state.flush(heard);

        assertThat(state.snapshot().clockMillis()).isEqualTo(T);
    }

    /** A clock that stands still, as an import's: each trade closes the oldest second early, and those without a trade behind it. */
    @Test
    void isFullWhenRareTradesHaveClosedManySeconds() {
        int most = 0;
        state.advance(0);
        for (int i = 1; i <= 3_000; i++) {
            state.apply(Trades.trade(i, T + i * 1_500_000L, 5, 5));
            if (state.isFull() || i % 500 == 0) {
                int before = heard.klines.size();
                state.flush(heard);
                assertThat(state.isFull()).isFalse();
                most = Math.max(most, heard.klines.size() - before);
            }
        }

        assertThat(heard.klines.size()).isGreaterThan(1_500 * 1_400);
        assertThat(most).isLessThan(InstrumentState.FULL_CLOSES + 16 * 1_500 + 16 * 500);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void offsetSeriesEqualDirectAggregationAtThatOffset(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 800, T, false), 30);
        int cut = random.nextInt(trades.size());
        int offset = 15 * (1 + random.nextInt(56));
        for (Trade trade : trades.subList(0, cut)) {
            state.advance(trade.timeMillis());
            state.apply(trade);
        }
        for (KlineInterval interval : KlineInterval.values()) {
            List<Kline> history = ReferenceKlines.of(trades.subList(0, cut), interval, offset);
            assertThat(state.ensureOffset(interval, offset, history, Long.MIN_VALUE))
                    .isTrue();
            assertThat(state.hasOffset(interval, offset)).isTrue();
        }
        for (Trade trade : trades.subList(cut, trades.size())) {
            state.advance(trade.timeMillis());
            state.apply(trade);
            if (random.nextInt(20) == 0) {
                state.flush(heard);
            }
        }
        state.flush(heard);

        for (KlineInterval interval : KlineInterval.values()) {
            List<Kline> kept =
                    state.snapshot().klines(interval, offset).orElseThrow().newest(1_500);
            assertThat(ReferenceKlines.numbers(kept))
                    .as("seed %d, %s at %d", seed, interval.code(), offset)
                    .isEqualTo(ReferenceKlines.of(trades, interval, offset));
        }
        assertThat(heard.offsetKlines).isNotEmpty();
        state.dropOffset(KlineInterval.DAY_1, offset);
        state.flush(heard);
        assertThat(state.snapshot().klines(KlineInterval.DAY_1, offset)).isEmpty();
    }

    @Test
    void refusesMoreOffsetSeriesThanTheBound() {
        int added = 0;
        for (int offset = 15; offset <= 840; offset += 15) {
            added += state.ensureOffset(KlineInterval.DAY_1, offset, List.of(), Long.MIN_VALUE) ? 1 : 0;
            added += state.ensureOffset(KlineInterval.WEEK_1, offset, List.of(), Long.MIN_VALUE) ? 1 : 0;
        }

        assertThat(added).isEqualTo(StateLimits.MAX_OFFSET_SERIES);
        assertThat(state.ensureOffset(KlineInterval.DAY_1, 15, List.of(), Long.MIN_VALUE))
                .isTrue();
    }

    @Test
    void spillsWhereHistoryAndLiveTradesMeetInOneSecond() {
        state.advance(T + 100_000);
        state.apply(new Trade(1, "a", 50, 1, Side.BUY, T, true));
        state.apply(new Trade(2, "b", 60, 1, Side.BUY, T, false));
        state.flush(heard);

        assertThat(heard.klines(KlineInterval.MINUTE_1))
                .extracting(Kline::cause)
                .containsExactly(KlineCause.LATE);
        assertThat(heard.klines(KlineInterval.HOUR_1)).extracting(Kline::count).containsExactly(2L);
    }

    private static InstrumentCheckpoint checkpoint(List<Trade> trades, long clockMillis) {
        Map<KlineInterval, List<Kline>> klines = new EnumMap<>(KlineInterval.class);
        for (KlineInterval interval : KlineInterval.values()) {
            List<Kline> all = ReferenceKlines.of(trades, interval, 0);
            klines.put(interval, all.subList(Math.max(0, all.size() - 1_500), all.size()));
        }
        Trade last = trades.stream()
                .max(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq))
                .orElse(new Trade(0, "none", 0, 0, Side.UNKNOWN, 0, false));
        return new InstrumentCheckpoint(
                trades.size(),
                clockMillis,
                last.price(),
                last.quantity(),
                last.timeMillis(),
                klines,
                ReferenceKlines.of(trades, KlineInterval.SECOND_1, 0),
                trades.subList(Math.max(0, trades.size() - 1_000), trades.size()));
    }

    @Test
    void aQuoteAloneIsANewTickerOfTheSameSeq() {
        state.advance(T);
        state.apply(Trades.trade(1, T, 5, 5));
        state.flush(heard);

        state.quote(T, 4, 10, 6, 20);
        state.flush(heard);
        state.flush(heard);

        assertThat(heard.tickers).hasSize(2);
        assertThat(heard.trades).hasSize(1);
        assertThat(heard.tickers.get(0).quote()).isNull();
        Ticker quoted = heard.tickers.get(1);
        assertThat(quoted.seq()).isEqualTo(1);
        assertThat(quoted.quote()).isEqualTo(new Quote(1, T, 4, 10, 6, 20));
        assertThat(state.snapshot().ticker()).contains(quoted);
    }

    @Test
    void theNewestQuoteWinsAndOfOneTimeTheLastThatCame() {
        state.apply(Trades.trade(1, T, 5, 5));
        state.quote(T, 1, 1, 9, 1);
        state.quote(T, 2, 1, 8, 1);
        state.quote(T - 1, 3, 1, 7, 1);
        state.flush(heard);

        assertThat(heard.tickers).hasSize(1);
        assertThat(heard.tickers.get(0).quote()).isEqualTo(new Quote(2, T, 2, 1, 8, 1));
    }

    @Test
    void aQuoteBeforeTheFirstTradeWaitsForIt() {
        state.quote(T, 4, 10, 6, 20);
        state.flush(heard);
        assertThat(heard.tickers).isEmpty();
        assertThat(state.snapshot().ticker()).isEmpty();

        state.apply(Trades.trade(1, T, 5, 5));
        state.flush(heard);
        assertThat(heard.tickers.get(0).quoteVersion()).isEqualTo(1);
    }
}
