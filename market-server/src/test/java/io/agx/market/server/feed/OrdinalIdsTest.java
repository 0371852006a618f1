package io.agx.market.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OrdinalIdsTest {
    private final OrdinalIds ids = new OrdinalIds();

    @Test
    void hasRoomForAMillionTradesInASecond() {
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(ids.next(5_000, true)).isEqualTo(5_000_000L + i);
        }

        assertThatThrownBy(() -> ids.next(5_000, true)).hasMessageContaining("is shared by more than 1000000 trades");
    }

    @Test
    void hasRoomForAThousandTradesInAMillisecond() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(ids.next(5_001, false)).isEqualTo(5_001_000L + i);
        }

        assertThatThrownBy(() -> ids.next(5_001, false)).hasMessageContaining("is shared by more than 1000 trades");
    }

    @Test
    void refusesFinerTimesOnceASecondHasTakenTheirIds() {
        for (int i = 0; i <= 1_000; i++) {
            ids.next(5_000, true);
        }

        for (int line = 0; line < 2; line++) { // A reader may skip the first.
            assertThatThrownBy(() -> ids.next(5_001, false)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(ids.next(6_000, true)).isEqualTo(6_000_000);
    }

    @Test
    void takesFilesSortedEitherWayButNotTimesLongGone() {
        OrdinalIds descending = new OrdinalIds();
        for (int i = 0; i < 3 * OrdinalIds.MAX_REMEMBERED_TIMES; i++) {
            assertThat(ids.next(1_000L * i, true)).isEqualTo(1_000_000L * i);
            long back = 1_000_000_000L - 1_000L * i;
            assertThat(descending.next(back, true)).isEqualTo(back * 1000);
        }

        assertThat(ids.next(1_000L * (2 * OrdinalIds.MAX_REMEMBERED_TIMES), true) % 1000)
                .isEqualTo(1);
        assertThatThrownBy(() -> ids.next(1_000, true)).hasMessageContaining("sort the file by time");
    }
}
