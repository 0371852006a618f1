package io.agx.market.server.ingest;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Texts;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult.Rejected;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The rules that a trade must keep before it is journaled. Thread-safe, stateless but for the clock.
 *
 * <p>Every rule has a stable code; the message names the field, the limit and the value.
 */
public final class TradeValidator {
    /**
     * Price × quantity must stay below 2^100 units: 2^27 trades of that size still fit the 128-bit sums of one candle.
     */
    public static final int MAX_NOTIONAL_BITS = 100;

    /** The codes of all rules. */
    public static final List<String> CODES = List.of(
            "instrument_halted",
            "bad_id",
            "bad_price",
            "price_off_tick",
            "bad_quantity",
            "quantity_off_step",
            "notional_too_large",
            "bad_time",
            "time_ahead");

    private final LongSupplier clockMillis;
    private final LongSupplier maxAheadMillis;
    private final UnaryOperator<Instrument> current;

    /**
     * @param clockMillis the server's clock, epoch milliseconds
     * @param maxAheadMillis how far a trade's time may be ahead of the clock; {@code Long.MAX_VALUE} for no limit
     */
    public TradeValidator(LongSupplier clockMillis, long maxAheadMillis) {
        this(clockMillis, () -> maxAheadMillis, instrument -> instrument);
    }

    /**
     * @param clockMillis the server's clock, epoch milliseconds
     * @param maxAheadMillis how far a trade's time may be ahead of the clock; {@code Long.MAX_VALUE} for no limit
     * @param current an instrument as it is now: who trades may have one of before its tick, step or status changed
     */
    public TradeValidator(LongSupplier clockMillis, LongSupplier maxAheadMillis, UnaryOperator<Instrument> current) {
        this.clockMillis = clockMillis;
        this.maxAheadMillis = maxAheadMillis;
        this.current = current;
    }

    /** What is wrong with a trade, or nothing. That there is such an instrument is taken as given. */
    public Optional<Rejected> check(NewTrade trade) {
        Instrument instrument = current(trade.instrument());
        if (instrument.status() != InstrumentStatus.TRADING) {
            return reject(
                    "instrument_halted",
                    instrument.symbol() + " takes no trades: its status is " + instrument.status());
        }
        if (!isValidId(trade.id())) {
            return reject(
                    "bad_id",
                    "id must be 1 to " + Trade.MAX_ID_LENGTH + " printable ASCII characters without spaces, was \""
                            + Texts.clip(trade.id()) + "\"");
        }
        if (trade.price() < 1) {
            return reject("bad_price", "price must be above 0, was " + price(trade, trade.price()));
        }
        if (trade.price() % instrument.tickSize() != 0) {
            return reject(
                    "price_off_tick",
                    "price must be a multiple of " + FixedPoint.format(instrument.tickSize(), instrument.priceScale())
                            + ", was " + price(trade, trade.price()));
        }
        if (trade.quantity() < 1) {
            return reject("bad_quantity", "qty must be above 0, was " + quantity(trade, trade.quantity()));
        }
        if (trade.quantity() % instrument.stepSize() != 0) {
            return reject(
                    "quantity_off_step",
                    "qty must be a multiple of " + FixedPoint.format(instrument.stepSize(), instrument.quantityScale())
                            + ", was " + quantity(trade, trade.quantity()));
        }
        if (Math.multiplyHigh(trade.price(), trade.quantity()) >>> (MAX_NOTIONAL_BITS - 64) != 0) {
            return reject(
                    "notional_too_large",
                    "price × qty must be below 2^" + MAX_NOTIONAL_BITS + " units, was " + price(trade, trade.price())
                            + " × " + quantity(trade, trade.quantity()));
        }
        return checkTime(trade.timeMillis());
    }

    /** An instrument as it is now. */
    Instrument current(Instrument instrument) {
        return current.apply(instrument);
    }

    /** What is wrong with the time of a trade or quote, or nothing. */
    Optional<Rejected> checkTime(long timeMillis) {
        if (timeMillis < Trade.MIN_TIME_MILLIS || timeMillis > Trade.MAX_TIME_MILLIS) {
            return reject(
                    "bad_time",
                    "time must be " + Trade.MIN_TIME_MILLIS + " to " + Trade.MAX_TIME_MILLIS + " ms, was "
                            + timeMillis);
        }
        long now = clockMillis.getAsLong();
        long maxAhead = maxAheadMillis.getAsLong();
        if (maxAhead < Long.MAX_VALUE - now && timeMillis > now + maxAhead) {
            return reject(
                    "time_ahead",
                    "time must be at most " + maxAhead + " ms ahead of the server's clock " + now + ", was "
                            + timeMillis);
        }
        return Optional.empty();
    }

    private static boolean isValidId(String id) {
        if (id.isEmpty() || id.length() > Trade.MAX_ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static String price(NewTrade trade, long units) {
        return FixedPoint.format(units, trade.instrument().priceScale());
    }

    private static String quantity(NewTrade trade, long units) {
        return FixedPoint.format(units, trade.instrument().quantityScale());
    }

    private static Optional<Rejected> reject(String code, String message) {
        return Optional.of(new Rejected(code, message));
    }
}
