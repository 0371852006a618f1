package io.agx.market.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SimulatedTradesTest {
    private static final long SEED = 20131125;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int COUNT = 200_000;

    @Test
    void definesTwentyInstrumentsWithPricesOnTheTick() {
        assertThat(SimulatedMarket.INSTRUMENTS).hasSize(20);
        assertThat(SimulatedMarket.INSTRUMENTS)
                .extracting(InstrumentSpec::symbol)
                .doesNotHaveDuplicates();
        assertThat(SimulatedMarket.INSTRUMENTS)
                .extracting(spec -> spec.symbol().value())
                .contains("BTC-USDT", "ETH-USDT", "ETH-BTC");
        assertThat(SimulatedMarket.INSTRUMENTS).allSatisfy(spec -> {
            assertThat(spec.startPrice() % spec.tickSize()).isZero();
            assertThat(spec.medianQuantity() % spec.stepSize()).isZero();
        });
        InstrumentSpec btc = SimulatedMarket.INSTRUMENTS.get(0);
        assertThat(FixedPoint.format(btc.startPrice(), btc.priceScale())).isEqualTo("64250");
    }

    @Test
    void everyInstrumentTradesOnTickAndStepWithHeavyTailedSizes() {
        Map<Symbol, List<NewTrade>> bySymbol = new LinkedHashMap<>();
        for (NewTrade trade : trades(SEED)) {
            assertThat(trade.price()).isPositive();
            assertThat(trade.price() % trade.instrument().tickSize()).isZero();
            assertThat(trade.quantity()).isPositive();
            assertThat(trade.quantity() % trade.instrument().stepSize()).isZero();
            bySymbol.computeIfAbsent(trade.instrument().symbol(), symbol -> new ArrayList<>())
                    .add(trade);
        }

        assertThat(bySymbol).as("seed %d", SEED).hasSize(20);
        bySymbol.forEach((symbol, trades) -> {
            long[] sizes =
                    trades.stream().mapToLong(NewTrade::quantity).sorted().toArray();
            assertThat(sizes.length).as("%s, seed %d", symbol, SEED).isGreaterThan(COUNT / 200);
            assertThat(sizes[sizes.length - 1] / sizes[sizes.length / 2])
                    .as("%s: max size by median, seed %d", symbol, SEED)
                    .isGreaterThanOrEqualTo(20);
        });
    }

    @Test
    void takersPushThePriceTheirWayAndPricesStayPlausible() {
        Map<Symbol, Long> last = new LinkedHashMap<>();
        int moves = 0;
        int withTaker = 0;
        for (NewTrade trade : trades(SEED)) {
            Long before = last.put(trade.instrument().symbol(), trade.price());
            if (before != null && before != trade.price()) {
                moves++;
                withTaker += (trade.price() > before) == (trade.takerSide() == Side.BUY) ? 1 : 0;
            }
        }

        assertThat(moves).as("moves, seed %d", SEED).isGreaterThan(COUNT / 10);
        assertThat(withTaker * 100.0 / moves)
                .as("%% with the taker, seed %d", SEED)
                .isBetween(83.0, 87.0);
        for (InstrumentSpec spec : SimulatedMarket.INSTRUMENTS) {
            assertThat((double) last.getOrDefault(spec.symbol(), 0L) / spec.startPrice())
                    .as("%s: last by start, seed %d", spec.symbol(), SEED)
                    .isBetween(0.8, 1.25);
        }
    }

    @Test
    void comesInBurstsAtTheMeanRateAskedFor() {
        SimulatedTrades trades =
                new SimulatedTrades(instruments(), 40, new Random(SEED), symbol -> OptionalLong.empty());
        long[] gaps = new long[COUNT];
        for (int i = 0; i < COUNT; i++) {
            gaps[i] = trades.nextDelayNanos();
        }

        double mean = Arrays.stream(gaps).average().orElseThrow();
        double variance = Arrays.stream(gaps)
                .mapToDouble(gap -> (gap - mean) * (gap - mean))
                .average()
                .orElseThrow();
        Arrays.sort(gaps);
        assertThat(1e9 / mean).as("trades/s, seed %d", SEED).isBetween(38.0, 42.0);
        assertThat(Math.sqrt(variance) / mean)
                .as("coefficient of variation (1 without bursts), seed %d", SEED)
                .isGreaterThan(1.4);
        assertThat(gaps[COUNT * 999 / 1000] / gaps[COUNT / 2])
                .as("p99.9 gap by median, seed %d", SEED)
                .isGreaterThan(20);
    }

    @Test
    void sameSeedGivesTheSameTradesAndIdsGrow() {
        List<NewTrade> trades = trades(SEED);

        assertThat(trades).isEqualTo(trades(SEED)).isNotEqualTo(trades(SEED + 1));
        long last = 0;
        for (NewTrade trade : trades) {
            assertThat(Long.parseLong(trade.id())).isGreaterThan(last);
            last = Long.parseLong(trade.id());
        }
        assertThat(trades.get(0).id()).isEqualTo("1700000000000000");
    }

    @Test
    void continuesFromTheLastPrice() {
        List<Instrument> btc = instruments().subList(0, 1);
        SimulatedTrades trades = new SimulatedTrades(btc, 40, new Random(SEED), symbol -> OptionalLong.of(9_999_900));

        assertThat(trades.next(START_MILLIS).price()).as("seed %d", SEED).isBetween(9_990_000L, 10_010_000L);
    }

    @Test
    void followsTheScalesOfAnInstrumentRegisteredEarlier() {
        Instrument coarse =
                new Instrument(1, new Symbol("BTC-USDT"), "BTC", "USDT", 1, 8, 5, 1000, InstrumentStatus.TRADING);
        SimulatedTrades trades =
                new SimulatedTrades(List.of(coarse), 40, new Random(SEED), symbol -> OptionalLong.empty());

        NewTrade trade = trades.next(START_MILLIS);

        assertThat(trade.price() % 5).isZero();
        assertThat(trade.price()).as("seed %d", SEED).isBetween(640_000L, 645_000L);
        assertThat(trade.quantity() % 1000).isZero();
    }

    @Test
    void refusesUnknownInstrumentsAndSenselessRates() {
        assertThatThrownBy(() -> new SimulatedTrades(
                        List.of(CsvFixtures.BTC_USD), 40, new Random(1), symbol -> OptionalLong.empty()))
                .hasMessage("simulated market has no instrument BTC-USD");
        assertThatThrownBy(() -> new SimulatedTrades(instruments(), 0, new Random(1), symbol -> OptionalLong.empty()))
                .hasMessage("tradesPerSecond must be above 0, was 0.0");
    }

    static List<Instrument> instruments() {
        List<Instrument> instruments = new ArrayList<>();
        for (InstrumentSpec spec : SimulatedMarket.INSTRUMENTS) {
            instruments.add(spec.instrument(instruments.size() + 1));
        }
        return instruments;
    }

    private static List<NewTrade> trades(long seed) {
        SimulatedTrades generator =
                new SimulatedTrades(instruments(), 40, new Random(seed), symbol -> OptionalLong.empty());
        List<NewTrade> trades = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            trades.add(generator.next(START_MILLIS + i / 5));
        }
        return trades;
    }
}
