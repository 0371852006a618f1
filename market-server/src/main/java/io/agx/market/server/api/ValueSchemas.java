package io.agx.market.server.api;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.PayloadField;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.identity.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The schemas of single values: PROTOCOL.md, section 2. Pure functions. */
final class ValueSchemas {
    /** Names of the rules by which single trades and quotes are judged; those that are errors of commands too come from {@link ErrorCode}. */
    private static final List<String> RULES = List.of(
            "instrument_halted",
            "bad_id",
            "bad_price",
            "price_off_tick",
            "bad_quantity",
            "quantity_off_step",
            "notional_too_large",
            "bad_time",
            "time_ahead",
            "crossed_quote",
            "atomic");

    private static final String SYMBOL = "[A-Z0-9][A-Z0-9._-]{0," + (Symbol.MAX_LENGTH - 1) + "}";
    private static final String PART = "[A-Z0-9._-]{0," + Symbol.MAX_LENGTH + "}";
    private static final String OFFSET = "[+-][0-9]{2}:[0-9]{2}";

    private ValueSchemas() {}

    /** Each by its name among the components. */
    static Map<String, Schema> all() {
        Map<String, Schema> all = new LinkedHashMap<>();
        all.put(
                "Decimal",
                Schema.pattern(
                                "An exact decimal: no exponent, no trailing zeros.",
                                "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]*[1-9])?")
                        .example("800.01"));
        all.put(
                "OfferedDecimal",
                Schema.anyOf(
                        "A decimal as a publisher may write it: a string, or a JSON number that is read digit by digit.",
                        Schema.pattern("At most 64 characters.", "-?[0-9]+(?:\\.[0-9]+)?"),
                        Schema.number("Read by its digits, never as a binary fraction.")));
        all.put("Time", Schema.integer("Epoch milliseconds, UTC.", 0, Trade.MAX_TIME_MILLIS));
        all.put(
                "Seq",
                Schema.integer(
                        "The number of a trade within its instrument, or of a message within its user's: 1, 2, 3 …",
                        0));
        all.put("Symbol", Schema.pattern("An instrument's name.", SYMBOL).example("BTC-USDT"));
        all.put("Interval", Schema.oneOf("A candle's interval; case counts (`1m` minute, `1M` month).", intervals()));
        all.put(
                "UtcOffset",
                Schema.pattern("From -12:00 to +14:00 in quarter hours.", OFFSET)
                        .example("+08:00"));
        all.put("Epoch", Schema.text("Names a history; compare for equality only.", 1, Cursor.MAX_EPOCH_LENGTH));
        all.put(
                "RequestId",
                Schema.anyOf(
                        "Chosen by the client, and echoed by every reply with the same JSON type.",
                        Schema.text("As text.", 0, RequestId.MAX_LENGTH),
                        Schema.integer("As a number.")));
        all.put(
                "RoomName",
                Schema.pattern(
                                "`channel[:argument…][@rate][~field…]`, at most " + RoomName.MAX_LENGTH
                                        + " characters. What the server tells is canonical: defaults are left out.",
                                roomNames())
                        .example("kline:BTC-USDT:1m")
                        .example("ticker:BTC-*@1s~last~volume"));
        all.put("ErrorCode", errorCode());
        all.put(
                "RejectionCode",
                Schema.oneOf(
                        "Why one trade or quote was not taken; stable.",
                        Stream.concat(
                                        RULES.stream(),
                                        Stream.of(
                                                        ErrorCode.BAD_JSON,
                                                        ErrorCode.BAD_REQUEST,
                                                        ErrorCode.BAD_FIELD,
                                                        ErrorCode.UNKNOWN_SYMBOL)
                                                .map(ErrorCode::code))
                                .toList()));
        all.put(
                "Scope",
                Schema.oneOf(
                        "What a token allows beyond reading.",
                        Arrays.stream(Scope.values()).map(Scope::code).toList()));
        return all;
    }

    private static Schema errorCode() {
        String meanings = Arrays.stream(ErrorCode.values())
                .map(code ->
                        "- `" + code.code() + "`" + (code.temporary() ? " (temporary)" : "") + ": " + code.sentence())
                .collect(Collectors.joining("\n"));
        return Schema.oneOf(
                "Why a command, a room or a request was refused; stable. A later server may have more.\n\n" + meanings,
                Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    }

    private static List<String> intervals() {
        return Arrays.stream(KlineInterval.values()).map(KlineInterval::code).toList();
    }

    private static String roomNames() {
        return Arrays.stream(RoomChannel.values())
                .map(channel -> switch (channel) {
                    case TICKER -> "ticker:(?:" + SYMBOL + "|" + PART + "\\*" + PART + ")" + suffixes(channel);
                    case KLINE ->
                        "kline:" + SYMBOL + ":(?:" + String.join("|", intervals()) + ")(?::" + OFFSET + ")?"
                                + suffixes(channel);
                    case TRADE -> "trade:" + SYMBOL + suffixes(channel);
                    case INBOX, SYSTEM -> channel.code();
                })
                .collect(Collectors.joining("|"));
    }

    private static String suffixes(RoomChannel channel) {
        String rates = Arrays.stream(Rate.values()).map(Rate::code).collect(Collectors.joining("|"));
        String fields =
                PayloadField.of(channel).stream().map(PayloadField::code).collect(Collectors.joining("|"));
        return "(?:@(?:" + rates + "))?(?:~(?:" + fields + "))*";
    }
}
