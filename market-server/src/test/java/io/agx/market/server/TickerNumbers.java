package io.agx.market.server;

import java.util.Map;

/** What a ticker says, as its reader sees it; decimals as text. */
record TickerNumbers(
        long seq,
        String last,
        String lastQty,
        String open,
        String high,
        String low,
        String volume,
        String quoteVolume,
        long count,
        long openTime) {

    static TickerNumbers of(Map<String, Object> json) {
        return new TickerNumbers(
                (Long) json.get("seq"),
                (String) json.get("last"),
                (String) json.get("lastQty"),
                (String) json.get("open"),
                (String) json.get("high"),
                (String) json.get("low"),
                (String) json.get("volume"),
                (String) json.get("quoteVolume"),
                (Long) json.get("count"),
                (Long) json.get("openTime"));
    }
}
