package io.agx.market.core.kline;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.core.testing.Trades;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The finality contract, case by case. Events read {@code openSecond:open/high/low/close count seq cause[!]}; ! is closed. */
class KlineSeriesTest {
    private static final long T = Trades.DAY;
    private static final long GRACE = 2_000;

    private final KlineSeries minute = new KlineSeries(KlineInterval.MINUTE_1, 0, 1_500, GRACE);
    private long seq;

    @BeforeEach
    void startClock() {
        minute.advance(T);
    }

    @Test
    void revisesAnOpenCandleOncePerFlush() {
        trade(1_000, 50);
        trade(2_000, 70);
        trade(3_000, 40);

        assertThat(flushed(minute)).containsExactly("0:50/70/40/40 3 3 TRADE");
        assertThat(flushed(minute)).isEmpty();
    }

    @Test
    void ordersOpenAndCloseByTimeAndNotByArrival() {
        trade(30_000, 50);
        trade(10_000, 60);
        trade(20_000, 70);
        trade(30_000, 80);
        trade(10_000, 90);

        assertThat(flushed(minute)).containsExactly("0:60/90/50/80 5 5 TRADE");
    }

    @Test
    void closesByTheClockAfterTheGraceAndNotBefore() {
        trade(1_000, 50);
        flushed(minute);

        minute.advance(T + 60_000 + GRACE - 1);
        assertThat(flushed(minute)).isEmpty();
        minute.advance(T + 60_000 + GRACE);

        assertThat(flushed(minute)).containsExactly("0:50/50/50/50 1 1 CLOCK!");
    }

    @Test
    void givesOneCloseOnlyWhereATradeAndTheCloseFallBetweenTwoFlushes() {
        trade(1_000, 50);
        minute.advance(T + 70_000);

        assertThat(flushed(minute)).containsExactly("0:50/50/50/50 1 1 CLOCK!");
    }

    @Test
    void takesATradeWithinTheGraceWhileTheNextCandleIsOpenToo() {
        trade(1_000, 50);
        trade(60_500, 60);
        trade(59_999, 55);
        flushed(minute);

        minute.advance(T + 62_000);

        assertThat(flushed(minute)).containsExactly("0:50/55/50/55 2 3 CLOCK!");
    }

    @Test
    void closesEmptyBucketsFlatAtTheLastClose() {
        trade(1_000, 50);
        minute.advance(T + 182_000);

        assertThat(flushed(minute))
                .containsExactly("0:50/50/50/50 1 1 CLOCK!", "60:50/50/50/50 0 1 CLOCK!", "120:50/50/50/50 0 1 CLOCK!");
    }

    @Test
    void closesNothingBeforeTheFirstTrade() {
        minute.advance(T + 600_000);
        assertThat(flushed(minute)).isEmpty();

        trade(600_000, 50);
        minute.advance(T + 662_000);

        assertThat(flushed(minute)).containsExactly("600:50/50/50/50 1 1 CLOCK!");
    }

    @Test
    void revisesAClosedCandleAndTheFlatOnesBehindIt() {
        trade(1_000, 50);
        trade(180_500, 80);
        minute.advance(T + 190_000);
        flushed(minute);

        trade(2_000, 65);

        assertThat(flushed(minute))
                .containsExactly("0:50/65/50/65 2 3 LATE!", "60:65/65/65/65 0 3 LATE!", "120:65/65/65/65 0 3 LATE!");
    }

    @Test
    void fillsAFlatCandleWithALateTradeAndRevisesThoseBehindIt() {
        trade(1_000, 50);
        minute.advance(T + 182_000);
        flushed(minute);

        trade(61_000, 65);

        assertThat(flushed(minute)).containsExactly("60:65/65/65/65 1 2 LATE!", "120:65/65/65/65 0 2 LATE!");
        assertThat(minute.window().newest(9)).hasSize(2);
    }

    @Test
    void givesTheCloseBeforeTheLateRevisionOfTheSameFlush() {
        trade(1_000, 50);
        minute.advance(T + 62_000);
        trade(2_000, 65);

        assertThat(flushed(minute)).containsExactly("0:50/50/50/50 1 1 CLOCK!", "0:50/65/50/65 2 2 LATE!");
    }

    @Test
    void namesBackfillAsTheCauseWhereHistoryIsFedIn() {
        minute.advance(T + 600_000);

        minute.apply(new Trade(++seq, "x", 50, 1, Side.BUY, T, true));

        assertThat(flushed(minute)).containsExactly("0:50/50/50/50 1 1 BACKFILL!");
    }

    @Test
    void closesAFirstTradeThatIsLateAtOnce() {
        minute.advance(T + 600_000);

        trade(1_000, 50);

        assertThat(flushed(minute)).containsExactly("0:50/50/50/50 1 1 LATE!");
    }

    @Test
    void ignoresAClockThatGoesBack() {
        trade(1_000, 50);
        minute.advance(T + 62_000);
        minute.advance(T);
        trade(2_000, 60);

        assertThat(flushed(minute)).last().isEqualTo("0:50/60/50/60 2 2 LATE!");
    }

    @Test
    void makesFlatClosesForTheNewestBucketsOnlyWhenTheClockJumps() {
        KlineSeries seconds = new KlineSeries(KlineInterval.SECOND_1, 0, 1_500, GRACE);
        seconds.advance(T);
        seconds.apply(Trades.trade(1, T, 50, 1));

        seconds.advance(T + 86_400_000L * 365);

        List<String> events = flushed(seconds);
        assertThat(events).hasSize(1 + KlineSeries.MAX_FLAT_CLOSES);
        assertThat(events.get(0)).isEqualTo("0:50/50/50/50 1 1 CLOCK!");
        assertThat(events).last().isEqualTo(86_400L * 365 - 3 + ":50/50/50/50 0 1 CLOCK!");
        seconds.advance(T + 86_400_000L * 365 + 1_000);
        assertThat(flushed(seconds)).hasSize(1);
    }

    @Test
    void closesMonthsAndWeeksByTheCalendar() {
        KlineSeries month = new KlineSeries(KlineInterval.MONTH_1, 0, 1_500, GRACE);
        month.advance(T);
        month.apply(Trades.trade(1, T, 50, 1));
        List<Kline> events = new ArrayList<>();

        month.advance(T + 86_400_000L * 40);
        month.flush(events);

        assertThat(events).hasSize(1);
        assertThat(events.get(0).nextOpenTimeMillis()).isEqualTo(T + 9 * 86_400_000L);
    }

    @Test
    void countsATradeOlderThanAFullWindowAndLeavesTheWindowAlone() {
        KlineSeries small = new KlineSeries(KlineInterval.MINUTE_1, 0, 3, GRACE);
        small.advance(T + 600_000);
        for (int i = 1; i <= 4; i++) {
            small.apply(Trades.trade(i, T + i * 60_000L, 50, 1));
        }
        flushed(small);
        assertThat(small.window().coversFrom()).isEqualTo(T + 120_000);

        small.apply(Trades.trade(5, T + 60_000, 50, 1));

        assertThat(small.beyondWindowCount()).isEqualTo(1);
        assertThat(flushed(small)).isEmpty();
        assertThat(small.window().newest(9)).hasSize(3);
    }

    @Test
    void countsATradeOlderThanWhatTheSeriesWasRestoredWholeFrom() {
        for (int i = 5; i <= 7; i++) {
            trade(i * 60_000, 50);
        }
        flushed(minute);
        List<Kline> stored = minute.window().newest(9);
        KlineSeries restored = new KlineSeries(KlineInterval.MINUTE_1, 0, 1_500, GRACE);
        restored.restore(stored, T + 600_000, T + 240_000);

        restored.apply(Trades.trade(4, T + 239_999, 40, 1));

        assertThat(restored.beyondWindowCount()).isEqualTo(1);
        assertThat(flushed(restored)).isEmpty();
        assertThat(restored.window().coversFrom()).isEqualTo(T + 240_000);
        restored.apply(Trades.trade(5, T + 240_000, 40, 1));
        assertThat(flushed(restored)).containsExactly("240:40/40/40/40 1 5 LATE!");
        assertThat(restored.window().newest(9)).hasSize(4);
    }

    @Test
    void aFoldedCandleThatTheClockHasNotClosedIsATradesWhateverItsLastPartWas() {
        for (KlineCause cause : List.of(KlineCause.CLOCK, KlineCause.LATE, KlineCause.BACKFILL)) {
            KlineSeries hours = new KlineSeries(KlineInterval.HOUR_8, 0, 1_500, GRACE);
            hours.advance(T);
            hours.apply(Trades.trade(1, T, 50, 1));
            flushed(hours);
            List<Kline> closed = KlineFold.closedBy(hours.window().newest(9), T + 9 * 3_600_000, GRACE).stream()
                    .map(kline -> kline.as(true, cause))
                    .toList();
            List<Kline> day = KlineFold.fold(closed, KlineInterval.DAY_1, 480);
            KlineSeries restored = new KlineSeries(KlineInterval.DAY_1, 480, 1_500, GRACE);

            restored.restore(day, T + 9 * 3_600_000);

            assertThat(restored.window().newest(9)).extracting(Kline::cause).containsExactly(KlineCause.TRADE);
            restored.apply(Trades.trade(2, T + 9 * 3_600_000, 60, 1));
            assertThat(flushed(restored)).containsExactly("-28800:50/60/50/60 2 2 TRADE");
        }
    }

    @Test
    void closesTheOldestEarlyWhereASourceRunsFarAheadOfTheClock() {
        KlineSeries small = new KlineSeries(KlineInterval.MINUTE_1, 0, 3, GRACE);
        small.advance(T);
        for (int i = 1; i <= 5; i++) {
            small.apply(Trades.trade(i, T + i * 60_000L, 50, 1));
        }

        assertThat(flushed(small))
                .containsExactly(
                        "60:50/50/50/50 1 1 CLOCK!",
                        "120:50/50/50/50 1 2 CLOCK!",
                        "180:50/50/50/50 1 3 TRADE",
                        "240:50/50/50/50 1 4 TRADE",
                        "300:50/50/50/50 1 5 TRADE");
        small.advance(T + 362_000);
        assertThat(flushed(small))
                .containsExactly(
                        "180:50/50/50/50 1 3 CLOCK!", "240:50/50/50/50 1 4 CLOCK!", "300:50/50/50/50 1 5 CLOCK!");
    }

    @Test
    void restoresClosedFlagsFromTheClockAndGivesNoEvents() {
        trade(1_000, 50);
        trade(61_000, 60);
        flushed(minute);
        List<Kline> stored = minute.window().newest(9);
        KlineSeries restored = new KlineSeries(KlineInterval.MINUTE_1, 0, 1_500, GRACE);

        restored.restore(stored, T + 63_000);

        assertThat(restored.window().newest(9)).extracting(Kline::closed).containsExactly(true, false);
        assertThat(flushed(restored)).isEmpty();
        restored.advance(T + 122_000);
        assertThat(flushed(restored)).containsExactly("60:60/60/60/60 1 2 CLOCK!");
        restored.apply(Trades.trade(3, T + 2_000, 55, 1));
        assertThat(flushed(restored)).containsExactly("0:50/55/50/55 2 3 LATE!");
    }

    @Test
    void keepsPublishedWindowsAsTheyWere() {
        trade(1_000, 50);
        flushed(minute);
        KlineWindow published = minute.window();
        List<Kline> before = published.newest(9);

        trade(2_000, 70);
        minute.advance(T + 70_000);
        flushed(minute);

        assertThat(published.newest(9)).isEqualTo(before);
        assertThat(minute.window().newest(1)).extracting(Kline::cause).containsExactly(KlineCause.CLOCK);
    }

    private void trade(long offsetMillis, long price) {
        minute.apply(Trades.trade(++seq, T + offsetMillis, price, 1));
    }

    private static List<String> flushed(KlineSeries series) {
        List<Kline> events = new ArrayList<>();
        series.flush(events);
        return events.stream()
                .map(kline -> (kline.openTimeMillis() - T) / 1_000 + ":" + kline.open() + "/" + kline.high() + "/"
                        + kline.low() + "/" + kline.close() + " " + kline.count() + " " + kline.seq() + " "
                        + kline.cause() + (kline.closed() ? "!" : ""))
                .toList();
    }
}
