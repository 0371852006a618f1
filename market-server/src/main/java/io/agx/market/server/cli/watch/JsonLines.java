package io.agx.market.server.cli.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.PayloadField;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.core.protocol.TradeData;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The wire's payload as one object, its fields in the wire's order, behind {@code room}. Decimals are exact strings. */
final class JsonLines implements LineFormat {
    private static final JsonFactory FACTORY = new JsonFactory();

    @Override
    public String ticker(RoomName room, TickerData ticker) {
        return object(room, json -> {
            for (PayloadField.OfTicker field : PayloadField.OfTicker.values()) {
                if (field.ordinal() < PayloadField.OfTicker.BID.ordinal()) {
                    json.writeFieldName(field.code());
                    write(json, field, ticker);
                }
            }
            write(json, PayloadField.OfTicker.BID, ticker.bid());
            write(json, PayloadField.OfTicker.BID_QTY, ticker.bidQty());
            write(json, PayloadField.OfTicker.ASK, ticker.ask());
            write(json, PayloadField.OfTicker.ASK_QTY, ticker.askQty());
        });
    }

    @Override
    public String kline(RoomName room, KlineData kline) {
        return object(room, json -> {
            for (PayloadField.OfKline field : PayloadField.OfKline.values()) {
                json.writeFieldName(field.code());
                write(json, field, kline);
            }
        });
    }

    @Override
    public String trade(RoomName room, TradeData trade) {
        return object(room, json -> {
            for (PayloadField.OfTrade field : PayloadField.OfTrade.values()) {
                json.writeFieldName(field.code());
                write(json, field, trade);
            }
        });
    }

    @Override
    public String message(ReceivedEvent.Notification message) {
        return object(RoomName.inbox(), json -> {
            json.writeNumberField("seq", message.seq());
            json.writeStringField("id", message.id());
            json.writeStringField("type", message.type());
            json.writeStringField("title", message.title());
            json.writeStringField("content", message.content());
            json.writeNumberField("createdTime", message.createdTimeMillis());
            json.writeFieldName("data");
            json.writeRawValue(message.dataJson());
            json.writeStringField("sender", message.senderName());
        });
    }

    private static void write(JsonGenerator json, PayloadField.OfTicker field, TickerData ticker) throws IOException {
        switch (field) {
            case SYMBOL -> json.writeString(ticker.symbol());
            case SEQ -> json.writeNumber(ticker.seq());
            case TIME -> json.writeNumber(ticker.timeMillis());
            case LAST -> json.writeString(ticker.last().toPlainString());
            case LAST_QTY -> json.writeString(ticker.lastQty().toPlainString());
            case OPEN -> json.writeString(ticker.open().toPlainString());
            case HIGH -> json.writeString(ticker.high().toPlainString());
            case LOW -> json.writeString(ticker.low().toPlainString());
            case CHANGE -> json.writeString(ticker.change().toPlainString());
            case CHANGE_PERCENT -> json.writeString(ticker.changePercent().toPlainString());
            case VWAP -> json.writeString(ticker.vwap().toPlainString());
            case VOLUME -> json.writeString(ticker.volume().toPlainString());
            case QUOTE_VOLUME -> json.writeString(ticker.quoteVolume().toPlainString());
            case COUNT -> json.writeNumber(ticker.count());
            case OPEN_TIME -> json.writeNumber(ticker.openTimeMillis());
            case CLOSE_TIME -> json.writeNumber(ticker.closeTimeMillis());
            case BID, BID_QTY, ASK, ASK_QTY -> throw new IllegalArgumentException("a field of the quote: " + field);
        }
    }

    /** Of a quote, which is not always there. */
    private static void write(JsonGenerator json, PayloadField.OfTicker field, @Nullable BigDecimal value)
            throws IOException {
        if (value != null) {
            json.writeStringField(field.code(), value.toPlainString());
        }
    }

    private static void write(JsonGenerator json, PayloadField.OfKline field, KlineData kline) throws IOException {
        switch (field) {
            case SYMBOL -> json.writeString(kline.symbol());
            case INTERVAL -> json.writeString(kline.interval());
            case OPEN_TIME -> json.writeNumber(kline.openTimeMillis());
            case CLOSE_TIME -> json.writeNumber(kline.closeTimeMillis());
            case OPEN -> json.writeString(kline.open().toPlainString());
            case HIGH -> json.writeString(kline.high().toPlainString());
            case LOW -> json.writeString(kline.low().toPlainString());
            case CLOSE -> json.writeString(kline.close().toPlainString());
            case VOLUME -> json.writeString(kline.volume().toPlainString());
            case QUOTE_VOLUME -> json.writeString(kline.quoteVolume().toPlainString());
            case TAKER_BUY_VOLUME -> json.writeString(kline.takerBuyVolume().toPlainString());
            case TAKER_BUY_QUOTE_VOLUME ->
                json.writeString(kline.takerBuyQuoteVolume().toPlainString());
            case COUNT -> json.writeNumber(kline.count());
            case FIRST_SEQ -> json.writeNumber(kline.firstSeq());
            case SEQ -> json.writeNumber(kline.seq());
            case CLOSED -> json.writeBoolean(kline.closed());
            case CAUSE -> json.writeString(kline.cause());
        }
    }

    private static void write(JsonGenerator json, PayloadField.OfTrade field, TradeData trade) throws IOException {
        switch (field) {
            case SEQ -> json.writeNumber(trade.seq());
            case ID -> json.writeString(trade.id());
            case PRICE -> json.writeString(trade.price().toPlainString());
            case QTY -> json.writeString(trade.qty().toPlainString());
            case QUOTE_QTY -> json.writeString(trade.quoteQty().toPlainString());
            case TAKER_SIDE -> writeSide(json, trade.takerSide());
            case TIME -> json.writeNumber(trade.timeMillis());
        }
    }

    private static void writeSide(JsonGenerator json, Side side) throws IOException {
        if (side == Side.UNKNOWN) {
            json.writeNull();
        } else {
            json.writeString(side == Side.BUY ? "buy" : "sell");
        }
    }

    @FunctionalInterface
    private interface Body {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static String object(RoomName room, Body fields) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("room", room.toString());
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON into memory failed", e);
        }
        return text.toString();
    }
}
