package io.agx.market.core.protocol;

import java.util.Optional;

/** The first word of a room's name: what the room carries. */
public enum RoomChannel {
    /** {@code ticker:<symbol>}, {@code ticker:*} or a pattern such as {@code ticker:BTC-*}: the rolling 24 hours. */
    TICKER("ticker", RoomKind.STATE, Rate.MILLIS_250, 1),
    /** {@code kline:<symbol>:<interval>[:<utcOffset>]}: one candle at a time. */
    KLINE("kline", RoomKind.KEYED_STATE, Rate.MILLIS_250, 1),
    /** {@code trade:<symbol>}: every trade. */
    TRADE("trade", RoomKind.LOG, Rate.RAW, 0),
    /** {@code inbox}: the authenticated user's own messages. */
    INBOX("inbox", RoomKind.LOG, Rate.RAW, 0),
    /** {@code system}: drain and operator notices; every connection is in it. */
    SYSTEM("system", RoomKind.LOG, Rate.RAW, 0);

    private static final RoomChannel[] ALL = values();

    private final String code;
    private final RoomKind kind;
    private final Rate defaultRate;
    private final int defaultSnapshot;

    RoomChannel(String code, RoomKind kind, Rate defaultRate, int defaultSnapshot) {
        this.code = code;
        this.kind = kind;
        this.defaultRate = defaultRate;
        this.defaultSnapshot = defaultSnapshot;
    }

    /** The word on the wire. */
    public String code() {
        return code;
    }

    public RoomKind kind() {
        return kind;
    }

    /** The rate of a room whose name tells none. */
    public Rate defaultRate() {
        return defaultRate;
    }

    /** How many elements of history the reply to {@code subscribe} holds where the client does not say. */
    public int defaultSnapshot() {
        return defaultSnapshot;
    }

    /** Whether a name of this channel is about an instrument, and may have a rate. */
    public boolean isOfInstrument() {
        return this == TICKER || this == KLINE || this == TRADE;
    }

    /** The channel of a word, or nothing if there is none. */
    public static Optional<RoomChannel> ofCode(String code) {
        for (RoomChannel channel : ALL) {
            if (channel.code.equals(code)) {
                return Optional.of(channel);
            }
        }
        return Optional.empty();
    }
}
