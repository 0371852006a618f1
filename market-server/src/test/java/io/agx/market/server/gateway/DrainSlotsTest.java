package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DrainSlotsTest {
    private final long seed = System.nanoTime();

    @Test
    void noSecondHasMoreThanTheRateAndOne() {
        List<Long> slots = DrainSlots.millis(10_000, 700, 3_000, new Random(seed)).stream()
                .sorted()
                .toList();

        assertThat(slots.get(0)).isGreaterThanOrEqualTo(3_000);
        assertThat(slots.get(9_999)).isLessThan(3_000 + 10_000 * 1_000 / 700 + 1);
        int first = 0;
        for (int i = 0; i < slots.size(); i++) {
            while (slots.get(i) - slots.get(first) >= 999) {
                first++;
            }
            assertThat(i - first + 1).as("seed %d", seed).isLessThanOrEqualTo(701);
        }
    }

    @Test
    void theOrderIsNotThatInWhichTheyCame() {
        List<Long> slots = DrainSlots.millis(1_000, 100, 0, new Random(seed));

        int rises = 0;
        for (int i = 1; i < slots.size(); i++) {
            rises += slots.get(i) > slots.get(i - 1) ? 1 : 0;
        }
        assertThat(rises).as("seed %d", seed).isBetween(350, 650);
    }

    @Test
    void nobodyHasNoSlot() {
        assertThat(DrainSlots.millis(0, 1, 0, new Random(seed))).isEmpty();
    }
}
