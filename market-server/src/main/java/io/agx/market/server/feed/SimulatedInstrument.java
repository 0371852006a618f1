package io.agx.market.server.feed;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Price, volatility and order flow of one simulated instrument: a random walk on ticks whose volatility wanders and comes
 * back to its mean, takers who mostly push the price their way, log-normal sizes.
 *
 * <p>{@code double} is used for random draws only; the price is held, and leaves, as a count of ticks. Owned by the feed's
 * thread.
 */
final class SimulatedInstrument {
    /** Standard deviation of a day's relative move: 3.5 %. */
    private static final double DAILY_VOLATILITY = 0.035;

    private static final double SECONDS_PER_DAY = 86_400;
    private static final double MAX_VOLATILITY_PER_TRADE = 0.003;
    /** Log-volatility: an Ornstein-Uhlenbeck process with a memory of 200 trades and a stationary deviation of 0.5. */
    private static final double VOLATILITY_REVERSION = 0.005;

    private static final double VOLATILITY_NOISE = 0.05;
    /** Log-normal shape: of 1,000 sizes the largest is some 150 times the median. */
    private static final double SIZE_SIGMA = 1.6;

    private static final double MAX_SIZE_FACTOR = 10_000;
    private static final int MAX_SPREAD_TICKS = 3;
    private static final double TAKER_MOVES_PRICE = 0.85;
    private static final double TAKER_REPEATS = 0.7;
    /** Highest price, as a multiple of the first: a bound for the units only. */
    private static final long MAX_PRICE_FACTOR = 10_000;

    private final Instrument instrument;
    private final double volatilityPerTrade;
    private final double medianSteps;
    private final long maxTicks;
    private long ticks;
    private double untradedTicks;
    private double logVolatility;
    private Side lastSide = Side.BUY;
    private boolean traded;

    /**
     * @param lastPrice where to continue, in price units, rounded to the tick; 0 or less for the spec's start price
     * @param tradesPerSecond of this instrument, to spread a day's volatility over its trades
     */
    SimulatedInstrument(Instrument instrument, InstrumentSpec spec, long lastPrice, double tradesPerSecond) {
        this.instrument = instrument;
        long start = rescale(spec.startPrice(), spec.priceScale(), instrument.priceScale());
        this.ticks = Math.max(1, (lastPrice > 0 ? lastPrice : start) / instrument.tickSize());
        this.maxTicks = Math.min(ticks, Long.MAX_VALUE / instrument.tickSize() / MAX_PRICE_FACTOR) * MAX_PRICE_FACTOR;
        long median = rescale(spec.medianQuantity(), spec.quantityScale(), instrument.quantityScale());
        this.medianSteps = Math.max(1.0, (double) median / instrument.stepSize());
        this.volatilityPerTrade =
                Math.min(MAX_VOLATILITY_PER_TRADE, DAILY_VOLATILITY / Math.sqrt(tradesPerSecond * SECONDS_PER_DAY));
    }

    NewTrade next(Random random, String id, long timeMillis) {
        long move = movePrice(random);
        lastSide = takerSide(random, move);
        traded = true;
        return new NewTrade(
                instrument, id, ticks * instrument.tickSize(), quantity(random), lastSide, timeMillis, false);
    }

    /**
     * The book's best prices if there was a trade since this was last asked: a tick or a few apart, with the last price on the side that
     * was taken. Null if there was none.
     */
    @Nullable
    NewQuote takeQuote(Random random, long timeMillis) {
        if (!traded) {
            return null;
        }
        traded = false;
        long spread = 1L + random.nextInt(MAX_SPREAD_TICKS);
        long bid = Math.max(1, lastSide == Side.BUY ? ticks - spread : ticks);
        return new NewQuote(
                instrument,
                bid * instrument.tickSize(),
                quantity(random),
                (bid + spread) * instrument.tickSize(),
                quantity(random),
                timeMillis);
    }

    /** Moves by whole ticks; what is less than one adds up until it is one. */
    private long movePrice(Random random) {
        logVolatility += -VOLATILITY_REVERSION * logVolatility + VOLATILITY_NOISE * random.nextGaussian();
        untradedTicks += ticks * volatilityPerTrade * Math.exp(logVolatility) * random.nextGaussian();
        long move = Math.round(untradedTicks);
        untradedTicks -= move;
        long before = ticks;
        ticks = Math.min(maxTicks, Math.max(1, ticks + move));
        return ticks - before;
    }

    private Side takerSide(Random random, long move) {
        if (move == 0) {
            return random.nextDouble() < TAKER_REPEATS ? lastSide : opposite(lastSide);
        }
        Side mover = move > 0 ? Side.BUY : Side.SELL;
        return random.nextDouble() < TAKER_MOVES_PRICE ? mover : opposite(mover);
    }

    private long quantity(Random random) {
        double factor = Math.min(MAX_SIZE_FACTOR, Math.exp(SIZE_SIGMA * random.nextGaussian()));
        return Math.max(1, Math.round(medianSteps * factor)) * instrument.stepSize();
    }

    private static Side opposite(Side side) {
        return side == Side.BUY ? Side.SELL : Side.BUY;
    }

    /** An instrument registered earlier may count in other units than the spec. */
    private static long rescale(long units, int from, int to) {
        return to >= from
                ? Math.multiplyExact(units, FixedPoint.powerOfTen(to - from))
                : units / FixedPoint.powerOfTen(from - to);
    }
}
