package io.agx.market.core.model;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/**
 * The length of a kline, and the buckets into which it divides time. Immutable; pure functions.
 *
 * <p>A bucket covers {@code [openTimeMillis, nextOpenTimeMillis)}. Buckets up to three days are counted from
 * 1970-01-01T00:00 of the given UTC offset; weeks open on Monday 00:00 and months on the 1st, 00:00, of that offset
 * (Binance spot API, kline streams with a time zone). Open times are always epoch milliseconds UTC.
 */
public enum KlineInterval {
    SECOND_1("1s", 1_000L),
    MINUTE_1("1m", 60_000L),
    MINUTE_3("3m", 180_000L),
    MINUTE_5("5m", 300_000L),
    MINUTE_15("15m", 900_000L),
    MINUTE_30("30m", 1_800_000L),
    HOUR_1("1h", 3_600_000L),
    HOUR_2("2h", 7_200_000L),
    HOUR_4("4h", 14_400_000L),
    HOUR_6("6h", 21_600_000L),
    HOUR_8("8h", 28_800_000L),
    HOUR_12("12h", 43_200_000L),
    DAY_1("1d", 86_400_000L),
    DAY_3("3d", 259_200_000L),
    WEEK_1("1w", 604_800_000L),
    /** Calendar month; its nominal length is 31 days. */
    MONTH_1("1M", 2_678_400_000L);

    /** Lowest UTC offset, −12:00, in minutes. */
    public static final int MIN_UTC_OFFSET_MINUTES = -12 * 60;

    /** Highest UTC offset, +14:00, in minutes. */
    public static final int MAX_UTC_OFFSET_MINUTES = 14 * 60;

    /** Offsets come in quarter hours. */
    public static final int UTC_OFFSET_STEP_MINUTES = 15;

    /** 1970-01-05, the first Monday after the epoch. */
    private static final long FIRST_MONDAY_MILLIS = 4 * 86_400_000L;

    private static final KlineInterval[] ALL = values();

    private final String code;
    private final long nominalMillis;

    KlineInterval(String code, long nominalMillis) {
        this.code = code;
        this.nominalMillis = nominalMillis;
    }

    /** The name on the wire, such as {@code 1m} (minute) or {@code 1M} (month). */
    public String code() {
        return code;
    }

    /** Length in milliseconds; for a month its longest, 31 days. */
    public long nominalMillis() {
        return nominalMillis;
    }

    /** The interval of a wire name (case counts), or nothing if there is none. */
    public static Optional<KlineInterval> ofCode(String code) {
        for (KlineInterval interval : ALL) {
            if (interval.code.equals(code)) {
                return Optional.of(interval);
            }
        }
        return Optional.empty();
    }

    /**
     * Checks an offset in minutes and returns it.
     *
     * @throws IllegalArgumentException if the offset is not a multiple of 15 minutes from −720 to +840
     */
    public static int requireUtcOffset(int utcOffsetMinutes) {
        if (utcOffsetMinutes < MIN_UTC_OFFSET_MINUTES
                || utcOffsetMinutes > MAX_UTC_OFFSET_MINUTES
                || utcOffsetMinutes % UTC_OFFSET_STEP_MINUTES != 0) {
            throw new IllegalArgumentException(
                    "utcOffset must be -12:00 to +14:00 in quarter hours, was " + utcOffsetMinutes + " minutes");
        }
        return utcOffsetMinutes;
    }

    /** The open time, in UTC buckets, of the kline that holds a moment. */
    public long openTimeMillis(long timeMillis) {
        return openTimeMillis(timeMillis, 0);
    }

    /**
     * The open time of the kline that holds a moment.
     *
     * @param timeMillis epoch milliseconds, may be negative
     * @param utcOffsetMinutes see {@link #requireUtcOffset(int)}; not checked here
     * @return epoch milliseconds UTC, at or before {@code timeMillis}
     */
    public long openTimeMillis(long timeMillis, int utcOffsetMinutes) {
        long offsetMillis = utcOffsetMinutes * 60_000L;
        long local = timeMillis + offsetMillis;
        long localOpen = switch (this) {
            case MONTH_1 -> startOfMonth(local);
            case WEEK_1 -> local - Math.floorMod(local - FIRST_MONDAY_MILLIS, nominalMillis);
            default -> local - Math.floorMod(local, nominalMillis);
        };
        return localOpen - offsetMillis;
    }

    /** The open time of the next kline, in UTC buckets: the exclusive end of this one. */
    public long nextOpenTimeMillis(long openTimeMillis) {
        return nextOpenTimeMillis(openTimeMillis, 0);
    }

    /**
     * The open time of the next kline: the exclusive end of this one.
     *
     * @param openTimeMillis an open time, as {@link #openTimeMillis(long, int)} returns it for the same offset
     */
    public long nextOpenTimeMillis(long openTimeMillis, int utcOffsetMinutes) {
        if (this != MONTH_1) {
            return openTimeMillis + nominalMillis;
        }
        long offsetMillis = utcOffsetMinutes * 60_000L;
        LocalDate month = localDate(openTimeMillis + offsetMillis);
        return month.plusMonths(1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli() - offsetMillis;
    }

    /** Whether every bucket of this interval, at this offset, is a whole number of UTC buckets of the finer one. */
    public boolean isDivisibleBy(KlineInterval finer, int utcOffsetMinutes) {
        if (finer.compareTo(this) > 0 || finer.compareTo(DAY_1) > 0) {
            return finer == this && utcOffsetMinutes == 0;
        }
        return nominalMillis % finer.nominalMillis == 0 && utcOffsetMinutes * 60_000L % finer.nominalMillis == 0;
    }

    private static long startOfMonth(long localMillis) {
        return localDate(localMillis)
                .with(TemporalAdjusters.firstDayOfMonth())
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }

    private static LocalDate localDate(long localMillis) {
        return LocalDate.ofEpochDay(Math.floorDiv(localMillis, 86_400_000L));
    }
}
