package io.agx.market.core.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the payloads that rooms carry: one enum each, in the order in which they are written. It is the writer's own list, so that what
 * can be selected is what there is.
 */
public sealed interface PayloadField {
    /** The name on the wire. */
    String code();

    /** Its place in the payload, 0 for the first. */
    int ordinal();

    /** Whether it is always sent: it says which state, candle or trade the others belong to, and keeps a reader's cursor right. */
    boolean isIdentity();

    /** All fields of a channel's payload, in order; none where nothing can be selected. */
    static List<PayloadField> of(RoomChannel channel) {
        return switch (channel) {
            case TICKER -> OfTicker.ALL;
            case KLINE -> OfKline.ALL;
            case TRADE -> OfTrade.ALL;
            case INBOX, SYSTEM -> List.of();
        };
    }

    /** The field of a name, or null if the channel's payload has none. */
    static @Nullable PayloadField find(RoomChannel channel, String code) {
        for (PayloadField field : of(channel)) {
            if (field.code().equals(code)) {
                return field;
            }
        }
        return null;
    }

    /** Fields of a ticker; those from {@link #BID} on are those of its quote, and not written where there is none. */
    enum OfTicker implements PayloadField {
        SYMBOL("symbol", true),
        SEQ("seq", true),
        TIME("time", true),
        LAST("last", false),
        LAST_QTY("lastQty", false),
        OPEN("open", false),
        HIGH("high", false),
        LOW("low", false),
        CHANGE("change", false),
        CHANGE_PERCENT("changePercent", false),
        VWAP("vwap", false),
        VOLUME("volume", false),
        QUOTE_VOLUME("quoteVolume", false),
        COUNT("count", false),
        OPEN_TIME("openTime", false),
        CLOSE_TIME("closeTime", false),
        BID("bid", false),
        BID_QTY("bidQty", false),
        ASK("ask", false),
        ASK_QTY("askQty", false);

        static final List<PayloadField> ALL = List.of(values());

        private final String code;
        private final boolean identity;

        OfTicker(String code, boolean identity) {
            this.code = code;
            this.identity = identity;
        }

        @Override
        public String code() {
            return code;
        }

        @Override
        public boolean isIdentity() {
            return identity;
        }
    }

    /** Fields of a candle. */
    enum OfKline implements PayloadField {
        SYMBOL("symbol", true),
        INTERVAL("interval", true),
        OPEN_TIME("openTime", true),
        CLOSE_TIME("closeTime", false),
        OPEN("open", false),
        HIGH("high", false),
        LOW("low", false),
        CLOSE("close", false),
        VOLUME("volume", false),
        QUOTE_VOLUME("quoteVolume", false),
        TAKER_BUY_VOLUME("takerBuyVolume", false),
        TAKER_BUY_QUOTE_VOLUME("takerBuyQuoteVolume", false),
        COUNT("count", false),
        FIRST_SEQ("firstSeq", false),
        SEQ("seq", true),
        CLOSED("closed", true),
        CAUSE("cause", true);

        static final List<PayloadField> ALL = List.of(values());

        private final String code;
        private final boolean identity;

        OfKline(String code, boolean identity) {
            this.code = code;
            this.identity = identity;
        }

        @Override
        public String code() {
            return code;
        }

        @Override
        public boolean isIdentity() {
            return identity;
        }
    }

    /** Fields of a trade. */
    enum OfTrade implements PayloadField {
        SEQ("seq", true),
        ID("id", false),
        PRICE("price", false),
        QTY("qty", false),
        QUOTE_QTY("quoteQty", false),
        TAKER_SIDE("takerSide", false),
        TIME("time", true);

        static final List<PayloadField> ALL = List.of(values());

        private final String code;
        private final boolean identity;

        OfTrade(String code, boolean identity) {
            this.code = code;
            this.identity = identity;
        }

        @Override
        public String code() {
            return code;
        }

        @Override
        public boolean isIdentity() {
            return identity;
        }
    }
}
