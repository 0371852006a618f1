package io.agx.market.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TextIdFilterTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void containsWhateverWasAddedAndLittleElse() {
        TextIdFilter filter = new TextIdFilter(64L << 20);
        List<String> added = new ArrayList<>();
        for (int i = 0; i < 1_200_000; i++) {
            String id = id();
            filter.add(1, id);
            if (i % 4 == 0) {
                added.add(id);
            }
        }

        assertThat(added).as("seed %s", seed).allMatch(id -> filter.mayContain(1, id));
        // 1 MiB and 2 MiB, of which the second is half full: the bound is what the class promises, with room for
        // chance.
        assertThat(filter.bytes()).isEqualTo(3L << 20);
        assertThat(others(filter, 1)).as("seed %s", seed).isLessThan(300);
        assertThat(added.stream().filter(id -> filter.mayContain(2, id)).count())
                .as("of another instrument, seed %s", seed)
                .isLessThan(900);
    }

    @Test
    void knowsIdsThatDifferInOneCharacterApart() {
        TextIdFilter filter = new TextIdFilter(1 << 20);
        for (int i = 0; i < 100_000; i += 2) {
            filter.add(1, "trade-" + i);
        }

        long taken = 0;
        for (int i = 1; i < 100_000; i += 2) {
            taken += filter.mayContain(1, "trade-" + i) ? 1 : 0;
        }
        assertThat(taken).isLessThan(50);
    }

    @Test
    void staysWithinItsBoundAndForgetsNothing() {
        TextIdFilter filter = new TextIdFilter(1_000);
        List<String> added = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            added.add(id());
            filter.add(1, added.get(i));
        }

        assertThat(filter.bytes()).isLessThanOrEqualTo(1_000);
        assertThat(added).as("seed %s", seed).allMatch(id -> filter.mayContain(1, id));
    }

    /** Of 100,000 that were not added. */
    private long others(TextIdFilter filter, int instrumentId) {
        long taken = 0;
        for (int i = 0; i < 100_000; i++) {
            taken += filter.mayContain(instrumentId, id()) ? 1 : 0;
        }
        return taken;
    }

    private String id() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
