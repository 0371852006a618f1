package io.agx.market.server.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/**
 * A partition of the trade table on PostgreSQL: one week, [startMillis, endMillis), from Monday 00:00 UTC on. Immutable.
 *
 * <p>V005__partition_trade_by_week.sql computes the same.
 */
record TradePartition(long startMillis) {
    private static final long WEEK_MILLIS = 7L * 86_400_000;
    /** 1970-01-05. */
    private static final long MONDAY_MILLIS = 4L * 86_400_000;

    private static final String PREFIX = "trade_w";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The partition that trades of a time are in. */
    static TradePartition of(long timeMillis) {
        return new TradePartition(timeMillis - Math.floorMod(timeMillis - MONDAY_MILLIS, WEEK_MILLIS));
    }

    long endMillis() {
        return startMillis + WEEK_MILLIS;
    }

    TradePartition next() {
        return new TradePartition(endMillis());
    }

    /** The one that has a table of this name; nothing for another table. */
    static Optional<TradePartition> ofTable(String name) {
        if (!name.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            LocalDate monday = LocalDate.parse(name.substring(PREFIX.length()), NAME);
            return Optional.of(
                    of(monday.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Its table's. */
    String tableName() {
        return PREFIX + NAME.format(Instant.ofEpochMilli(startMillis));
    }
}
