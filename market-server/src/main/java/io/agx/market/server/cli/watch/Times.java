package io.agx.market.server.cli.watch;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as text, in UTC. */
final class Times {
    private static final DateTimeFormatter FULL = form("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");
    private static final DateTimeFormatter CLOCK = form("HH:mm:ss.SSS");
    private static final DateTimeFormatter SECONDS = form("HH:mm:ss");
    private static final DateTimeFormatter MINUTES = form("MM-dd HH:mm");
    private static final DateTimeFormatter DATE = form("uuuu-MM-dd");

    private Times() {}

    /** {@code 2026-07-30T12:34:56.789Z}: always of one length. */
    static String utc(long epochMillis) {
        return FULL.format(Instant.ofEpochMilli(epochMillis));
    }

    /** {@code 12:34:56.789}. */
    static String clock(long epochMillis) {
        return CLOCK.format(Instant.ofEpochMilli(epochMillis));
    }

    /** {@code 12:34:56}. */
    static String seconds(long epochMillis) {
        return SECONDS.format(Instant.ofEpochMilli(epochMillis));
    }

    /** A candle's time, as exact as its length needs. */
    static String candle(long openTimeMillis, long closeTimeMillis) {
        long lengthMillis = closeTimeMillis - openTimeMillis + 1;
        DateTimeFormatter form = lengthMillis < 60_000 ? SECONDS : lengthMillis < 86_400_000 ? MINUTES : DATE;
        return form.format(Instant.ofEpochMilli(openTimeMillis));
    }

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
