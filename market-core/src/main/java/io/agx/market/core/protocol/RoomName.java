package io.agx.market.core.protocol;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The name of a room: {@code channel[:argument…][@rate][~field…]}. Immutable.
 *
 * <p>Two names of the same room are equal and print the same canonical text: a rate that is the channel's default is left out,
 * and so are a UTC offset that moves no candle of the interval ({@code kline:BTC-USDT:1m:+08:00} is {@code kline:BTC-USDT:1m}) and
 * fields that are sent in any case; the other fields are in the payload's order.
 *
 * @param channel what the room carries
 * @param symbol the instrument, or null where a pattern stands, and for {@code inbox} and {@code system}; whether it exists is
 *     not known here
 * @param pattern the instruments of a ticker room of several ({@code ticker:*}, {@code ticker:BTC-*}), else null
 * @param interval of a kline room, else null
 * @param utcOffsetMinutes of a kline room's candles, east of UTC; else 0
 * @param rate how often it is published
 * @param fields what its payloads have
 */
public record RoomName(
        RoomChannel channel,
        @Nullable Symbol symbol,
        @Nullable SymbolPattern pattern,
        @Nullable KlineInterval interval,
        int utcOffsetMinutes,
        Rate rate,
        FieldSelection fields) {

    /**
     * Longest name accepted, in characters. The longest valid one has 196: {@code kline:} 6, symbol 32, {@code :12h} 4, {@code :+14:00} 7,
     * {@code @100ms} 6, and all 17 fields of a candle, 124 and a mark each. (A canonical one has at most 150: without the fields that
     * are always sent, and without at least one other.)
     */
    public static final int MAX_LENGTH = 200;

    /** @throws IllegalArgumentException if the parts do not belong together */
    public RoomName {
        boolean complete = switch (channel) {
            case TICKER -> (symbol == null) != (pattern == null) && interval == null;
            case TRADE -> symbol != null && pattern == null && interval == null;
            case KLINE -> symbol != null && pattern == null && interval != null;
            case INBOX, SYSTEM ->
                symbol == null
                        && pattern == null
                        && interval == null
                        && rate == channel.defaultRate()
                        && fields.isAll();
        };
        if (!complete || (interval == null && utcOffsetMinutes != 0)) {
            throw new IllegalArgumentException("parts of a " + channel.code() + " room do not belong together");
        }
        if (interval != null) {
            KlineInterval.requireUtcOffset(utcOffsetMinutes);
            if (utcOffsetMinutes * 60_000L % interval.nominalMillis() == 0) {
                utcOffsetMinutes = 0;
            }
        }
    }

    public static RoomName ticker(Symbol symbol) {
        return of(RoomChannel.TICKER, symbol, null, 0);
    }

    public static RoomName allTickers() {
        return tickers(SymbolPattern.ALL);
    }

    /** The tickers of all instruments that match. */
    public static RoomName tickers(SymbolPattern pattern) {
        RoomChannel channel = RoomChannel.TICKER;
        return new RoomName(channel, null, pattern, null, 0, channel.defaultRate(), FieldSelection.ALL);
    }

    public static RoomName trade(Symbol symbol) {
        return of(RoomChannel.TRADE, symbol, null, 0);
    }

    public static RoomName kline(Symbol symbol, KlineInterval interval) {
        return kline(symbol, interval, 0);
    }

    public static RoomName kline(Symbol symbol, KlineInterval interval, int utcOffsetMinutes) {
        return of(RoomChannel.KLINE, symbol, interval, utcOffsetMinutes);
    }

    public static RoomName inbox() {
        return of(RoomChannel.INBOX, null, null, 0);
    }

    public static RoomName system() {
        return of(RoomChannel.SYSTEM, null, null, 0);
    }

    private static RoomName of(
            RoomChannel channel, @Nullable Symbol symbol, @Nullable KlineInterval interval, int utcOffsetMinutes) {
        return new RoomName(
                channel, symbol, null, interval, utcOffsetMinutes, channel.defaultRate(), FieldSelection.ALL);
    }

    /** The same room at another rate. */
    public RoomName at(Rate newRate) {
        return newRate == rate
                ? this
                : new RoomName(channel, symbol, pattern, interval, utcOffsetMinutes, newRate, fields);
    }

    /** The same room with other fields. */
    public RoomName with(FieldSelection newFields) {
        return newFields.equals(fields)
                ? this
                : new RoomName(channel, symbol, pattern, interval, utcOffsetMinutes, rate, newFields);
    }

    /** What the room is about, whatever its rate and fields: a connection is in one room of each base. */
    public RoomName base() {
        return at(channel.defaultRate()).with(FieldSelection.ALL);
    }

    public RoomKind kind() {
        return channel.kind();
    }

    /** Whether this is {@code ticker:*}. */
    public boolean isAllTickers() {
        return SymbolPattern.ALL.equals(pattern);
    }

    /**
     * Reads a name, canonical or not.
     *
     * @throws ProtocolException with field {@code room} and {@link ErrorCode#UNKNOWN_ROOM}, {@link ErrorCode#UNKNOWN_SYMBOL}
     *     (no instrument can have such a name), {@link ErrorCode#UNKNOWN_INTERVAL} or {@link ErrorCode#BAD_FIELD} (offset or
     *     rate); or with field {@code fields} and {@link ErrorCode#BAD_FIELD}
     */
    public static RoomName parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw bad(
                    ErrorCode.UNKNOWN_ROOM,
                    "room must have at most " + MAX_LENGTH + " characters, had " + text.length());
        }
        int mark = text.indexOf(FieldSelection.MARK);
        String room = mark < 0 ? text : text.substring(0, mark);
        int at = room.indexOf('@');
        String path = at < 0 ? room : room.substring(0, at);
        String[] parts = path.split(":", 4);
        RoomChannel channel = RoomChannel.ofCode(parts[0])
                .orElseThrow(() -> bad(
                        ErrorCode.UNKNOWN_ROOM,
                        "room must start with ticker:, kline:, trade:, or be inbox or system, was \"" + Texts.clip(text)
                                + "\""));
        Rate rate = at < 0 ? channel.defaultRate() : parseRate(channel, room.substring(at + 1));
        RoomName whole = parse(channel, parts, rate, text);
        return mark < 0 ? whole : whole.with(parseFields(channel, text.substring(mark + 1)));
    }

    private static RoomName parse(RoomChannel channel, String[] parts, Rate rate, String text) {
        return switch (channel) {
            case TICKER -> {
                requireParts(parts, 2, 2, "ticker:<symbol>, ticker:* or a pattern such as ticker:BTC-*", text);
                yield parts[1].indexOf('*') < 0
                        ? ticker(parseSymbol(parts[1])).at(rate)
                        : tickers(parsePattern(parts[1])).at(rate);
            }
            case TRADE -> {
                requireParts(parts, 2, 2, "trade:<symbol>", text);
                yield trade(parseSymbol(parts[1])).at(rate);
            }
            case KLINE -> {
                requireParts(parts, 3, 4, "kline:<symbol>:<interval>[:<utcOffset>]", text);
                int offset = parts.length == 4 ? parseOffset(parts[3]) : 0;
                yield kline(parseSymbol(parts[1]), parseInterval(parts[2]), offset)
                        .at(rate);
            }
            case INBOX, SYSTEM -> {
                requireParts(parts, 1, 1, channel.code(), text);
                yield of(channel, null, null, 0);
            }
        };
    }

    /** The canonical name, which replies and live messages carry. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(48).append(channel.code());
        if (channel.isOfInstrument()) {
            text.append(':').append(symbol == null ? String.valueOf(pattern) : symbol.value());
        }
        if (interval != null) {
            text.append(':').append(interval.code());
        }
        if (utcOffsetMinutes != 0) {
            text.append(':').append(UtcOffsets.format(utcOffsetMinutes));
        }
        if (rate != channel.defaultRate()) {
            text.append('@').append(rate.code());
        }
        return text.append(fields.suffix(channel)).toString();
    }

    private static void requireParts(String[] parts, int least, int most, String form, String text) {
        if (parts.length < least || parts.length > most) {
            throw bad(ErrorCode.UNKNOWN_ROOM, "room must be " + form + ", was \"" + Texts.clip(text) + "\"");
        }
    }

    private static Symbol parseSymbol(String text) {
        try {
            return new Symbol(text);
        } catch (IllegalArgumentException e) {
            throw bad(ErrorCode.UNKNOWN_SYMBOL, String.valueOf(e.getMessage()));
        }
    }

    private static SymbolPattern parsePattern(String text) {
        try {
            return SymbolPattern.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(ErrorCode.UNKNOWN_SYMBOL, String.valueOf(e.getMessage()));
        }
    }

    private static FieldSelection parseFields(RoomChannel channel, String text) {
        return FieldSelection.of(channel, Arrays.asList(text.split(String.valueOf(FieldSelection.MARK), -1)));
    }

    private static KlineInterval parseInterval(String text) {
        return KlineInterval.ofCode(text)
                .orElseThrow(() -> bad(ErrorCode.UNKNOWN_INTERVAL, KlinesQuery.intervalMessage(text)));
    }

    private static int parseOffset(String text) {
        try {
            return UtcOffsets.parse(text);
        } catch (ProtocolException e) {
            throw bad(ErrorCode.BAD_FIELD, e.problem().message());
        }
    }

    private static Rate parseRate(RoomChannel channel, String text) {
        if (!channel.isOfInstrument()) {
            throw bad(ErrorCode.BAD_FIELD, channel.code() + " has no rate, was \"@" + Texts.clip(text) + "\"");
        }
        return Rate.ofCode(text)
                .orElseThrow(() -> bad(
                        ErrorCode.BAD_FIELD,
                        "rate must be raw, 100ms, 250ms, 500ms, 1s, 2s, 5s or 10s, was \"" + Texts.clip(text) + "\""));
    }

    private static ProtocolException bad(ErrorCode code, String message) {
        return new ProtocolException(code, "room", message);
    }
}
