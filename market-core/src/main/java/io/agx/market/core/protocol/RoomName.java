package io.agx.market.core.protocol;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import org.jspecify.annotations.Nullable;

/**
 * The name of a room: {@code channel[:argument…][@rate]}. Immutable.
 *
 * <p>Two names of the same room are equal and print the same canonical text: a rate that is the channel's default is left out,
 * and so is a UTC offset that moves no candle of the interval ({@code kline:BTC-USDT:1m:+08:00} is {@code kline:BTC-USDT:1m}).
 *
 * @param channel what the room carries
 * @param symbol the instrument, or null for {@code ticker:*}, {@code inbox} and {@code system}; whether it exists is not known
 *     here
 * @param interval of a kline room, else null
 * @param utcOffsetMinutes of a kline room's candles, east of UTC; else 0
 * @param rate how often it is published
 */
public record RoomName(
        RoomChannel channel,
        @Nullable Symbol symbol,
        @Nullable KlineInterval interval,
        int utcOffsetMinutes,
        Rate rate) {

    /** Longest name accepted, in characters: the longest valid one has 56. */
    public static final int MAX_LENGTH = 96;

    /** @throws IllegalArgumentException if the parts do not belong together */
    public RoomName {
        boolean complete = switch (channel) {
            case TICKER -> interval == null;
            case TRADE -> symbol != null && interval == null;
            case KLINE -> symbol != null && interval != null;
            case INBOX, SYSTEM -> symbol == null && interval == null && rate == channel.defaultRate();
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
        return new RoomName(RoomChannel.TICKER, symbol, null, 0, RoomChannel.TICKER.defaultRate());
    }

    public static RoomName allTickers() {
        return new RoomName(RoomChannel.TICKER, null, null, 0, RoomChannel.TICKER.defaultRate());
    }

    public static RoomName trade(Symbol symbol) {
        return new RoomName(RoomChannel.TRADE, symbol, null, 0, RoomChannel.TRADE.defaultRate());
    }

    public static RoomName kline(Symbol symbol, KlineInterval interval) {
        return kline(symbol, interval, 0);
    }

    public static RoomName kline(Symbol symbol, KlineInterval interval, int utcOffsetMinutes) {
        return new RoomName(RoomChannel.KLINE, symbol, interval, utcOffsetMinutes, RoomChannel.KLINE.defaultRate());
    }

    public static RoomName inbox() {
        return new RoomName(RoomChannel.INBOX, null, null, 0, RoomChannel.INBOX.defaultRate());
    }

    public static RoomName system() {
        return new RoomName(RoomChannel.SYSTEM, null, null, 0, RoomChannel.SYSTEM.defaultRate());
    }

    /** The same room at another rate. */
    public RoomName at(Rate newRate) {
        return new RoomName(channel, symbol, interval, utcOffsetMinutes, newRate);
    }

    public RoomKind kind() {
        return channel.kind();
    }

    /** Whether this is {@code ticker:*}. */
    public boolean isAllTickers() {
        return channel == RoomChannel.TICKER && symbol == null;
    }

    /**
     * Reads a name, canonical or not.
     *
     * @throws ProtocolException with field {@code room} and {@link ErrorCode#UNKNOWN_ROOM}, {@link ErrorCode#UNKNOWN_SYMBOL}
     *     (no instrument can have such a name), {@link ErrorCode#UNKNOWN_INTERVAL} or {@link ErrorCode#BAD_FIELD} (offset or
     *     rate)
     */
    public static RoomName parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw bad(
                    ErrorCode.UNKNOWN_ROOM,
                    "room must have at most " + MAX_LENGTH + " characters, had " + text.length());
        }
        int at = text.indexOf('@');
        String path = at < 0 ? text : text.substring(0, at);
        String[] parts = path.split(":", 4);
        RoomChannel channel = RoomChannel.ofCode(parts[0])
                .orElseThrow(() -> bad(
                        ErrorCode.UNKNOWN_ROOM,
                        "room must start with ticker:, kline:, trade:, or be inbox or system, was \"" + Texts.clip(text)
                                + "\""));
        Rate rate = at < 0 ? channel.defaultRate() : parseRate(channel, text.substring(at + 1));
        return switch (channel) {
            case TICKER -> {
                requireParts(parts, 2, 2, "ticker:<symbol> or ticker:*", text);
                Symbol symbol = "*".equals(parts[1]) ? null : parseSymbol(parts[1]);
                yield new RoomName(channel, symbol, null, 0, rate);
            }
            case TRADE -> {
                requireParts(parts, 2, 2, "trade:<symbol>", text);
                yield new RoomName(channel, parseSymbol(parts[1]), null, 0, rate);
            }
            case KLINE -> {
                requireParts(parts, 3, 4, "kline:<symbol>:<interval>[:<utcOffset>]", text);
                int offset = parts.length == 4 ? parseOffset(parts[3]) : 0;
                yield new RoomName(channel, parseSymbol(parts[1]), parseInterval(parts[2]), offset, rate);
            }
            case INBOX, SYSTEM -> {
                requireParts(parts, 1, 1, channel.code(), text);
                yield new RoomName(channel, null, null, 0, rate);
            }
        };
    }

    /** The canonical name, which replies and live messages carry. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(48).append(channel.code());
        if (channel.isOfInstrument()) {
            text.append(':').append(symbol == null ? "*" : symbol.value());
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
        return text.toString();
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
