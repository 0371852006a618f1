package io.agx.market.core.ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.testing.ReferenceKlines;
import io.agx.market.core.testing.Trades;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingTickerTest {
    private static final long T = Trades.DAY;
    private static final long DAY_MILLIS = 86_400_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void equalsBruteForceAtAnyMoment(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 1_500, T, false), 30);
        RollingTicker ticker = new RollingTicker();
        List<Trade> applied = new ArrayList<>();
        long timeMillis = Long.MIN_VALUE;

        for (Trade trade : trades) {
            ticker.apply(trade);
            applied.add(trade);
            timeMillis = Math.max(timeMillis, trade.timeMillis());
            if (random.nextInt(4) == 0) {
                timeMillis += random.nextInt(random.nextInt(15) == 0 ? 50_000_000 : 3_000);
                ticker.advance(timeMillis);
            }
            if (random.nextInt(8) == 0) {
                assertThat(ticker.ticker(trade.seq()))
                        .as("seed %d, seq %d", seed, trade.seq())
                        .isEqualTo(bruteForce(applied, timeMillis));
            }
        }
        for (int i = 0; i < 200; i++) {
            timeMillis += random.nextInt(900_000);
            ticker.advance(timeMillis);
            assertThat(ticker.ticker(trades.size())).as("seed %d", seed).isEqualTo(bruteForce(applied, timeMillis));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void restoredFromSecondsEqualsTheOneThatSawAllTrades(long seed) {
        Random random = new Random(seed);
        List<Trade> trades = Trades.disordered(random, Trades.random(random, 900, T, false), 20);
        int cut = 1 + random.nextInt(trades.size() - 1);
        List<Trade> before = trades.subList(0, cut);
        long clockMillis = T + random.nextLong(2 * DAY_MILLIS);
        Trade last = newest(before);
        RollingTicker whole = new RollingTicker();
        RollingTicker restored = new RollingTicker();

        before.forEach(whole::apply);
        whole.advance(clockMillis);
        restored.restore(
                ReferenceKlines.of(before, KlineInterval.SECOND_1, 0),
                last.price(),
                last.quantity(),
                last.timeMillis(),
                clockMillis);

        assertThat(restored.ticker(cut)).as("seed %d", seed).isEqualTo(whole.ticker(cut));
        for (Trade trade : trades.subList(cut, trades.size())) {
            whole.apply(trade);
            restored.apply(trade);
            assertThat(restored.ticker(trade.seq())).as("seed %d", seed).isEqualTo(whole.ticker(trade.seq()));
        }
    }

    @Test
    void holdsASecondUntilExactlyTwentyFourHoursLater() {
        RollingTicker ticker = new RollingTicker();
        ticker.apply(Trades.trade(1, T + 999, 50, 7));
        ticker.clearChanged();

        ticker.advance(T + DAY_MILLIS - 1);
        assertThat(ticker.ticker(1).count()).isEqualTo(1);
        assertThat(ticker.isChanged()).isFalse();
        ticker.advance(T + DAY_MILLIS);

        assertThat(ticker.isChanged()).isTrue();
        assertThat(ticker.ticker(1))
                .isEqualTo(new Ticker(
                        1, T + DAY_MILLIS, 50, 7, 50, 50, 50, Sum128.ZERO, Sum128.ZERO, 0, T + 1_000, T + DAY_MILLIS));
    }

    @Test
    void movesWithATradeAheadOfTheClock() {
        RollingTicker ticker = new RollingTicker();
        ticker.advance(T);

        ticker.apply(Trades.trade(1, T + 5_000, 50, 7));
        ticker.advance(T + 1_000);

        assertThat(ticker.ticker(1).timeMillis()).isEqualTo(T + 5_000);
        assertThat(ticker.ticker(1).count()).isEqualTo(1);
    }

    @Test
    void leavesOutATradeOlderThanTheWindowButKeepsItAsLastIfNewest() {
        RollingTicker ticker = new RollingTicker();
        ticker.advance(T + 2 * DAY_MILLIS);

        ticker.apply(Trades.trade(1, T, 50, 7));

        assertThat(ticker.ticker(1).last()).isEqualTo(50);
        assertThat(ticker.ticker(1).count()).isZero();
    }

    @Test
    void staysExactAtTheLargestDailyVolume() {
        RollingTicker ticker = new RollingTicker();
        BigInteger volume = BigInteger.ZERO;
        BigInteger quote = BigInteger.ZERO;
        for (int i = 1; i <= 1_000; i++) {
            long quantity = 9_000_000_000_000_000_000L + i;
            long price = 1_000_000_000_000_000_000L + i;
            ticker.apply(Trades.trade(i, T + i, price / 10_000_000, quantity));
            volume = volume.add(BigInteger.valueOf(quantity));
            quote = quote.add(BigInteger.valueOf(quantity).multiply(BigInteger.valueOf(price / 10_000_000)));
        }

        assertThat(ticker.ticker(1_000).volume().toBigInteger()).isEqualTo(volume);
        assertThat(ticker.ticker(1_000).quoteVolume().toBigInteger()).isEqualTo(quote);
        ticker.advance(T + 2 * DAY_MILLIS);
        assertThat(ticker.ticker(1_000).volume()).isEqualTo(Sum128.ZERO);
        assertThat(ticker.ticker(1_000).quoteVolume()).isEqualTo(Sum128.ZERO);
    }

    @Test
    void keepsEverySecondOfABusyDay() {
        RollingTicker ticker = new RollingTicker();
        long seq = 0;
        for (int second = 0; second < 90_000; second++) {
            ticker.apply(Trades.trade(++seq, T + second * 1_000L, 100_000 - second, 3));
        }

        Ticker now = ticker.ticker(seq);

        assertThat(now.count()).isEqualTo(86_400);
        assertThat(now.high()).isEqualTo(100_000 - 3_600);
        assertThat(now.low()).isEqualTo(100_000 - 89_999);
        assertThat(now.open()).isEqualTo(100_000 - 3_600);
    }

    @Test
    void hasNoTickerBeforeTheFirstTrade() {
        assertThatThrownBy(() -> new RollingTicker().ticker(0)).isInstanceOf(IllegalStateException.class);
    }

    private static Trade newest(List<Trade> trades) {
        return trades.stream()
                .max(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq))
                .orElseThrow();
    }

    private static Ticker bruteForce(List<Trade> trades, long timeMillis) {
        long openMillis = Math.floorDiv(timeMillis, 1_000L) * 1_000 - 86_399_000;
        Trade last = newest(trades);
        List<Trade> inside = trades.stream()
                .filter(trade -> trade.timeMillis() >= openMillis)
                .toList();
        BigInteger volume = BigInteger.ZERO;
        BigInteger quote = BigInteger.ZERO;
        for (Trade trade : inside) {
            BigInteger quantity = BigInteger.valueOf(trade.quantity());
            volume = volume.add(quantity);
            quote = quote.add(quantity.multiply(BigInteger.valueOf(trade.price())));
        }
        long open = inside.stream()
                .min(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq))
                .map(Trade::price)
                .orElse(last.price());
        return new Ticker(
                trades.size(),
                timeMillis,
                last.price(),
                last.quantity(),
                open,
                inside.stream().mapToLong(Trade::price).max().orElse(last.price()),
                inside.stream().mapToLong(Trade::price).min().orElse(last.price()),
                Sum128.of(volume),
                Sum128.of(quote),
                inside.size(),
                openMillis,
                timeMillis);
    }
}
