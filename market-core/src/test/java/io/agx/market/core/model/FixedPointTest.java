package io.agx.market.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointTest {
    @ParameterizedTest
    @CsvSource({
        "800.010000, 2, 80001, 800.01",
        "0.00000001, 8, 1, 0.00000001",
        "3, 0, 3, 3",
        "3.000, 0, 3, 3",
        "-0.5, 1, -5, -0.5",
        "9223372036854775807, 0, 9223372036854775807, 9223372036854775807",
        "9.223372036854775807, 18, 9223372036854775807, 9.223372036854775807",
        "0, 18, 0, 0",
        "007, 2, 700, 7"
    })
    void readsPlainDecimalsAndPrintsTheirShortestText(String text, int scale, long units, String printed) {
        assertThat(FixedPoint.parse(text, scale)).isEqualTo(units);
        assertThat(FixedPoint.format(units, scale)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "1.",
                ".5",
                "-.5",
                "1.2.3",
                "+1",
                "1e5",
                " 1",
                "1 ",
                "1,5",
                "NaN",
                "0x1",
                "٣",
                "1.001",
                "9223372036854775808",
                "92233720368547758.08"
            })
    void refusesWhatIsNoPlainDecimalOfTheScale(String text) {
        assertThatThrownBy(() -> FixedPoint.parse(text, 2)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void refusesEndlessText() {
        assertThatThrownBy(() -> FixedPoint.parse("0".repeat(65), 2)).isInstanceOf(NumberFormatException.class);
        assertThat(FixedPoint.parse("0".repeat(64), 2)).isZero();
    }

    @Test
    void printsAndReadsAsBigDecimalDoes() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int scale = random.nextInt(19);
            long units = random.nextLong() >> random.nextInt(64);
            BigDecimal exact = BigDecimal.valueOf(units, scale);

            String text = FixedPoint.format(units, scale);

            assertThat(new BigDecimal(text))
                    .as("seed %d: %d at %d", seed, units, scale)
                    .isEqualByComparingTo(exact);
            assertThat(text).isEqualTo(FixedPoint.format(BigInteger.valueOf(units), scale));
            assertThat(text)
                    .isEqualTo(units == 0 ? "0" : exact.stripTrailingZeros().toPlainString());
            if (units != Long.MIN_VALUE) {
                assertThat(FixedPoint.parse(text, scale)).as("seed %d", seed).isEqualTo(units);
            }
        }
        assertThat(FixedPoint.format(Long.MIN_VALUE, 18)).isEqualTo("-9.223372036854775808");
    }
}
