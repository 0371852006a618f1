package io.agx.market.core.protocol.json;

import java.nio.charset.StandardCharsets;

/** What belongs to messages that the server itself sends to a user, as JSON text. Pure functions. */
public final class NoticeData {
    private NoticeData() {}

    /**
     * Of a message of type {@code trade}.
     *
     * @param seq the trade's; 0 where it is not known, and left out
     * @param side the user's: {@code buy} or {@code sell}
     */
    public static String ofTrade(
            String symbol, long seq, String tradeId, String side, String price, String qty, long timeMillis) {
        byte[] json = Json.write(160, object -> {
            object.writeStartObject();
            object.writeStringField("symbol", symbol);
            if (seq > 0) {
                object.writeNumberField("seq", seq);
            }
            object.writeStringField("tradeId", tradeId);
            object.writeStringField("side", side);
            object.writeStringField("price", price);
            object.writeStringField("qty", qty);
            object.writeNumberField("time", timeMillis);
            object.writeEndObject();
        });
        return new String(json, StandardCharsets.UTF_8);
    }
}
