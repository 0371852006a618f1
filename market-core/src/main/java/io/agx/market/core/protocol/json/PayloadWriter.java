package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Payload;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Writes market data as JSON: the one place that does, so that rooms, replies, snapshots and REST have the same bytes. Decimals
 * are exact strings without trailing zeros; only {@code vwap} and {@code changePercent} are rounded. Pure functions.
 */
public final class PayloadWriter {
    /** Decimals of {@code changePercent}. */
    public static final int PERCENT_SCALE = 3;

    private static final BigInteger PERCENT_FACTOR = BigInteger.valueOf(100_000);

    private PayloadWriter() {}

    /** The UTF-8 bytes of a payload: a REST body. */
    public static byte[] toBytes(Payload payload) {
        return Json.write(expectedBytes(payload), json -> write(json, payload));
    }

    /** Bytes that the payload will take, roughly: for the size of a buffer. */
    static int expectedBytes(Payload payload) {
        if (payload instanceof Payload.OfTickers all) {
            return 64 + 400 * all.tickers().size();
        }
        if (payload instanceof Payload.OfKlines all) {
            return 64 + 400 * all.klines().size();
        }
        if (payload instanceof Payload.OfTrades all) {
            return 64 + 160 * all.trades().size();
        }
        return 512;
    }

    static void write(JsonGenerator json, Payload payload) throws IOException {
        if (payload instanceof Payload.OfTicker one) {
            writeTicker(json, one.instrument(), one.ticker());
        } else if (payload instanceof Payload.OfTickers all) {
            json.writeStartArray();
            for (Payload.OfTicker one : all.tickers()) {
                writeTicker(json, one.instrument(), one.ticker());
            }
            json.writeEndArray();
        } else if (payload instanceof Payload.OfKline one) {
            writeKline(json, one.instrument(), one.kline());
        } else if (payload instanceof Payload.OfKlines all) {
            json.writeStartArray();
            for (Kline kline : all.klines()) {
                writeKline(json, all.instrument(), kline);
            }
            json.writeEndArray();
        } else if (payload instanceof Payload.OfTrades all) {
            json.writeStartArray();
            for (Trade trade : all.trades()) {
                writeTrade(json, all.instrument(), trade);
            }
            json.writeEndArray();
        } else if (payload instanceof Payload.OfInstrument one) {
            writeInstrument(json, one.instrument());
        } else if (payload instanceof Payload.OfInstruments all) {
            json.writeStartArray();
            for (Instrument instrument : all.instruments()) {
                writeInstrument(json, instrument);
            }
            json.writeEndArray();
        }
    }

    private static void writeTicker(JsonGenerator json, Instrument instrument, Ticker ticker) throws IOException {
        int priceScale = instrument.priceScale();
        json.writeStartObject();
        json.writeStringField("symbol", instrument.symbol().value());
        json.writeNumberField("seq", ticker.seq());
        json.writeNumberField("time", ticker.timeMillis());
        writeDecimal(json, "last", ticker.last(), priceScale);
        writeDecimal(json, "lastQty", ticker.lastQuantity(), instrument.quantityScale());
        writeDecimal(json, "open", ticker.open(), priceScale);
        writeDecimal(json, "high", ticker.high(), priceScale);
        writeDecimal(json, "low", ticker.low(), priceScale);
        writeDecimal(json, "change", ticker.change(), priceScale);
        json.writeStringField("changePercent", changePercent(ticker));
        json.writeStringField("vwap", vwap(ticker, priceScale));
        writeDecimal(json, "volume", ticker.volume(), instrument.quantityScale());
        writeDecimal(json, "quoteVolume", ticker.quoteVolume(), instrument.quoteScale());
        json.writeNumberField("count", ticker.count());
        json.writeNumberField("openTime", ticker.openTimeMillis());
        json.writeNumberField("closeTime", ticker.closeTimeMillis());
        json.writeEndObject();
    }

    private static void writeKline(JsonGenerator json, Instrument instrument, Kline kline) throws IOException {
        int priceScale = instrument.priceScale();
        json.writeStartObject();
        json.writeStringField("symbol", instrument.symbol().value());
        json.writeStringField("interval", kline.interval().code());
        json.writeNumberField("openTime", kline.openTimeMillis());
        json.writeNumberField("closeTime", kline.nextOpenTimeMillis() - 1);
        writeDecimal(json, "open", kline.open(), priceScale);
        writeDecimal(json, "high", kline.high(), priceScale);
        writeDecimal(json, "low", kline.low(), priceScale);
        writeDecimal(json, "close", kline.close(), priceScale);
        writeDecimal(json, "volume", kline.volume(), instrument.quantityScale());
        writeDecimal(json, "quoteVolume", kline.quoteVolume(), instrument.quoteScale());
        writeDecimal(json, "takerBuyVolume", kline.takerBuyVolume(), instrument.quantityScale());
        writeDecimal(json, "takerBuyQuoteVolume", kline.takerBuyQuoteVolume(), instrument.quoteScale());
        json.writeNumberField("count", kline.count());
        json.writeNumberField("firstSeq", kline.firstSeq());
        json.writeNumberField("seq", kline.seq());
        json.writeBooleanField("closed", kline.closed());
        json.writeStringField("cause", kline.cause().code());
        json.writeEndObject();
    }

    private static void writeTrade(JsonGenerator json, Instrument instrument, Trade trade) throws IOException {
        json.writeStartObject();
        json.writeNumberField("seq", trade.seq());
        json.writeStringField("id", trade.id());
        writeDecimal(json, "price", trade.price(), instrument.priceScale());
        writeDecimal(json, "qty", trade.quantity(), instrument.quantityScale());
        writeDecimal(json, "quoteQty", Sum128.product(trade.price(), trade.quantity()), instrument.quoteScale());
        if (trade.takerSide() == Side.UNKNOWN) {
            json.writeNullField("takerSide");
        } else {
            json.writeStringField("takerSide", trade.takerSide() == Side.BUY ? "buy" : "sell");
        }
        json.writeNumberField("time", trade.timeMillis());
        json.writeEndObject();
    }

    private static void writeInstrument(JsonGenerator json, Instrument instrument) throws IOException {
        json.writeStartObject();
        json.writeStringField("symbol", instrument.symbol().value());
        json.writeStringField("baseAsset", instrument.baseAsset());
        json.writeStringField("quoteAsset", instrument.quoteAsset());
        json.writeNumberField("priceScale", instrument.priceScale());
        json.writeNumberField("quantityScale", instrument.quantityScale());
        writeDecimal(json, "tickSize", instrument.tickSize(), instrument.priceScale());
        writeDecimal(json, "stepSize", instrument.stepSize(), instrument.quantityScale());
        json.writeStringField("status", instrument.status().name().toLowerCase(Locale.ROOT));
        json.writeEndObject();
    }

    /** change / open × 100, rounded half up (away from zero) to 3 decimals; 0 if open is 0. */
    private static String changePercent(Ticker ticker) {
        if (ticker.open() == 0) {
            return "0";
        }
        BigInteger scaled = BigInteger.valueOf(ticker.change()).multiply(PERCENT_FACTOR);
        return FixedPoint.format(divideHalfUp(scaled, BigInteger.valueOf(ticker.open())), PERCENT_SCALE);
    }

    /** quoteVolume / volume, rounded half up at the price's scale; the last price if nothing was traded. */
    private static String vwap(Ticker ticker, int priceScale) {
        if (ticker.volume().isZero()) {
            return FixedPoint.format(ticker.last(), priceScale);
        }
        BigInteger quotient = divideHalfUp(
                ticker.quoteVolume().toBigInteger(), ticker.volume().toBigInteger());
        return FixedPoint.format(quotient, priceScale);
    }

    private static BigInteger divideHalfUp(BigInteger dividend, BigInteger divisor) {
        return new BigDecimal(dividend)
                .divide(new BigDecimal(divisor), 0, RoundingMode.HALF_UP)
                .toBigInteger();
    }

    private static void writeDecimal(JsonGenerator json, String field, long units, int scale) throws IOException {
        json.writeStringField(field, FixedPoint.format(units, scale));
    }

    private static void writeDecimal(JsonGenerator json, String field, Sum128 units, int scale) throws IOException {
        json.writeStringField(field, units.format(scale));
    }
}
