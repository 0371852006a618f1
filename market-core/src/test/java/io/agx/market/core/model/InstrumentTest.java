package io.agx.market.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstrumentTest {
    @ParameterizedTest
    @ValueSource(strings = {"BTC-USDT", "1INCH_USD", "A", "X.Y", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"})
    void takesSymbolsThatAreSafeEverywhere(String text) {
        assertThat(new Symbol(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "btc", "-A", ".A", "A/B", "A B", "A:B", "Ä", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", "A\n"})
    void refusesOtherSymbols(String text) {
        assertThatThrownBy(() -> new Symbol(text)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Symbol.isValid(text)).isFalse();
    }

    @Test
    void ordersSymbolsByName() {
        assertThat(new Symbol("A-B")).isLessThan(new Symbol("B-A"));
    }

    @Test
    void namesTheFieldThatIsOutOfRange() {
        Symbol symbol = new Symbol("A-B");
        InstrumentStatus trading = InstrumentStatus.TRADING;

        assertThat(new Instrument(1, symbol, "A", "B", 18, 18, 1, 1, trading).quoteScale())
                .isEqualTo(36);
        assertThatThrownBy(() -> new Instrument(0, symbol, "A", "B", 0, 0, 1, 1, trading))
                .hasMessageContaining("id");
        assertThatThrownBy(() -> new Instrument(1, symbol, "a", "B", 0, 0, 1, 1, trading))
                .hasMessageContaining("baseAsset");
        assertThatThrownBy(() -> new Instrument(1, symbol, "A", "", 0, 0, 1, 1, trading))
                .hasMessageContaining("quoteAsset");
        assertThatThrownBy(() -> new Instrument(1, symbol, "A", "B", 19, 0, 1, 1, trading))
                .hasMessageContaining("priceScale");
        assertThatThrownBy(() -> new Instrument(1, symbol, "A", "B", 0, -1, 1, 1, trading))
                .hasMessageContaining("quantityScale");
        assertThatThrownBy(() -> new Instrument(1, symbol, "A", "B", 0, 0, 0, 1, trading))
                .hasMessageContaining("tickSize");
        assertThatThrownBy(() -> new Instrument(1, symbol, "A", "B", 0, 0, 1, 0, trading))
                .hasMessageContaining("stepSize");
    }

    @Test
    void neverChangesTheCodesOfTheLog() {
        assertThat(Side.UNKNOWN.code()).isZero();
        assertThat(Side.BUY.code()).isEqualTo(1);
        assertThat(Side.SELL.code()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void keepsTheCodesOfSides(Side side) {
        assertThat(Side.ofCode(side.code())).isEqualTo(side);
        assertThatThrownBy(() -> Side.ofCode(3)).isInstanceOf(IllegalArgumentException.class);
    }
}
