package io.agx.market.core.kline;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Candles out of candles: coarser ones out of finer ones, and flat ones between. Pure functions. */
public final class KlineFold {
    private KlineFold() {}

    /**
     * Folds UTC candles into coarser ones, at any UTC offset.
     *
     * <p>Open is that of the first, close that of the last traded candle of a bucket. A bucket of flat candles only becomes
     * flat. A result is closed if its last candle reaches its end and is closed; where candles without trades are absent,
     * {@link #closedBy} sets it from the clock.
     *
     * @param finer candles of one interval in UTC buckets, ascending, flat ones present or absent
     * @param coarser the interval of the result; it must be {@linkplain KlineInterval#isDivisibleBy divisible}
     * @return ascending; a bucket without any finer candle has none
     * @throws IllegalArgumentException if the finer interval does not divide the coarser one at this offset
     */
    public static List<Kline> fold(List<Kline> finer, KlineInterval coarser, int utcOffsetMinutes) {
        List<Kline> folded = new ArrayList<>();
        Kline bucket = null;
        for (Kline kline : finer) {
            if (bucket == null && !coarser.isDivisibleBy(kline.interval(), utcOffsetMinutes)) {
                throw new IllegalArgumentException(coarser.code() + " at offset " + utcOffsetMinutes
                        + " minutes is no whole number of " + kline.interval().code());
            }
            if (bucket != null && kline.openTimeMillis() < bucket.nextOpenTimeMillis()) {
                bucket = append(bucket, kline);
                continue;
            }
            if (bucket != null) {
                folded.add(bucket);
            }
            long openTimeMillis = coarser.openTimeMillis(kline.openTimeMillis(), utcOffsetMinutes);
            long nextOpenTimeMillis = coarser.nextOpenTimeMillis(openTimeMillis, utcOffsetMinutes);
            bucket = rebucketed(kline, kline, coarser, openTimeMillis, nextOpenTimeMillis);
        }
        if (bucket != null) {
            folded.add(bucket);
        }
        return folded;
    }

    /** The same candles, each closed exactly if the clock has passed its end and the grace, and else of cause TRADE. */
    public static List<Kline> closedBy(List<Kline> klines, long clockMillis, long graceMillis) {
        List<Kline> result = new ArrayList<>(klines.size());
        for (Kline kline : klines) {
            result.add(closedBy(kline, clockMillis, graceMillis));
        }
        return result;
    }

    static Kline closedBy(Kline kline, long clockMillis, long graceMillis) {
        if (!isClosed(kline.nextOpenTimeMillis(), clockMillis, graceMillis)) {
            // Also of what is not closed: folded, it has the cause of its last candle, which may be.
            return !kline.closed() && kline.cause() == KlineCause.TRADE ? kline : kline.as(false, KlineCause.TRADE);
        }
        return kline.closed()
                ? kline
                : kline.as(true, kline.cause() == KlineCause.TRADE ? KlineCause.CLOCK : kline.cause());
    }

    /**
     * Puts flat candles where no trade was.
     *
     * <p>The result holds each bucket whose open time is in {@code [fromMillis, toMillis)}: the traded candle, or a flat one
     * at the close before it. There are none before the first trade ever, and no flat ones after the bucket that holds the
     * clock. Each is closed exactly if the clock has passed its end and the grace.
     *
     * @param clockMillis {@link Long#MIN_VALUE} if it was never set: no candle is flat then, and none closed
     * @param traded all traded candles of the range (others are ignored), ascending
     * @param previousTraded the newest traded candle before the range, or null if there is none
     * @param limit most candles returned
     * @param newest whether a too long range loses its oldest candles (true) or its newest (false)
     * @return ascending
     */
    public static List<Kline> fillFlat(
            List<Kline> traded,
            @Nullable Kline previousTraded,
            KlineInterval interval,
            int utcOffsetMinutes,
            long fromMillis,
            long toMillis,
            long clockMillis,
            long graceMillis,
            int limit,
            boolean newest) {
        if (fromMillis >= toMillis || limit <= 0) {
            return List.of();
        }
        List<Kline> inRange = within(traded, fromMillis, toMillis);
        if (inRange.isEmpty() && previousTraded == null) {
            return List.of();
        }
        Flats flats = new Flats(interval, utcOffsetMinutes, clockMillis, graceMillis);
        long lastFlatOpenMillis = clockMillis == Long.MIN_VALUE
                ? clockMillis
                : interval.openTimeMillis(Math.min(toMillis - 1, clockMillis), utcOffsetMinutes);
        return newest
                ? flats.newest(inRange, previousTraded, fromMillis, lastFlatOpenMillis, limit)
                : flats.oldest(inRange, previousTraded, fromMillis, lastFlatOpenMillis, limit);
    }

    static boolean isClosed(long nextOpenTimeMillis, long clockMillis, long graceMillis) {
        return clockMillis >= nextOpenTimeMillis + graceMillis; // Without overflow where the clock was never set.
    }

    private static List<Kline> within(List<Kline> ascending, long fromMillis, long toMillis) {
        int from = 0;
        while (from < ascending.size() && ascending.get(from).openTimeMillis() < fromMillis) {
            from++;
        }
        int to = ascending.size();
        while (to > from && ascending.get(to - 1).openTimeMillis() >= toMillis) {
            to--;
        }
        return ascending.subList(from, to);
    }

    private static Kline append(Kline bucket, Kline kline) {
        boolean closed = kline.closed() && kline.nextOpenTimeMillis() == bucket.nextOpenTimeMillis();
        if (kline.isFlat()) {
            return bucket.as(closed, kline.cause());
        }
        Kline merged = bucket.isFlat() ? kline : bucket.merge(kline);
        return rebucketed(merged, kline, bucket.interval(), bucket.openTimeMillis(), bucket.nextOpenTimeMillis());
    }

    private static Kline rebucketed(
            Kline numbers, Kline newest, KlineInterval interval, long openTimeMillis, long nextOpenTimeMillis) {
        return new Kline(
                interval,
                openTimeMillis,
                nextOpenTimeMillis,
                numbers.open(),
                numbers.high(),
                numbers.low(),
                numbers.close(),
                numbers.volume(),
                numbers.quoteVolume(),
                numbers.takerBuyVolume(),
                numbers.takerBuyQuoteVolume(),
                numbers.count(),
                numbers.firstSeq(),
                numbers.seq(),
                numbers.firstTradeTimeMillis(),
                numbers.lastTradeTimeMillis(),
                newest.closed() && newest.nextOpenTimeMillis() == nextOpenTimeMillis,
                newest.cause());
    }

    /** The walk over buckets, from either end, that stops at the limit and so never visits a whole year of seconds. */
    private record Flats(KlineInterval interval, int utcOffsetMinutes, long clockMillis, long graceMillis) {

        List<Kline> newest(
                List<Kline> traded, @Nullable Kline previousTraded, long fromMillis, long lastFlatMillis, int limit) {
            List<Kline> descending = new ArrayList<>(Math.min(limit, 1_500));
            int at = traded.size() - 1;
            while (at >= 0 && traded.get(at).openTimeMillis() > lastFlatMillis && descending.size() < limit) {
                descending.add(closedBy(traded.get(at--), clockMillis, graceMillis));
            }
            for (long open = lastFlatMillis; open >= fromMillis && descending.size() < limit; ) {
                Kline carried = at >= 0 ? traded.get(at) : previousTraded;
                if (carried == null) {
                    break;
                }
                boolean isTraded = at >= 0 && carried.openTimeMillis() == open;
                descending.add(isTraded ? closedBy(carried, clockMillis, graceMillis) : flat(open, carried));
                at -= isTraded ? 1 : 0;
                open = interval.openTimeMillis(open - 1, utcOffsetMinutes);
            }
            Collections.reverse(descending);
            return descending;
        }

        List<Kline> oldest(
                List<Kline> traded, @Nullable Kline previousTraded, long fromMillis, long lastFlatMillis, int limit) {
            List<Kline> ascending = new ArrayList<>(Math.min(limit, 1_500));
            Kline carried = previousTraded;
            int at = 0;
            long open = carried == null ? traded.get(0).openTimeMillis() : firstOpenFrom(fromMillis);
            while (ascending.size() < limit && (open <= lastFlatMillis || at < traded.size())) {
                boolean isTraded = at < traded.size() && traded.get(at).openTimeMillis() == open;
                if (isTraded) {
                    carried = traded.get(at++);
                    ascending.add(closedBy(carried, clockMillis, graceMillis));
                } else if (open > lastFlatMillis) {
                    open = traded.get(at).openTimeMillis();
                    continue;
                } else if (carried != null) {
                    ascending.add(flat(open, carried));
                }
                open = interval.nextOpenTimeMillis(open, utcOffsetMinutes);
            }
            return ascending;
        }

        private long firstOpenFrom(long fromMillis) {
            long open = interval.openTimeMillis(fromMillis, utcOffsetMinutes);
            return open == fromMillis ? open : interval.nextOpenTimeMillis(open, utcOffsetMinutes);
        }

        private Kline flat(long openTimeMillis, Kline carried) {
            long nextOpenTimeMillis = interval.nextOpenTimeMillis(openTimeMillis, utcOffsetMinutes);
            boolean closed = isClosed(nextOpenTimeMillis, clockMillis, graceMillis);
            return Kline.flat(
                    interval,
                    openTimeMillis,
                    nextOpenTimeMillis,
                    carried.close(),
                    carried.seq(),
                    closed,
                    closed ? KlineCause.CLOCK : KlineCause.TRADE);
        }
    }
}
