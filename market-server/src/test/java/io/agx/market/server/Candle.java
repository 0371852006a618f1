package io.agx.market.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a candle says, as its reader sees it; decimals as text, so that equal means equal digit for digit. */
record Candle(
        String interval,
        long openTime,
        long closeTime,
        String open,
        String high,
        String low,
        String close,
        String volume,
        String quoteVolume,
        long count,
        long firstSeq,
        long seq) {

    static Candle of(Map<String, Object> json) {
        return new Candle(
                (String) json.get("interval"),
                (Long) json.get("openTime"),
                (Long) json.get("closeTime"),
                (String) json.get("open"),
                (String) json.get("high"),
                (String) json.get("low"),
                (String) json.get("close"),
                (String) json.get("volume"),
                (String) json.get("quoteVolume"),
                (Long) json.get("count"),
                (Long) json.get("firstSeq"),
                (Long) json.get("seq"));
    }

    /** The candles with flat ones between, and after the last up to the bucket that holds a moment: a straight loop. */
    static List<Candle> filled(List<Candle> traded, long lastMillis) {
        List<Candle> filled = new ArrayList<>();
        for (Candle candle : traded) {
            fillUpTo(filled, candle.openTime - 1);
            filled.add(candle);
        }
        fillUpTo(filled, lastMillis);
        return filled;
    }

    private static void fillUpTo(List<Candle> filled, long lastMillis) {
        while (!filled.isEmpty() && filled.get(filled.size() - 1).closeTime < lastMillis) {
            Candle before = filled.get(filled.size() - 1);
            long openTime = before.closeTime + 1;
            long length = before.interval.equals("1M") ? lastMillis - openTime + 1 : RealTrades.millis(before.interval);
            filled.add(new Candle(
                    before.interval,
                    openTime,
                    openTime + length - 1,
                    before.close,
                    before.close,
                    before.close,
                    before.close,
                    "0",
                    "0",
                    0,
                    0,
                    before.seq));
        }
    }
}
