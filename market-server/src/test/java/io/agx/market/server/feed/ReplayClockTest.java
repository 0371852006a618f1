package io.agx.market.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReplayClockTest {
    private static final long FIRST = 1385337600000L;

    private final ManualPacing pacing = new ManualPacing();
    private final ReplayClock clock = new ReplayClock(FIRST, pacing::nanoTime);

    @Test
    void standsAtTheFirstTradeUntilStarted() {
        pacing.advanceMillis(5_000);

        assertThat(clock.millis()).isEqualTo(FIRST);
    }

    @Test
    void advancesAtItsSpeedBetweenTrades() {
        clock.start(new ReplaySpeed(1000));
        clock.raise(FIRST + 60_000);

        pacing.advanceMillis(7);

        assertThat(clock.millis()).isEqualTo(FIRST + 7_000);
        assertThat(clock.nanosUntil(FIRST + 10_000)).isEqualTo(3_000_000);
    }

    @Test
    void waitsAtATradeThatIsNotDurableAndCatchesUp() {
        clock.start(new ReplaySpeed(1000));
        clock.raise(FIRST + 5_000);
        pacing.advanceMillis(30);
        assertThat(clock.millis()).isEqualTo(FIRST + 5_000);

        clock.raise(FIRST + 60_000);

        assertThat(clock.millis()).isEqualTo(FIRST + 30_000);
    }

    @Test
    void isTheNewestDurableTradeAtMaxSpeed() {
        clock.start(ReplaySpeed.MAX);
        clock.raise(FIRST + 5_000);
        clock.raise(FIRST + 4_000);
        pacing.advanceMillis(30);

        assertThat(clock.millis()).isEqualTo(FIRST + 5_000);
        assertThat(clock.nanosUntil(FIRST + 1_000_000)).isZero();
    }

    @Test
    void goesOnAtRealTimeAfterTheEndOrSlowerIfTheReplayWas() {
        clock.start(ReplaySpeed.MAX);
        clock.raise(FIRST + 5_000);
        clock.runOn();
        pacing.advanceMillis(1_000);
        assertThat(clock.millis()).isEqualTo(FIRST + 6_000);

        ReplayClock slow = new ReplayClock(FIRST, pacing::nanoTime);
        slow.start(ReplaySpeed.parse("0.5"));
        slow.runOn();
        pacing.advanceMillis(1_000);
        assertThat(slow.millis()).isEqualTo(FIRST + 500);
    }

    @Test
    void neverGoesBackWhenItRunsOnEarly() {
        clock.start(new ReplaySpeed(1000));
        clock.raise(FIRST + 60_000);
        pacing.advanceMillis(10);
        clock.runOn();

        assertThat(clock.millis()).isEqualTo(FIRST + 10_000);
    }
}
