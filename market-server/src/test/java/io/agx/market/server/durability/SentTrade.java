package io.agx.market.server.durability;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/**
 * A trade as a publisher sends it and as it is read back. Immutable.
 *
 * @param seq 0 while it is not known
 * @param side {@code buy}, {@code sell}, or empty
 */
public record SentTrade(
        String symbol, long seq, String id, BigDecimal price, BigDecimal quantity, String side, long timeMillis) {

    static SentTrade of(String symbol, JsonNode json) {
        return new SentTrade(
                symbol,
                json.get("seq").longValue(),
                json.get("id").textValue(),
                new BigDecimal(json.get("price").textValue()),
                new BigDecimal(json.get("qty").textValue()),
                json.get("takerSide").isNull() ? "" : json.get("takerSide").textValue(),
                json.get("time").longValue());
    }

    public SentTrade withSeq(long newSeq) {
        return new SentTrade(symbol, newSeq, id, price, quantity, side, timeMillis);
    }

    /** Whether all but the seq is the same; decimals by value. */
    public boolean sameAs(SentTrade other) {
        return symbol.equals(other.symbol)
                && id.equals(other.id)
                && price.compareTo(other.price) == 0
                && quantity.compareTo(other.quantity) == 0
                && side.equals(other.side)
                && timeMillis == other.timeMillis;
    }

    void appendTo(StringBuilder json) {
        json.append("{\"symbol\":\"").append(symbol).append("\",\"id\":").append(id);
        json.append(",\"price\":\"").append(price.toPlainString());
        json.append("\",\"qty\":\"").append(quantity.toPlainString()).append('"');
        if (!side.isEmpty()) {
            json.append(",\"takerSide\":\"").append(side).append('"');
        }
        json.append(",\"time\":").append(timeMillis).append('}');
    }
}
