package io.agx.market.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {
    private static final String SMILE = "\uD83D\uDE00";

    @ParameterizedTest
    @ValueSource(ints = {0, 61, 62, 63, 64})
    void cutsNoPairInHalf(int before) {
        String start = "a".repeat(before);
        String pair = before <= 62 ? SMILE : "";
        String rest = "b".repeat(Math.max(0, 62 - before));

        String clipped = Texts.clip(start + SMILE + "b".repeat(100));

        assertThat(clipped).isEqualTo(start + pair + rest + "…");
    }

    @Test
    void keepsAPairThatEndsTheText() {
        assertThat(Texts.clip("a".repeat(62) + SMILE)).isEqualTo("a".repeat(62) + SMILE);
        assertThat(Texts.clip("a".repeat(63) + SMILE)).isEqualTo("a".repeat(63) + "…");
    }

    @Test
    void replacesWhatIsNoTextOrBreaksALine() {
        assertThat(Texts.clip("a\uD83Db\uDE00c\nd\u2028e\uD83D")).isEqualTo("a?b?c?d?e?");
    }
}
