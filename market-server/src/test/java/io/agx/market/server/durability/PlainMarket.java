package io.agx.market.server.durability;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Candles and tickers the plain way: one loop over the trades by (time, seq), BigDecimal, java.time. Shares no code with the server. */
public final class PlainMarket {
    private final List<SentTrade> trades;

    public PlainMarket(List<SentTrade> trades) {
        this.trades = new ArrayList<>(trades);
        this.trades.sort(Comparator.comparingLong(SentTrade::timeMillis).thenComparingLong(SentTrade::seq));
    }

    /** Open time of the oldest candle of an interval. */
    public long firstOpenMillis(String interval) {
        return openMillis(interval, trades.get(0).timeMillis());
    }

    /** How the candles with trades differ from these, or null if they do not. */
    public @Nullable String difference(String interval, List<JsonNode> klines) {
        Map<Long, Sums> buckets = new TreeMap<>();
        for (SentTrade trade : trades) {
            buckets.computeIfAbsent(openMillis(interval, trade.timeMillis()), open -> new Sums())
                    .add(trade);
        }
        if (buckets.size() != klines.size()) {
            return interval + ": " + klines.size() + " candles, expected " + buckets.size();
        }
        int at = 0;
        for (Map.Entry<Long, Sums> bucket : buckets.entrySet()) {
            JsonNode kline = klines.get(at++);
            if (kline.get("openTime").longValue() != bucket.getKey()
                    || !bucket.getValue().matches(kline)) {
                return interval + ": " + kline + ", expected " + bucket;
            }
        }
        return null;
    }

    /** How the ticker, as of the moment that it names, differs from this, or null if it does not. */
    public @Nullable String tickerDifference(JsonNode ticker) {
        long from = ticker.get("openTime").longValue();
        long lastSecond = Math.floorDiv(ticker.get("closeTime").longValue(), 1_000L);
        Sums sums = new Sums();
        for (SentTrade trade : trades) {
            if (trade.timeMillis() >= from && Math.floorDiv(trade.timeMillis(), 1_000L) <= lastSecond) {
                sums.add(trade);
            }
        }
        SentTrade newest = trades.get(trades.size() - 1);
        if (sums.count == 0) {
            sums.open = newest.price();
            sums.high = newest.price();
            sums.low = newest.price();
        }
        boolean same = ticker.get("seq").longValue() == trades.size()
                && lastSecond * 1_000 - from == 86_399_000L
                && equal(ticker, "last", newest.price())
                && equal(ticker, "lastQty", newest.quantity())
                && equal(ticker, "open", sums.open)
                && equal(ticker, "high", sums.high)
                && equal(ticker, "low", sums.low)
                && equal(ticker, "change", newest.price().subtract(sums.open))
                && equal(ticker, "volume", sums.volume)
                && equal(ticker, "quoteVolume", sums.quoteVolume)
                && ticker.get("count").longValue() == sums.count;
        return same ? null : "ticker " + ticker + ", expected last=" + newest + " " + sums;
    }

    private static long openMillis(String interval, long timeMillis) {
        LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(timeMillis), ZoneOffset.UTC);
        return switch (interval) {
            case "1M" -> startMillis(day.withDayOfMonth(1));
            case "1w" -> startMillis(day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case "3d" -> startMillis(day.minusDays(Math.floorMod(day.toEpochDay(), 3L)));
            case "1d" -> startMillis(day);
            default -> {
                long length = Long.parseLong(interval.substring(0, interval.length() - 1))
                        * switch (interval.charAt(interval.length() - 1)) {
                            case 's' -> 1_000L;
                            case 'm' -> 60_000L;
                            default -> 3_600_000L;
                        };
                yield timeMillis - timeMillis % length;
            }
        };
    }

    private static long startMillis(LocalDate day) {
        return day.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static boolean equal(JsonNode json, String field, BigDecimal expected) {
        return new BigDecimal(json.get(field).textValue()).compareTo(expected) == 0;
    }

    /** What the trades of a stretch come to. */
    private static final class Sums {
        private BigDecimal open = BigDecimal.ZERO;
        private BigDecimal high = BigDecimal.ZERO;
        private BigDecimal low = BigDecimal.ZERO;
        private BigDecimal close = BigDecimal.ZERO;
        private BigDecimal volume = BigDecimal.ZERO;
        private BigDecimal quoteVolume = BigDecimal.ZERO;
        private BigDecimal buyVolume = BigDecimal.ZERO;
        private BigDecimal buyQuoteVolume = BigDecimal.ZERO;
        private long count;
        private long firstSeq = Long.MAX_VALUE;
        private long lastSeq;

        void add(SentTrade trade) {
            BigDecimal price = trade.price();
            BigDecimal amount = price.multiply(trade.quantity());
            open = count == 0 ? price : open;
            high = count == 0 ? price : high.max(price);
            low = count == 0 ? price : low.min(price);
            close = price;
            volume = volume.add(trade.quantity());
            quoteVolume = quoteVolume.add(amount);
            if (trade.side().equals("buy")) {
                buyVolume = buyVolume.add(trade.quantity());
                buyQuoteVolume = buyQuoteVolume.add(amount);
            }
            firstSeq = Math.min(firstSeq, trade.seq());
            lastSeq = Math.max(lastSeq, trade.seq());
            count++;
        }

        boolean matches(JsonNode kline) {
            return equal(kline, "open", open)
                    && equal(kline, "high", high)
                    && equal(kline, "low", low)
                    && equal(kline, "close", close)
                    && equal(kline, "volume", volume)
                    && equal(kline, "quoteVolume", quoteVolume)
                    && equal(kline, "takerBuyVolume", buyVolume)
                    && equal(kline, "takerBuyQuoteVolume", buyQuoteVolume)
                    && kline.get("count").longValue() == count
                    && kline.get("firstSeq").longValue() == firstSeq
                    && kline.get("seq").longValue() == lastSeq;
        }

        @Override
        public String toString() {
            return "open=" + open + " high=" + high + " low=" + low + " close=" + close + " volume=" + volume
                    + " quoteVolume=" + quoteVolume + " buy=" + buyVolume + " buyQuote=" + buyQuoteVolume + " count="
                    + count + " firstSeq=" + firstSeq + " seq=" + lastSeq;
        }
    }
}
