package io.agx.market.server.api;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.PayloadField;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The schemas of what rooms, replies and REST carry: PROTOCOL.md, section 7. Fields come from the enums that the writer writes by; a new one does
 * not compile here before it is described. Pure functions.
 */
final class PayloadSchemas {
    private static final String OF_SELECTION = " Of what a room may leave out, only what was chosen is there.";

    private PayloadSchemas() {}

    /** Each by its name among the components. */
    static Map<String, Schema> all() {
        Map<String, Schema> all = new LinkedHashMap<>();
        String ticker =
                "The rolling 24 hours of an instrument, exact to one second: [openTime, closeTime]. `bid`, `bidQty`, `ask` and `askQty` are"
                        + " all there, or none where no quote was told since the server's start.";
        all.put("Ticker", ticker(Schema.object(ticker), true));
        all.put("TickerSelection", ticker(Schema.object(ticker + OF_SELECTION), false));
        String kline =
                "A candle, [openTime, closeTime + 1). One without trades is flat: `count` 0, `firstSeq` 0, all prices the close before.";
        all.put("Kline", kline(Schema.object(kline), true));
        all.put("KlineSelection", kline(Schema.object(kline + OF_SELECTION), false));
        String trade = "One execution.";
        all.put("Trade", trade(Schema.object(trade), true));
        all.put("TradeSelection", trade(Schema.object(trade + OF_SELECTION), false));
        all.put("Instrument", instrument());
        all.put(
                "Sender",
                Schema.object("Who sent a message.")
                        .has("nickname", Schema.text("Shown name.", 1, UserMessage.MAX_SENDER_NAME))
                        .mayHave("avatar", Schema.text("Address of a picture.", 0, UserMessage.MAX_SENDER_AVATAR)));
        all.put("StoredMessage", storedMessage());
        all.put("OfferedTrade", offeredTrade());
        all.put("OfferedQuote", offeredQuote());
        return all;
    }

    /** A message's own fields. */
    static Schema message(String description) {
        return Schema.object(description)
                .has("seq", Schema.ref("Seq"))
                .has("id", Schema.pattern("`seq` as text.", "[0-9]+"))
                .has("type", Schema.pattern("What it is about.", "[a-z0-9_.-]{1," + UserMessage.MAX_TYPE + "}"))
                .has("title", Schema.text("One line.", 1, UserMessage.MAX_TITLE))
                .has("content", Schema.text("The text.", 0, UserMessage.MAX_CONTENT))
                .has("createdTime", Schema.ref("Time"))
                .mayHave(
                        "data",
                        Schema.anything("Any JSON value, at most " + UserMessage.MAX_DATA_BYTES
                                + " bytes. Of type `trade`: symbol, seq, tradeId, side, price, qty, time."))
                .has("sender", Schema.ref("Sender"));
    }

    private static Schema storedMessage() {
        return message("A message of a user's inbox, and whether it was read.")
                .has("read", Schema.flag("Whether it was read."))
                .mayHave("readTime", Schema.ref("Time"));
    }

    private static Schema ticker(Schema schema, boolean whole) {
        for (PayloadField.OfTicker field : PayloadField.OfTicker.values()) {
            boolean ofQuote = field.compareTo(PayloadField.OfTicker.BID) >= 0;
            add(schema, field, field(field), whole && !ofQuote);
        }
        return schema;
    }

    private static Schema kline(Schema schema, boolean whole) {
        for (PayloadField.OfKline field : PayloadField.OfKline.values()) {
            add(schema, field, field(field), whole);
        }
        return schema;
    }

    private static Schema trade(Schema schema, boolean whole) {
        for (PayloadField.OfTrade field : PayloadField.OfTrade.values()) {
            add(schema, field, field(field), whole);
        }
        return schema;
    }

    private static void add(Schema schema, PayloadField field, Schema value, boolean always) {
        if (always || field.isIdentity()) {
            schema.has(field.code(), value);
        } else {
            schema.mayHave(field.code(), value);
        }
    }

    private static Schema field(PayloadField.OfTicker field) {
        return switch (field) {
            case SYMBOL -> Schema.ref("Symbol");
            case SEQ -> Schema.ref("Seq");
            case TIME, OPEN_TIME, CLOSE_TIME -> Schema.ref("Time");
            case LAST, LAST_QTY, OPEN, HIGH, LOW, CHANGE, CHANGE_PERCENT, VWAP, VOLUME, QUOTE_VOLUME ->
                Schema.ref("Decimal");
            case BID, BID_QTY, ASK, ASK_QTY -> Schema.ref("Decimal");
            case COUNT -> Schema.integer("Trades in the window.", 0);
        };
    }

    private static Schema field(PayloadField.OfKline field) {
        return switch (field) {
            case SYMBOL -> Schema.ref("Symbol");
            case INTERVAL -> Schema.ref("Interval");
            case OPEN_TIME -> Schema.ref("Time");
            case CLOSE_TIME ->
                Schema.integer("The candle's last millisecond, epoch milliseconds.", 0, Trade.MAX_TIME_MILLIS);
            case OPEN, HIGH, LOW, CLOSE, VOLUME, QUOTE_VOLUME, TAKER_BUY_VOLUME, TAKER_BUY_QUOTE_VOLUME ->
                Schema.ref("Decimal");
            case COUNT -> Schema.integer("Trades in the candle.", 0);
            case FIRST_SEQ -> Schema.integer("`seq` of its first trade; 0 of a flat one.", 0);
            case SEQ -> Schema.ref("Seq");
            case CLOSED -> Schema.flag("Whether the clock has closed it. It still changes by late trades.");
            case CAUSE ->
                Schema.oneOf(
                        "What made this revision.",
                        Arrays.stream(KlineCause.values()).map(KlineCause::code).toList());
        };
    }

    private static Schema field(PayloadField.OfTrade field) {
        return switch (field) {
            case SEQ -> Schema.ref("Seq");
            case ID -> Schema.text("The publisher's name of the trade.", 1, Trade.MAX_ID_LENGTH);
            case PRICE, QTY, QUOTE_QTY -> Schema.ref("Decimal");
            case TAKER_SIDE -> Schema.textOrNull("`buy` or `sell`; null where the source did not say.");
            case TIME -> Schema.ref("Time");
        };
    }

    private static Schema instrument() {
        return Schema.object("What is traded, and in which units.")
                .has("symbol", Schema.ref("Symbol"))
                .has("baseAsset", asset("What quantities are counted in."))
                .has("quoteAsset", asset("What prices are counted in."))
                .has("priceScale", Schema.integer("Decimals of a price.", 0, Instrument.MAX_SCALE))
                .has("quantityScale", Schema.integer("Decimals of a quantity.", 0, Instrument.MAX_SCALE))
                .has("tickSize", Schema.ref("Decimal"))
                .has("stepSize", Schema.ref("Decimal"))
                .has(
                        "status",
                        Schema.oneOf(
                                "Whether it takes trades.",
                                Arrays.stream(InstrumentStatus.values())
                                        .map(status -> status.name().toLowerCase(Locale.ROOT))
                                        .toList()));
    }

    static Schema asset(String description) {
        return Schema.text(description, 1, Instrument.MAX_ASSET_LENGTH);
    }

    private static Schema offeredTrade() {
        return Schema.object(
                        "A trade that is published. Offered again with the same symbol and id it is a duplicate and changes nothing.")
                .has("symbol", Schema.ref("Symbol"))
                .has(
                        "id",
                        Schema.anyOf(
                                "The publisher's own name of the trade.",
                                Schema.pattern(
                                        "Printable ASCII without blanks.", "[!-~]{1," + Trade.MAX_ID_LENGTH + "}"),
                                Schema.integer("An integer, taken as its digits.")))
                .has("price", Schema.ref("OfferedDecimal"))
                .has("qty", Schema.ref("OfferedDecimal"))
                .mayHave("takerSide", Schema.oneOf("Who took; left out if it is not known.", List.of("buy", "sell")))
                .mayHave("time", Schema.ref("Time"))
                .mayHave("buyerUserId", Schema.text("Who bought, and is told so.", 1, UserMessage.MAX_USER_ID))
                .mayHave("sellerUserId", Schema.text("Who sold, and is told so.", 1, UserMessage.MAX_USER_ID));
    }

    private static Schema offeredQuote() {
        return Schema.object(
                        "The best prices of an instrument's book; `bid` is below `ask`. The newest by `time` is kept, in memory.")
                .has("symbol", Schema.ref("Symbol"))
                .has("bid", Schema.ref("OfferedDecimal"))
                .has("bidQty", Schema.ref("OfferedDecimal"))
                .has("ask", Schema.ref("OfferedDecimal"))
                .has("askQty", Schema.ref("OfferedDecimal"))
                .mayHave("time", Schema.ref("Time"));
    }
}
