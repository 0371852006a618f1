package io.agx.market.server.publish;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.core.model.UserIds;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.ingest.InstrumentRegistry;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads published trades: {@code {"symbol","id","price","qty","takerSide","time","buyerUserId","sellerUserId"}}. Decimals are strings, or
 * JSON numbers read by their digits; {@code id} is a string or an integer; {@code takerSide} is {@code buy}, {@code sell} or absent.
 * Without {@code time} a trade has the time at which its request was received, but for history, whose time nobody can know. Unknown
 * fields are passed over. One instance per request.
 */
public final class TradeParser {
    private final InstrumentRegistry registry;
    private final boolean backfill;
    private final long receivedMillis;

    private @Nullable String symbol;
    private @Nullable String id;
    private @Nullable String price;
    private @Nullable String quantity;
    private @Nullable String takerSide;
    private @Nullable String time;
    private @Nullable String buyerUserId;
    private @Nullable String sellerUserId;

    /**
     * @param backfill whether the trades are history
     * @param receivedMillis when the request was received, epoch milliseconds of the market's clock
     */
    public TradeParser(InstrumentRegistry registry, boolean backfill, long receivedMillis) {
        this.registry = registry;
        this.backfill = backfill;
        this.receivedMillis = receivedMillis;
    }

    /**
     * Reads the object whose start is the current token.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException if the text is not JSON
     */
    public ParsedTrade read(JsonParser json) throws IOException {
        symbol = null;
        id = null;
        price = null;
        quantity = null;
        takerSide = null;
        time = null;
        buyerUserId = null;
        sellerUserId = null;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return rejected(ErrorCode.BAD_REQUEST.code(), "a trade must be a JSON object");
        }
        Rejected wrongType = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            if (!isKnown(field)) {
                json.skipChildren();
            } else if (isAllowed(field, value)) {
                set(field, json.getText());
            } else {
                json.skipChildren();
                wrongType = new Rejected(ErrorCode.BAD_FIELD.code(), field + " has the wrong type");
            }
        }
        return wrongType == null ? build() : ParsedTrade.rejected(wrongType);
    }

    private static boolean isKnown(String field) {
        return switch (field) {
            case "symbol", "id", "price", "qty", "takerSide", "time", "buyerUserId", "sellerUserId" -> true;
            default -> false;
        };
    }

    private static boolean isAllowed(String field, JsonToken value) {
        return switch (field) {
            case "symbol", "takerSide", "buyerUserId", "sellerUserId" -> value == JsonToken.VALUE_STRING;
            case "id" -> value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT;
            case "time" -> value == JsonToken.VALUE_NUMBER_INT;
            default ->
                value == JsonToken.VALUE_STRING
                        || value == JsonToken.VALUE_NUMBER_INT
                        || value == JsonToken.VALUE_NUMBER_FLOAT;
        };
    }

    private void set(String field, String text) {
        switch (field) {
            case "symbol" -> symbol = text;
            case "id" -> id = text;
            case "price" -> price = text;
            case "qty" -> quantity = text;
            case "takerSide" -> takerSide = text;
            case "buyerUserId" -> buyerUserId = text;
            case "sellerUserId" -> sellerUserId = text;
            default -> time = text;
        }
    }

    private ParsedTrade build() {
        if (symbol == null || id == null || price == null || quantity == null) {
            String missing = symbol == null ? "symbol" : id == null ? "id" : price == null ? "price" : "qty";
            return rejected(ErrorCode.BAD_FIELD.code(), missing + " is missing");
        }
        if (time == null && backfill) {
            return rejected(ErrorCode.BAD_FIELD.code(), "time is missing: history must tell it");
        }
        Optional<Instrument> instrument = Symbol.isValid(symbol) ? registry.find(new Symbol(symbol)) : Optional.empty();
        if (instrument.isEmpty()) {
            return rejected(ErrorCode.UNKNOWN_SYMBOL.code(), "there is no instrument \"" + Texts.clip(symbol) + "\"");
        }
        Side side = side(takerSide);
        if (side == null) {
            return rejected(
                    ErrorCode.BAD_FIELD.code(),
                    "takerSide must be buy, sell or absent, was \"" + Texts.clip(String.valueOf(takerSide)) + "\"");
        }
        String badUser = isUserId(buyerUserId) ? isUserId(sellerUserId) ? null : "sellerUserId" : "buyerUserId";
        if (badUser != null) {
            return rejected(
                    ErrorCode.BAD_FIELD.code(),
                    badUser + " must have 1 to " + UserIds.MAX_LENGTH + " characters, no NUL and no half of a pair");
        }
        return build(instrument.get(), id, price, quantity, side, time);
    }

    private ParsedTrade build(
            Instrument instrument,
            String tradeId,
            String priceText,
            String quantityText,
            Side side,
            @Nullable String timeText) {
        String field = "price";
        try {
            long priceUnits = FixedPoint.parse(priceText, instrument.priceScale());
            field = "qty";
            long quantityUnits = FixedPoint.parse(quantityText, instrument.quantityScale());
            field = "time";
            long timeMillis = timeText == null ? receivedMillis : Long.parseLong(timeText);
            return new ParsedTrade(
                    new NewTrade(instrument, tradeId, priceUnits, quantityUnits, side, timeMillis, backfill),
                    null,
                    buyerUserId,
                    sellerUserId);
        } catch (NumberFormatException e) {
            return rejected(ErrorCode.BAD_FIELD.code(), field + ": " + e.getMessage());
        }
    }

    private static boolean isUserId(@Nullable String text) {
        return text == null || UserIds.isValid(text);
    }

    private static @Nullable Side side(@Nullable String text) {
        if (text == null) {
            return Side.UNKNOWN;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "buy" -> Side.BUY;
            case "sell" -> Side.SELL;
            default -> null;
        };
    }

    private static ParsedTrade rejected(String code, String message) {
        return ParsedTrade.rejected(new Rejected(code, message));
    }
}
