package io.agx.market.core.testing;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Trade;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Candles the plain way: sort, group by java.time, add with BigInteger. Shares no arithmetic with the code under test. */
public final class ReferenceKlines {
    private ReferenceKlines() {}

    /** Candles by open time; all with cause TRADE and not closed. */
    public static List<Kline> of(List<Trade> trades, KlineInterval interval, int utcOffsetMinutes) {
        Map<Long, List<Trade>> buckets = new TreeMap<>();
        for (Trade trade : trades) {
            buckets.computeIfAbsent(open(interval, trade.timeMillis(), utcOffsetMinutes), key -> new ArrayList<>())
                    .add(trade);
        }
        List<Kline> klines = new ArrayList<>();
        buckets.forEach((open, inBucket) -> klines.add(kline(interval, open, utcOffsetMinutes, inBucket)));
        return klines;
    }

    /** The same numbers, without what depends on the moments of clock and flush. */
    public static List<Kline> numbers(List<Kline> klines) {
        return klines.stream().map(kline -> kline.as(false, KlineCause.TRADE)).toList();
    }

    public static long open(KlineInterval interval, long timeMillis, int utcOffsetMinutes) {
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(utcOffsetMinutes * 60);
        LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(timeMillis), zone);
        return start(interval, local).toInstant(zone).toEpochMilli();
    }

    public static long nextOpen(KlineInterval interval, long openMillis, int utcOffsetMinutes) {
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(utcOffsetMinutes * 60);
        LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(openMillis), zone);
        LocalDateTime next = switch (interval.code()) {
            case "1M" -> local.plusMonths(1);
            case "1w" -> local.plusWeeks(1);
            case "3d" -> local.plusDays(3);
            case "1d" -> local.plusDays(1);
            default -> local.plusSeconds(seconds(interval));
        };
        return next.toInstant(zone).toEpochMilli();
    }

    private static LocalDateTime start(KlineInterval interval, LocalDateTime local) {
        LocalDate date = local.toLocalDate();
        return switch (interval.code()) {
            case "1M" -> date.withDayOfMonth(1).atStartOfDay();
            case "1w" ->
                date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay();
            case "3d" -> date.minusDays(Math.floorMod(date.toEpochDay(), 3)).atStartOfDay();
            case "1d" -> date.atStartOfDay();
            default -> {
                long second = local.toLocalTime().toSecondOfDay();
                yield date.atStartOfDay().plusSeconds(second - second % seconds(interval));
            }
        };
    }

    private static long seconds(KlineInterval interval) {
        String code = interval.code();
        long number = Long.parseLong(code.substring(0, code.length() - 1));
        return switch (code.charAt(code.length() - 1)) {
            case 's' -> number;
            case 'm' -> ChronoUnit.MINUTES.getDuration().toSeconds() * number;
            case 'h' -> ChronoUnit.HOURS.getDuration().toSeconds() * number;
            default -> throw new IllegalArgumentException(code);
        };
    }

    private static Kline kline(KlineInterval interval, long open, int utcOffsetMinutes, List<Trade> trades) {
        List<Trade> byTime = new ArrayList<>(trades);
        byTime.sort(Comparator.comparingLong(Trade::timeMillis).thenComparingLong(Trade::seq));
        Trade first = byTime.get(0);
        Trade last = byTime.get(byTime.size() - 1);
        BigInteger volume = BigInteger.ZERO;
        BigInteger quote = BigInteger.ZERO;
        BigInteger buyVolume = BigInteger.ZERO;
        BigInteger buyQuote = BigInteger.ZERO;
        for (Trade trade : trades) {
            BigInteger quantity = BigInteger.valueOf(trade.quantity());
            BigInteger amount = quantity.multiply(BigInteger.valueOf(trade.price()));
            volume = volume.add(quantity);
            quote = quote.add(amount);
            if (trade.takerSide() == Side.BUY) {
                buyVolume = buyVolume.add(quantity);
                buyQuote = buyQuote.add(amount);
            }
        }
        return new Kline(
                interval,
                open,
                nextOpen(interval, open, utcOffsetMinutes),
                first.price(),
                trades.stream().mapToLong(Trade::price).max().orElseThrow(),
                trades.stream().mapToLong(Trade::price).min().orElseThrow(),
                last.price(),
                Sum128.of(volume),
                Sum128.of(quote),
                Sum128.of(buyVolume),
                Sum128.of(buyQuote),
                trades.size(),
                trades.stream().mapToLong(Trade::seq).min().orElseThrow(),
                trades.stream().mapToLong(Trade::seq).max().orElseThrow(),
                first.timeMillis(),
                last.timeMillis(),
                false,
                KlineCause.TRADE);
    }
}
