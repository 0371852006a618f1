package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({
        "0, 500",
        "1, 1000",
        "2, 2000",
        "3, 4000",
        "4, 4000",
        "31, 4000",
        "32, 8000",
        "33, 16000",
        "34, 30000",
        "1000000, 30000"
    })
    void upperEndGrowsHoldsAndGrowsAgain(int attempt, long ceilingMillis) {
        assertThat(new Backoff(ReconnectPolicy.standard(), new Random(1)).ceilingMillis(attempt))
                .isEqualTo(ceilingMillis);
    }

    @Test
    void delaysSpreadOverTheWholeRange() {
        long seed = System.nanoTime();
        Backoff backoff = new Backoff(ReconnectPolicy.standard(), new Random(seed));
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 2_000; i++) {
            long delay = backoff.delayMillis(3);
            least = Math.min(least, delay);
            most = Math.max(most, delay);
        }

        assertThat(least).as("seed %s", seed).isBetween(200L, 400L);
        assertThat(most).as("seed %s", seed).isBetween(3_800L, 4_000L);
    }

    @Test
    void neverAsksMoreThanFiveTimesASecond() {
        long seed = System.nanoTime();
        Backoff backoff = new Backoff(ReconnectPolicy.standard(), new Random(seed));
        for (int attempt = 0; attempt < 1_000; attempt++) {
            assertThat(backoff.delayMillis(attempt)).as("seed %s", seed).isGreaterThanOrEqualTo(200);
        }
    }
}
