package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes up the trades of a market: pure but for its random numbers, with no clock and no thread. The same seed, instruments
 * and times give the same trades. Owned by one thread.
 *
 * <p>Trades come in bursts: each trade makes further ones likelier for a while (a Hawkes process), so that gaps between
 * trades are heavy-tailed, while the mean rate is as asked for. Within a burst the same instrument tends to trade again.
 *
 * <p>{@code double} is used for random draws only; prices and quantities are counted, and leave, as multiples of tick and
 * step.
 */
final class SimulatedTrades {
    /** Of all trades, the part set off by an earlier one; a burst is 1 / (1 - 0.6) = 2.5 trades in the mean. */
    private static final double TRIGGERED_PART = 0.6;
    /** How fast a trade's pull fades, in multiples of the mean rate: within a tenth of the mean gap. */
    private static final double FADING = 10;
    /** How often the instrument of the last trade trades again, rather than one drawn by weight. */
    private static final double SAME_INSTRUMENT = 0.4;

    private static final double NANOS_PER_SECOND = 1e9;

    private final List<SimulatedInstrument> instruments = new ArrayList<>();
    private final double[] weightUpTo;
    private final double rate;
    private final Random random;
    private final Random quoteRandom = new Random(7);
    private double excitement;
    private int lastInstrument;
    private long lastId;

    /**
     * @param registered instruments of {@link SimulatedMarket}, as registered
     * @param tradesPerSecond mean rate of all together, above 0
     * @param lastPrice a symbol's last known price in units, to continue from after a restart
     * @throws IllegalArgumentException if there is no instrument, one is not of the simulated market, or the rate is not
     *     above 0
     */
    SimulatedTrades(
            List<Instrument> registered,
            double tradesPerSecond,
            Random random,
            Function<Symbol, OptionalLong> lastPrice) {
        if (registered.isEmpty()) {
            throw new IllegalArgumentException("a simulated market needs at least one instrument");
        }
        if (!(tradesPerSecond > 0) || Double.isInfinite(tradesPerSecond)) {
            throw new IllegalArgumentException("tradesPerSecond must be above 0, was " + tradesPerSecond);
        }
        this.rate = tradesPerSecond;
        this.random = random;
        this.weightUpTo = new double[registered.size()];
        Map<Symbol, InstrumentSpec> specs =
                SimulatedMarket.INSTRUMENTS.stream().collect(Collectors.toMap(InstrumentSpec::symbol, spec -> spec));
        double total = registered.stream()
                .mapToDouble(instrument -> spec(specs, instrument).weight())
                .sum();
        double upTo = 0;
        for (Instrument instrument : registered) {
            InstrumentSpec spec = spec(specs, instrument);
            double part = spec.weight() / total;
            upTo += part;
            weightUpTo[instruments.size()] = upTo;
            long price = lastPrice.apply(instrument.symbol()).orElse(0);
            instruments.add(new SimulatedInstrument(instrument, spec, price, rate * part));
        }
    }

    double rate() {
        return rate;
    }

    int instrumentCount() {
        return instruments.size();
    }

    /**
     * Nanoseconds from the last trade to the next. By Ogata's thinning: candidates come at the present intensity, which only
     * fades between trades, and one is taken with the part of it that is left by then.
     */
    long nextDelayNanos() {
        double base = rate * (1 - TRIGGERED_PART);
        double fadingRate = rate * FADING;
        double seconds = 0;
        while (true) {
            double bound = base + excitement;
            double gap = -Math.log(1 - random.nextDouble()) / bound;
            seconds += gap;
            excitement *= Math.exp(-fadingRate * gap);
            if (random.nextDouble() * bound <= base + excitement) {
                excitement += TRIGGERED_PART * fadingRate;
                return (long) (seconds * NANOS_PER_SECOND);
            }
        }
    }

    /**
     * The next trade.
     *
     * <p>Its id is {@code timeMillis × 1000}, or one more than the last id if that is higher: a number that grows, over
     * restarts too unless the clock was set back.
     *
     * @param timeMillis when it happens, epoch milliseconds
     */
    NewTrade next(long timeMillis) {
        if (random.nextDouble() >= SAME_INSTRUMENT) {
            lastInstrument = draw();
        }
        lastId = Math.max(lastId + 1, timeMillis * 1000);
        return instruments.get(lastInstrument).next(random, Long.toString(lastId), timeMillis);
    }

    /** Quotes of the instruments that traded since this was last asked: drawn from other random numbers than the trades. */
    List<NewQuote> quotes(long timeMillis) {
        List<NewQuote> quotes = new ArrayList<>();
        for (SimulatedInstrument instrument : instruments) {
            NewQuote quote = instrument.takeQuote(quoteRandom, timeMillis);
            if (quote != null) {
                quotes.add(quote);
            }
        }
        return quotes;
    }

    private int draw() {
        double at = random.nextDouble() * weightUpTo[weightUpTo.length - 1];
        int index = 0;
        while (index < weightUpTo.length - 1 && at >= weightUpTo[index]) {
            index++;
        }
        return index;
    }

    private static InstrumentSpec spec(Map<Symbol, InstrumentSpec> specs, Instrument instrument) {
        InstrumentSpec spec = specs.get(instrument.symbol());
        if (spec == null) {
            throw new IllegalArgumentException("simulated market has no instrument " + instrument.symbol());
        }
        return spec;
    }
}
