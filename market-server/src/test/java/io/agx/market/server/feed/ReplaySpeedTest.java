package io.agx.market.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplaySpeedTest {
    @Test
    void readsANumberOrMax() {
        assertThat(ReplaySpeed.parse("1000x").factor()).isEqualTo(1_000);
        assertThat(ReplaySpeed.parse("0.5").factor()).isEqualTo(0.5);
        assertThat(ReplaySpeed.parse("max")).isEqualTo(ReplaySpeed.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1e-400", "1000001", "1e400", "1e400x", "-1e400", "fast", ""})
    void refusesWhatIsOutsideOfItsRange(String text) {
        assertThatThrownBy(() -> ReplaySpeed.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("speed must be 0.001 to 1000000 or max, was ");
    }
}
