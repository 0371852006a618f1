package io.agx.market.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Sum128Test {
    private static final BigInteger MAX = BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE);

    @Test
    void addsSubtractsAndMultipliesAsBigIntegerDoes() {
        long seed = 77;
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            BigInteger a = number(random);
            BigInteger b = number(random);
            long x = random.nextLong() >> random.nextInt(64);
            long y = random.nextLong() >> random.nextInt(64);
            String what = "seed " + seed + ": " + a + " " + b + " " + x + " " + y;

            assertThat(Sum128.of(a).toBigInteger()).as(what).isEqualTo(a);
            assertThat(Sum128.of(a).plus(Sum128.of(b)).toBigInteger()).as(what).isEqualTo(a.add(b));
            assertThat(Sum128.of(a).compareTo(Sum128.of(b))).as(what).isEqualTo(a.compareTo(b));
            assertThat(Sum128.product(x, y).toBigInteger())
                    .as(what)
                    .isEqualTo(BigInteger.valueOf(x).multiply(BigInteger.valueOf(y)));
            assertThat(Sum128.of(x).toBigInteger()).isEqualTo(BigInteger.valueOf(x));
            int scale = random.nextInt(37);
            assertThat(new BigDecimal(Sum128.of(a).format(scale)))
                    .as(what)
                    .isEqualByComparingTo(new BigDecimal(a, scale));
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThat(Sum128.of(MAX).toBigInteger()).isEqualTo(MAX);
        assertThatThrownBy(() -> Sum128.of(MAX.add(BigInteger.ONE))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Sum128.of(MAX).plus(Sum128.of(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Sum128.of(MAX.negate()).plus(Sum128.of(-2))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void holdsADayOfTenToTheFifteenUnitsAtScale18AndThePriceOfOneUnit() {
        BigInteger volume = BigInteger.TEN.pow(33);

        assertThat(Sum128.of(volume).format(18)).isEqualTo("1000000000000000");
        assertThat(Sum128.product(1, 1).format(26)).isEqualTo("0.00000000000000000000000001");
        assertThat(Sum128.ZERO.isZero()).isTrue();
        assertThat(Sum128.of(-1).format(0)).isEqualTo("-1");
    }

    private static BigInteger number(Random random) {
        BigInteger number = new BigInteger(1 + random.nextInt(125), random);
        return random.nextBoolean() ? number : number.negate();
    }
}
