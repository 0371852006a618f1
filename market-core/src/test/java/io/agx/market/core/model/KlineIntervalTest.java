package io.agx.market.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.testing.ReferenceKlines;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KlineIntervalTest {
    @ParameterizedTest
    @CsvSource({
        "1w, 0, 2026-11-22T23:59:59.999Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
        "1w, 0, 2026-11-23T00:00:00Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
        "1w, 480, 2026-11-22T16:00:00Z, 2026-11-22T16:00:00Z, 2026-11-29T16:00:00Z",
        "1M, 0, 2024-02-29T12:00:00Z, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z",
        "1M, 0, 2026-12-31T23:59:59.999Z, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "1M, 480, 2026-11-30T16:00:00Z, 2026-11-30T16:00:00Z, 2026-12-31T16:00:00Z",
        "1M, -720, 2026-12-01T11:59:59Z, 2026-11-01T12:00:00Z, 2026-12-01T12:00:00Z",
        "3d, 0, 1970-01-03T23:00:00Z, 1970-01-01T00:00:00Z, 1970-01-04T00:00:00Z",
        "1d, 840, 2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z, 2026-11-23T10:00:00Z",
        "4h, 345, 2026-11-22T02:14:59Z, 2026-11-21T22:15:00Z, 2026-11-22T02:15:00Z"
    })
    void opensAndEndsByTheCalendarOfTheOffset(String code, int offset, Instant time, Instant open, Instant next) {
        KlineInterval interval = KlineInterval.ofCode(code).orElseThrow();

        assertThat(interval.openTimeMillis(time.toEpochMilli(), offset)).isEqualTo(open.toEpochMilli());
        assertThat(interval.nextOpenTimeMillis(open.toEpochMilli(), offset)).isEqualTo(next.toEpochMilli());
    }

    @Test
    void agreesWithJavaTimeAtAnyMomentAndOffset() {
        long seed = 4_711;
        Random random = new Random(seed);
        for (int i = 0; i < 40_000; i++) {
            KlineInterval interval = List.of(KlineInterval.values()).get(random.nextInt(16));
            int offset = 15 * (random.nextInt(105) - 48);
            long bound = random.nextBoolean() ? 4_102_444_800_000L : Trade.MAX_TIME_MILLIS;
            long time = random.nextLong(bound) - (random.nextInt(10) == 0 ? bound / 100 : 0);
            String what = "seed " + seed + ": " + interval + " at " + offset + ", " + time;

            long open = interval.openTimeMillis(time, offset);
            long next = interval.nextOpenTimeMillis(open, offset);

            assertThat(open).as(what).isEqualTo(ReferenceKlines.open(interval, time, offset));
            assertThat(next).as(what).isEqualTo(ReferenceKlines.nextOpen(interval, open, offset));
            assertThat(time).as(what).isBetween(open, next - 1);
            assertThat(interval.openTimeMillis(next, offset)).as(what).isEqualTo(next);
            assertThat(interval.openTimeMillis(next - 1, offset)).as(what).isEqualTo(open);
        }
    }

    @Test
    void namesItsSixteenIntervalsOnTheWire() {
        assertThat(Arrays.stream(KlineInterval.values()).map(KlineInterval::code))
                .containsExactly(
                        "1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w",
                        "1M");
        assertThat(KlineInterval.ofCode("1M")).contains(KlineInterval.MONTH_1);
        assertThat(KlineInterval.ofCode("1m")).contains(KlineInterval.MINUTE_1);
        assertThat(KlineInterval.ofCode("1H")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-735, 855, 1, 7, -1, Integer.MIN_VALUE})
    void refusesOffsetsThatAreNoQuarterHoursOfTheEarth(int offset) {
        assertThatThrownBy(() -> KlineInterval.requireUtcOffset(offset))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(offset));
    }

    @Test
    void dividesOnlyWhereBucketsMeet() {
        assertThat(KlineInterval.DAY_1.isDivisibleBy(KlineInterval.HOUR_1, 480)).isTrue();
        assertThat(KlineInterval.DAY_1.isDivisibleBy(KlineInterval.HOUR_1, 345)).isFalse();
        assertThat(KlineInterval.DAY_1.isDivisibleBy(KlineInterval.MINUTE_15, 345))
                .isTrue();
        assertThat(KlineInterval.MONTH_1.isDivisibleBy(KlineInterval.WEEK_1, 0)).isFalse();
        assertThat(KlineInterval.WEEK_1.isDivisibleBy(KlineInterval.DAY_3, 0)).isFalse();
        assertThat(KlineInterval.MONTH_1.isDivisibleBy(KlineInterval.DAY_1, 0)).isTrue();
        assertThat(KlineInterval.MONTH_1.isDivisibleBy(KlineInterval.MONTH_1, 0))
                .isTrue();
        assertThat(KlineInterval.MINUTE_1.isDivisibleBy(KlineInterval.HOUR_1, 0))
                .isFalse();
    }
}
