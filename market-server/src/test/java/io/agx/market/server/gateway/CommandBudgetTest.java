package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommandBudgetTest {
    private static final long START = Long.MAX_VALUE - 1_000; // The monotonic clock may overflow.
    private final CommandBudget budget = new CommandBudget(20, 100, START);

    @Test
    void otherLimitsHoldForTheNextCommand() {
        for (int i = 0; i < 90; i++) {
            assertThat(budget.tryTake(START)).isTrue();
        }
        budget.setLimits(1, 3);
        assertThat(budget.tryTake(START)).as("of the 10 that were left 3 are").isTrue();
        assertThat(budget.tryTake(START)).isTrue();
        assertThat(budget.tryTake(START)).isTrue();
        assertThat(budget.tryTake(START)).isFalse();
        assertThat(budget.retryAfterMillis()).isEqualTo(1_000);
        budget.setLimits(1_000, 100);
        assertThat(budget.retryAfterMillis()).isEqualTo(1);
        assertThat(budget.tryTake(START + 1_000_000)).isTrue();
    }

    @Test
    void aBurstIsTakenAtOnceAndNotOneMore() {
        for (int i = 0; i < 100; i++) {
            assertThat(budget.tryTake(START)).isTrue();
        }

        assertThat(budget.tryTake(START)).isFalse();
        assertThat(budget.refused()).isEqualTo(1);
        assertThat(budget.retryAfterMillis()).isEqualTo(50);
    }

    @Test
    void afterAPauseTheRateIsThereAgainAndNeverMoreThanTheBurst() {
        for (int i = 0; i < 101; i++) {
            budget.tryTake(START);
        }
        assertThat(budget.tryTake(START + TimeUnit.MILLISECONDS.toNanos(51))).isTrue();
        assertThat(budget.refused()).as("one let through is no pause").isEqualTo(1);

        long later = START + TimeUnit.HOURS.toNanos(1);
        int taken = 0;
        while (budget.tryTake(later)) {
            taken++;
        }
        assertThat(taken).isEqualTo(100);
        assertThat(budget.refused()).as("only the last").isEqualTo(1);
    }

    @Test
    void badCommandsCountInARowOnly() {
        assertThat(budget.noted(true)).isEqualTo(1);
        assertThat(budget.noted(true)).isEqualTo(2);
        assertThat(budget.noted(false)).isZero();
        assertThat(budget.noted(true)).isEqualTo(1);
    }
}
