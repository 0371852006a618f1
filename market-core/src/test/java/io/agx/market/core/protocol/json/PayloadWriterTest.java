package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.PayloadField;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.ServerEvent;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadWriterTest {
    @ParameterizedTest
    @CsvSource({
        "100.00, 100.00, 0",
        "100.00, 110.00, 10",
        "300.00, 100.00, -66.667",
        "300.00, 200.00, -33.333",
        "200.00, 200.01, 0.005",
        // Ties go away from zero: 0.0005 and -0.0005.
        "2000.00, 2000.01, 0.001",
        "2000.00, 1999.99, -0.001",
        "0, 5.00, 0"
    })
    void changePercentIsRoundedHalfUpToThreeDecimals(String open, String last, String percent) {
        String json = text(ticker(Samples.price(open), Samples.price(last), Sum128.ZERO, Sum128.ZERO));

        assertThat(json).contains("\"changePercent\":\"" + percent + "\"");
    }

    @Test
    void vwapIsRoundedHalfUpAtThePricesScale() {
        // 3 units at 1.00 and 1 at 1.02 are 1.005 on average.
        String json = text(ticker(100, 102, Sum128.of(4), Sum128.of(402)));

        assertThat(json).contains("\"vwap\":\"1.01\"");
    }

    @Test
    void vwapWithoutVolumeIsTheLastPrice() {
        assertThat(text(ticker(100, 102, Sum128.ZERO, Sum128.ZERO))).contains("\"vwap\":\"1.02\"");
    }

    @Test
    void vwapIsExactBeyondSixtyFourBits() {
        Sum128 volume = Sum128.of(BigInteger.TEN.pow(23));
        Sum128 quoteVolume = Sum128.of(BigInteger.TEN.pow(28).multiply(BigInteger.valueOf(65)));

        assertThat(text(ticker(1, 1, volume, quoteVolume)))
                .contains("\"vwap\":\"65000\"", "\"volume\":\"1000000000000000\"");
    }

    @Test
    void quoteQuantityIsExactAtTheHighestScales() {
        Instrument fine = new Instrument(2, new Symbol("A"), "A", "B", 18, 18, 1, 1, InstrumentStatus.HALTED);
        Trade trade = new Trade(1, "x", 1, Long.MAX_VALUE, Side.UNKNOWN, 0, false);

        String json =
                new String(PayloadWriter.toBytes(new Payload.OfTrades(fine, List.of(trade))), StandardCharsets.UTF_8);

        assertThat(json)
                .isEqualTo("[{\"seq\":1,\"id\":\"x\",\"price\":\"0.000000000000000001\","
                        + "\"qty\":\"9.223372036854775807\",\"quoteQty\":\"0.000000000000000009223372036854775807\","
                        + "\"takerSide\":null,\"time\":0}]");
    }

    @Test
    void roomsRepliesAndRestHaveTheSameBytes() {
        Payload payload = new Payload.OfTicker(Samples.INSTRUMENT, Samples.TICKER);
        String rest = new String(PayloadWriter.toBytes(payload), StandardCharsets.UTF_8);

        assertThat(EventEncoder.toText(new ServerEvent.Push("ticker:BTC-USDT", 812, 0, payload)))
                .contains(rest);
        assertThat(EventEncoder.toText(new ServerEvent.Reply(null, payload))).contains(rest);
    }

    private static Ticker ticker(long open, long last, Sum128 volume, Sum128 quoteVolume) {
        return new Ticker(
                1, 0, last, 1, open, Math.max(open, last), Math.min(open, last), volume, quoteVolume, 1, 0, 0);
    }

    private static String text(Ticker ticker) {
        return new String(
                PayloadWriter.toBytes(new Payload.OfTicker(Samples.INSTRUMENT, ticker)), StandardCharsets.UTF_8);
    }

    @Test
    void withoutAQuoteItsFieldsAreNotThereChosenOrNot() throws IOException {
        Payload payload = new Payload.OfTicker(Samples.INSTRUMENT, Samples.TICKER);

        assertThat(names(payload))
                .doesNotContain("bid", "bidQty", "ask", "askQty")
                .endsWith("closeTime");
        assertThat(names(FieldSelection.of(RoomChannel.TICKER, List.of("bid", "last"))
                        .of(payload)))
                .containsExactly("symbol", "seq", "time", "last");
    }

    @Test
    void whatCanBeSelectedIsWhatIsWrittenInItsOrder() throws IOException {
        for (var one : Map.of(
                        RoomChannel.TICKER, new Payload.OfTicker(Samples.INSTRUMENT, Samples.QUOTED),
                        RoomChannel.KLINE, new Payload.OfKline(Samples.INSTRUMENT, Samples.KLINE),
                        RoomChannel.TRADE, new Payload.OfTrades(Samples.INSTRUMENT, List.of(Samples.BUY)))
                .entrySet()) {
            RoomChannel channel = one.getKey();
            List<String> all =
                    PayloadField.of(channel).stream().map(PayloadField::code).toList();
            assertThat(names(one.getValue())).isEqualTo(all);
            for (PayloadField field : PayloadField.of(channel)) {
                Payload selected =
                        FieldSelection.of(channel, List.of(field.code())).of(one.getValue());
                List<String> expected = PayloadField.of(channel).stream()
                        .filter(other -> other.isIdentity() || other == field)
                        .map(PayloadField::code)
                        .toList();
                assertThat(names(selected)).isEqualTo(expected);
            }
        }
    }

    private static List<String> names(Payload payload) throws IOException {
        JsonNode node = new ObjectMapper().readTree(PayloadWriter.toBytes(payload));
        List<String> names = new ArrayList<>();
        (node.isArray() ? node.get(0) : node).fieldNames().forEachRemaining(names::add);
        return names;
    }
}
