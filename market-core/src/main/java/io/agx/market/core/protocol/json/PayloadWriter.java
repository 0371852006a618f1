package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Quote;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.PayloadField;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Writes market data as JSON: the one place that does, so that rooms, replies, snapshots and REST have the same bytes. Decimals
 * are exact strings without trailing zeros; only {@code vwap} and {@code changePercent} are rounded. Rooms may have some of the fields only, in
 * the same order. Pure functions.
 */
public final class PayloadWriter {
    /** Decimals of {@code changePercent}. */
    public static final int PERCENT_SCALE = 3;

    private static final BigInteger PERCENT_FACTOR = BigInteger.valueOf(100_000);

    // values() makes a copy at every call.
    private static final PayloadField.OfTicker[] TICKER_FIELDS = PayloadField.OfTicker.values();
    private static final PayloadField.OfKline[] KLINE_FIELDS = PayloadField.OfKline.values();
    private static final PayloadField.OfTrade[] TRADE_FIELDS = PayloadField.OfTrade.values();

    private PayloadWriter() {}

    /** The UTF-8 bytes of a payload: a REST body. */
    public static byte[] toBytes(Payload payload) {
        return Json.write(expectedBytes(payload), json -> write(json, payload));
    }

    /** Bytes that the payload will take, roughly: for the size of a buffer. */
    static int expectedBytes(Payload data) {
        Payload payload = data.whole();
        if (payload instanceof Payload.OfTickers all) {
            return 64 + 400 * all.tickers().size();
        }
        if (payload instanceof Payload.OfKlines all) {
            return 64 + 400 * all.klines().size();
        }
        if (payload instanceof Payload.OfTrades all) {
            return 64 + 160 * all.trades().size();
        }
        if (payload instanceof Payload.OfMessages all) {
            return 64 + 300 * all.messages().size();
        }
        return 512;
    }

    static void write(JsonGenerator json, Payload payload) throws IOException {
        if (payload instanceof Payload.Selected selected) {
            write(json, selected.whole(), selected.fields());
        } else {
            write(json, payload, FieldSelection.ALL);
        }
    }

    private static void write(JsonGenerator json, Payload payload, FieldSelection fields) throws IOException {
        if (payload instanceof Payload.OfTicker one) {
            writeTicker(json, one.instrument(), one.ticker(), fields);
        } else if (payload instanceof Payload.OfTickers all) {
            json.writeStartArray();
            for (Payload.OfTicker one : all.tickers()) {
                writeTicker(json, one.instrument(), one.ticker(), fields);
            }
            json.writeEndArray();
        } else if (payload instanceof Payload.OfKline one) {
            writeKline(json, one.instrument(), one.kline(), fields);
        } else if (payload instanceof Payload.OfKlines all) {
            json.writeStartArray();
            for (Kline kline : all.klines()) {
                writeKline(json, all.instrument(), kline, fields);
            }
            json.writeEndArray();
        } else if (payload instanceof Payload.OfTrades all) {
            json.writeStartArray();
            for (Trade trade : all.trades()) {
                writeTrade(json, all.instrument(), trade, fields);
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
        } else if (payload instanceof Payload.OfMessages all) {
            json.writeStartArray();
            for (InboxItem item : all.messages()) {
                json.writeStartObject();
                writeMessage(json, item.message());
                json.writeBooleanField("read", item.read());
                if (item.readTimeMillis() != 0) {
                    json.writeNumberField("readTime", item.readTimeMillis());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    /**
     * The body of {@code GET /api/v1/users/me/messages}.
     *
     * @param lastSeq of the newest message that there is
     */
    public static byte[] messagesBody(Payload.OfMessages page, long lastSeq, long unreadCount) {
        return Json.write(128 + expectedBytes(page), json -> {
            json.writeStartObject();
            json.writeNumberField("seq", lastSeq);
            json.writeNumberField("unread", unreadCount);
            json.writeFieldName("messages");
            write(json, page);
            json.writeEndObject();
        });
    }

    /** The fields of a message, into an object that is begun. */
    static void writeMessage(JsonGenerator json, UserMessage message) throws IOException {
        json.writeNumberField("seq", message.seq());
        json.writeStringField("id", message.id());
        json.writeStringField("type", message.type());
        json.writeStringField("title", message.title());
        json.writeStringField("content", message.content());
        json.writeNumberField("createdTime", message.createdTimeMillis());
        if (message.dataJson() != null) {
            json.writeFieldName("data");
            json.writeRawValue(message.dataJson());
        }
        json.writeObjectFieldStart("sender");
        json.writeStringField("nickname", message.senderName());
        if (message.senderAvatar() != null) {
            json.writeStringField("avatar", message.senderAvatar());
        }
        json.writeEndObject();
    }

    private static void writeTicker(JsonGenerator json, Instrument instrument, Ticker ticker, FieldSelection fields)
            throws IOException {
        Quote quote = ticker.quote();
        json.writeStartObject();
        for (PayloadField.OfTicker field : TICKER_FIELDS) {
            if (!fields.has(field)) {
                continue;
            }
            if (field.ordinal() < PayloadField.OfTicker.BID.ordinal()) {
                json.writeFieldName(field.code());
                writeValue(json, field, instrument, ticker);
            } else if (quote != null) {
                json.writeStringField(field.code(), quoteValue(field, instrument, quote));
            }
        }
        json.writeEndObject();
    }

    private static String quoteValue(PayloadField.OfTicker field, Instrument instrument, Quote quote) {
        return switch (field) {
            case BID -> FixedPoint.format(quote.bid(), instrument.priceScale());
            case BID_QTY -> FixedPoint.format(quote.bidQuantity(), instrument.quantityScale());
            case ASK -> FixedPoint.format(quote.ask(), instrument.priceScale());
            case ASK_QTY -> FixedPoint.format(quote.askQuantity(), instrument.quantityScale());
            default -> throw new IllegalArgumentException("no field of a quote: " + field);
        };
    }

    private static void writeValue(
            JsonGenerator json, PayloadField.OfTicker field, Instrument instrument, Ticker ticker) throws IOException {
        int priceScale = instrument.priceScale();
        switch (field) {
            case SYMBOL -> json.writeString(instrument.symbol().value());
            case SEQ -> json.writeNumber(ticker.seq());
            case TIME -> json.writeNumber(ticker.timeMillis());
            case LAST -> json.writeString(FixedPoint.format(ticker.last(), priceScale));
            case LAST_QTY -> json.writeString(FixedPoint.format(ticker.lastQuantity(), instrument.quantityScale()));
            case OPEN -> json.writeString(FixedPoint.format(ticker.open(), priceScale));
            case HIGH -> json.writeString(FixedPoint.format(ticker.high(), priceScale));
            case LOW -> json.writeString(FixedPoint.format(ticker.low(), priceScale));
            case CHANGE -> json.writeString(FixedPoint.format(ticker.change(), priceScale));
            case CHANGE_PERCENT -> json.writeString(changePercent(ticker));
            case VWAP -> json.writeString(vwap(ticker, priceScale));
            case VOLUME -> json.writeString(ticker.volume().format(instrument.quantityScale()));
            case QUOTE_VOLUME -> json.writeString(ticker.quoteVolume().format(instrument.quoteScale()));
            case COUNT -> json.writeNumber(ticker.count());
            case OPEN_TIME -> json.writeNumber(ticker.openTimeMillis());
            case CLOSE_TIME -> json.writeNumber(ticker.closeTimeMillis());
            case BID, BID_QTY, ASK, ASK_QTY -> throw new IllegalArgumentException("a field of the quote: " + field);
        }
    }

    private static void writeKline(JsonGenerator json, Instrument instrument, Kline kline, FieldSelection fields)
            throws IOException {
        json.writeStartObject();
        for (PayloadField.OfKline field : KLINE_FIELDS) {
            if (fields.has(field)) {
                json.writeFieldName(field.code());
                writeValue(json, field, instrument, kline);
            }
        }
        json.writeEndObject();
    }

    private static void writeValue(JsonGenerator json, PayloadField.OfKline field, Instrument instrument, Kline kline)
            throws IOException {
        int priceScale = instrument.priceScale();
        switch (field) {
            case SYMBOL -> json.writeString(instrument.symbol().value());
            case INTERVAL -> json.writeString(kline.interval().code());
            case OPEN_TIME -> json.writeNumber(kline.openTimeMillis());
            case CLOSE_TIME -> json.writeNumber(kline.nextOpenTimeMillis() - 1);
            case OPEN -> json.writeString(FixedPoint.format(kline.open(), priceScale));
            case HIGH -> json.writeString(FixedPoint.format(kline.high(), priceScale));
            case LOW -> json.writeString(FixedPoint.format(kline.low(), priceScale));
            case CLOSE -> json.writeString(FixedPoint.format(kline.close(), priceScale));
            case VOLUME -> json.writeString(kline.volume().format(instrument.quantityScale()));
            case QUOTE_VOLUME -> json.writeString(kline.quoteVolume().format(instrument.quoteScale()));
            case TAKER_BUY_VOLUME -> json.writeString(kline.takerBuyVolume().format(instrument.quantityScale()));
            case TAKER_BUY_QUOTE_VOLUME ->
                json.writeString(kline.takerBuyQuoteVolume().format(instrument.quoteScale()));
            case COUNT -> json.writeNumber(kline.count());
            case FIRST_SEQ -> json.writeNumber(kline.firstSeq());
            case SEQ -> json.writeNumber(kline.seq());
            case CLOSED -> json.writeBoolean(kline.closed());
            case CAUSE -> json.writeString(kline.cause().code());
        }
    }

    private static void writeTrade(JsonGenerator json, Instrument instrument, Trade trade, FieldSelection fields)
            throws IOException {
        json.writeStartObject();
        for (PayloadField.OfTrade field : TRADE_FIELDS) {
            if (fields.has(field)) {
                json.writeFieldName(field.code());
                writeValue(json, field, instrument, trade);
            }
        }
        json.writeEndObject();
    }

    private static void writeValue(JsonGenerator json, PayloadField.OfTrade field, Instrument instrument, Trade trade)
            throws IOException {
        switch (field) {
            case SEQ -> json.writeNumber(trade.seq());
            case ID -> json.writeString(trade.id());
            case PRICE -> json.writeString(FixedPoint.format(trade.price(), instrument.priceScale()));
            case QTY -> json.writeString(FixedPoint.format(trade.quantity(), instrument.quantityScale()));
            case QUOTE_QTY ->
                json.writeString(Sum128.product(trade.price(), trade.quantity()).format(instrument.quoteScale()));
            case TAKER_SIDE -> writeSide(json, trade.takerSide());
            case TIME -> json.writeNumber(trade.timeMillis());
        }
    }

    /** A taker's side as the wire has it: {@code "buy"}, {@code "sell"}, or null if it is not known. */
    static void writeSide(JsonGenerator json, Side side) throws IOException {
        if (side == Side.UNKNOWN) {
            json.writeNull();
        } else {
            json.writeString(side == Side.BUY ? "buy" : "sell");
        }
    }

    private static void writeInstrument(JsonGenerator json, Instrument instrument) throws IOException {
        json.writeStartObject();
        json.writeStringField("symbol", instrument.symbol().value());
        json.writeStringField("baseAsset", instrument.baseAsset());
        json.writeStringField("quoteAsset", instrument.quoteAsset());
        json.writeNumberField("priceScale", instrument.priceScale());
        json.writeNumberField("quantityScale", instrument.quantityScale());
        json.writeStringField("tickSize", FixedPoint.format(instrument.tickSize(), instrument.priceScale()));
        json.writeStringField("stepSize", FixedPoint.format(instrument.stepSize(), instrument.quantityScale()));
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
}
