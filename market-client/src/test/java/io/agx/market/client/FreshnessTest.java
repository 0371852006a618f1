package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long NOW = 1_763_845_200_000L;

    private final Freshness freshness = new Freshness(0);

    @Test
    void aWatermarkThatStandsStillIsStaleAtTheNextHeartbeat() {
        assertThat(freshness.heard(NOW, NOW - 50)).isFalse();
        assertThat(freshness.heard(NOW + 10_000, NOW + 9_900)).isFalse();

        assertThat(freshness.heard(NOW + 20_000, NOW + 10_400)).isTrue();
        assertThat(freshness.isStale()).isTrue();
        assertThat(freshness.heard(NOW + 30_000, NOW + 10_400)).as("told once").isFalse();
    }

    @Test
    void isFreshAgainWhenTheWatermarkGoesOn() {
        freshness.heard(NOW, NOW);
        freshness.heard(NOW + 10_000, NOW + 100);

        assertThat(freshness.heard(NOW + 20_000, NOW + 19_900)).isTrue();
        assertThat(freshness.isStale()).isFalse();
    }

    @Test
    void aRoomWithoutAWatermarkIsFreshWhileHeartbeatsCome() {
        for (int beat = 0; beat < 5; beat++) {
            assertThat(freshness.heardNothing()).isFalse();
        }
        assertThat(freshness.silent()).isTrue();
        assertThat(freshness.heardNothing()).isTrue();
        assertThat(freshness.isStale()).isFalse();
        assertThat(freshness.heard(NOW, NOW - 100_000_000_000L))
                .as("the first trade, of a clock years back")
                .isFalse();
    }

    @Test
    void aClockYearsBackAndTenTimesAsFastIsNotStale() {
        long back = NOW - 100_000_000_000L;
        for (int beat = 0; beat < 10; beat++) {
            assertThat(freshness.heard(NOW + 10_000L * beat, back + 100_000L * beat))
                    .isFalse();
        }
        assertThat(freshness.heard(NOW + 100_000, back + 900_000))
                .as("a replay that has ended")
                .isTrue();
    }

    @Test
    void aRoomMayHoldBackWhatItsRateHoldsBack() {
        Freshness slow = new Freshness(10_000);
        slow.heard(NOW, NOW);

        assertThat(slow.heard(NOW + 10_000, NOW + 1_000)).isFalse();
        assertThat(slow.heard(NOW + 20_000, NOW + 1_000)).isTrue();
    }

    @Test
    void silenceIsToldOnceAndEndsWithAWatermarkThatGoesOn() {
        freshness.heard(NOW, NOW);

        assertThat(freshness.silent()).isTrue();
        assertThat(freshness.silent()).isFalse();
        assertThat(freshness.heard(NOW + 25_000, NOW + 24_900)).isTrue();
        assertThat(freshness.completeTimeMillis()).isEqualTo(NOW + 24_900);
    }
}
