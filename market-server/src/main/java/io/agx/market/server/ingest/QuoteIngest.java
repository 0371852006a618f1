package io.agx.market.server.ingest;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.server.feed.NewQuote;
import io.agx.market.server.feed.QuoteSink;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.measure.WordCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Takes quotes on: checks each, and hands the valid ones to the engine, past the log. Thread-safe; keeps nothing. */
public final class QuoteIngest implements QuoteSink {
    /** The codes of a quote's rules. */
    public static final List<String> CODES = List.of(
            "instrument_halted",
            "bad_price",
            "price_off_tick",
            "bad_quantity",
            "quantity_off_step",
            "crossed_quote",
            "bad_time",
            "time_ahead");

    private final TradeValidator rules;
    private final Consumer<NewQuote> engine;
    private final LongAdder accepted = new LongAdder();
    private final WordCounts rejections = new WordCounts(CODES);

    /**
     * @param rules of the time, the same as a trade's
     * @param engine takes a valid quote to the thread that owns its instrument; never blocks
     */
    public QuoteIngest(TradeValidator rules, Consumer<NewQuote> engine) {
        this.rules = rules;
        this.engine = engine;
    }

    @Override
    public List<Optional<Rejected>> offer(List<NewQuote> quotes) {
        List<Optional<Rejected>> results = new ArrayList<>(quotes.size());
        for (NewQuote quote : quotes) {
            Optional<Rejected> rejection = check(quote);
            if (rejection.isEmpty()) {
                engine.accept(quote);
                accepted.increment();
            } else {
                rejections.add(rejection.get().code());
            }
            results.add(rejection);
        }
        return results;
    }

    /** The first rule that a quote breaks, or nothing, without taking it. */
    public Optional<Rejected> check(NewQuote quote) {
        Instrument instrument = rules.current(quote.instrument());
        if (instrument.status() != InstrumentStatus.TRADING) {
            return reject(
                    "instrument_halted",
                    instrument.symbol() + " takes no quotes: its status is " + instrument.status());
        }
        Optional<Rejected> wrong = price(instrument, "bid", quote.bid())
                .or(() -> quantity(instrument, "bidQty", quote.bidQuantity()))
                .or(() -> price(instrument, "ask", quote.ask()))
                .or(() -> quantity(instrument, "askQty", quote.askQuantity()));
        if (wrong.isPresent()) {
            return wrong;
        }
        if (quote.bid() >= quote.ask()) {
            return reject(
                    "crossed_quote",
                    "bid must be below ask, was " + FixedPoint.format(quote.bid(), instrument.priceScale()) + " and "
                            + FixedPoint.format(quote.ask(), instrument.priceScale()));
        }
        return rules.checkTime(quote.timeMillis());
    }

    /** Quotes taken since the start. */
    public long acceptedCount() {
        return accepted.sum();
    }

    /** Quotes refused by a rule since the start. */
    public long rejectedCount() {
        return rejections.sum();
    }

    /** The same by the code of the rule. */
    public WordCounts rejections() {
        return rejections;
    }

    private static Optional<Rejected> price(Instrument instrument, String field, long units) {
        int scale = instrument.priceScale();
        if (units < 1) {
            return reject("bad_price", field + " must be above 0, was " + FixedPoint.format(units, scale));
        }
        if (units % instrument.tickSize() != 0) {
            return reject(
                    "price_off_tick",
                    field + " must be a multiple of " + FixedPoint.format(instrument.tickSize(), scale) + ", was "
                            + FixedPoint.format(units, scale));
        }
        return Optional.empty();
    }

    private static Optional<Rejected> quantity(Instrument instrument, String field, long units) {
        int scale = instrument.quantityScale();
        if (units < 1) {
            return reject("bad_quantity", field + " must be above 0, was " + FixedPoint.format(units, scale));
        }
        if (units % instrument.stepSize() != 0) {
            return reject(
                    "quantity_off_step",
                    field + " must be a multiple of " + FixedPoint.format(instrument.stepSize(), scale) + ", was "
                            + FixedPoint.format(units, scale));
        }
        return Optional.empty();
    }

    private static Optional<Rejected> reject(String code, String message) {
        return Optional.of(new Rejected(code, message));
    }
}
