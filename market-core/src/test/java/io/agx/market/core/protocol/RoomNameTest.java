package io.agx.market.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomNameTest {
    private static final Symbol BTC = new Symbol("BTC-USDT");

    @ParameterizedTest
    @CsvSource({
        "ticker:*, ticker:*",
        "ticker:*@250ms, ticker:*",
        "ticker:*@1s, ticker:*@1s",
        "ticker:BTC-USDT@raw, ticker:BTC-USDT@raw",
        "kline:BTC-USDT:1m, kline:BTC-USDT:1m",
        "kline:BTC-USDT:1M, kline:BTC-USDT:1M",
        "kline:BTC-USDT:1d:+08:00, kline:BTC-USDT:1d:+08:00",
        "kline:BTC-USDT:1d:-05:30@10s, kline:BTC-USDT:1d:-05:30@10s",
        "kline:BTC-USDT:1d:+00:00, kline:BTC-USDT:1d",
        "kline:BTC-USDT:1d:-00:00, kline:BTC-USDT:1d",
        "trade:BTC-USDT, trade:BTC-USDT",
        "ticker:BTC-*, ticker:BTC-*",
        "ticker:*-USDT@1s, ticker:*-USDT@1s",
        "ticker:B*T@250ms, ticker:B*T",
        "ticker:BTC-USDT@1s~last~volume, ticker:BTC-USDT@1s~last~volume",
        "ticker:BTC-USDT~volume~last, ticker:BTC-USDT~last~volume",
        "ticker:*~time~last~symbol, ticker:*~last",
        "ticker:*~symbol, ticker:*~seq",
        "ticker:BTC-*@raw~low, ticker:BTC-*@raw~low",
        "kline:BTC-USDT:1d:+08:00@1s~close~closed, kline:BTC-USDT:1d:+08:00@1s~close",
        "trade:BTC-USDT~takerSide~price, trade:BTC-USDT~price~takerSide",
        "trade:BTC-USDT~id~price~qty~quoteQty~takerSide, trade:BTC-USDT",
        "trade:BTC-USDT@raw, trade:BTC-USDT",
        "trade:BTC-USDT@100ms, trade:BTC-USDT@100ms",
        "inbox, inbox",
        "system, system"
    })
    void printsTheCanonicalName(String asked, String canonical) {
        RoomName room = RoomName.parse(asked);

        assertThat(room).hasToString(canonical);
        assertThat(RoomName.parse(canonical)).isEqualTo(room);
    }

    @ParameterizedTest
    @CsvSource({
        "kline:BTC-USDT:1m:+08:00, kline:BTC-USDT:1m",
        "kline:BTC-USDT:15m:+05:45, kline:BTC-USDT:15m",
        "kline:BTC-USDT:30m:+05:45, kline:BTC-USDT:30m:+05:45",
        "kline:BTC-USDT:30m:+05:30, kline:BTC-USDT:30m",
        "kline:BTC-USDT:4h:+08:00, kline:BTC-USDT:4h",
        "kline:BTC-USDT:12h:-12:00, kline:BTC-USDT:12h",
        "kline:BTC-USDT:12h:+14:00, kline:BTC-USDT:12h:+14:00",
        "kline:BTC-USDT:1w:+14:00, kline:BTC-USDT:1w:+14:00"
    })
    void dropsAnOffsetThatMovesNoCandle(String asked, String canonical) {
        assertThat(RoomName.parse(asked)).hasToString(canonical);
    }

    @Test
    void factoriesMakeWhatParsingReads() {
        assertThat(RoomName.parse("ticker:*")).isEqualTo(RoomName.allTickers());
        assertThat(RoomName.parse("ticker:BTC-USDT")).isEqualTo(RoomName.ticker(BTC));
        assertThat(RoomName.parse("trade:BTC-USDT")).isEqualTo(RoomName.trade(BTC));
        assertThat(RoomName.parse("kline:BTC-USDT:1d:+08:00@1s"))
                .isEqualTo(RoomName.kline(BTC, KlineInterval.DAY_1, 480).at(Rate.SECOND_1));
        assertThat(RoomName.parse("inbox")).isEqualTo(RoomName.inbox());
        assertThat(RoomName.parse("system")).isEqualTo(RoomName.system());
        assertThat(RoomName.allTickers().isAllTickers()).isTrue();
        assertThat(RoomName.ticker(BTC).kind()).isEqualTo(RoomKind.STATE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|unknown_room|must start with ticker:, kline:, trade:",
                "depth:BTC-USDT|unknown_room|was \"depth:BTC-USDT\"",
                "Ticker:BTC-USDT|unknown_room|must start with",
                "ticker|unknown_room|room must be ticker:<symbol>, ticker:* or a pattern such as ticker:BTC-*, was \"ticker\"",
                "ticker:BTC-USDT:1m|unknown_room|ticker:<symbol>",
                "trade:*|unknown_symbol|was \"*\"",
                "trade:btc-usdt|unknown_symbol|A-Z 0-9",
                "ticker:|unknown_symbol|1 to 32 characters",
                "kline:BTC-USDT|unknown_room|kline:<symbol>:<interval>",
                "kline:BTC-USDT:2m|unknown_interval|was \"2m\"",
                "kline:BTC-USDT:1m:|bad_field|utcOffset must be -12:00 to +14:00",
                "kline:BTC-USDT:1m:08:00|bad_field|was \"08:00\"",
                "kline:BTC-USDT:1m:+8:00|bad_field|was \"+8:00\"",
                "kline:BTC-USDT:1m:+08:10|bad_field|quarter hours",
                "kline:BTC-USDT:1m:+14:15|bad_field|was \"+14:15\"",
                "kline:BTC-USDT:1m:-12:15|bad_field|was \"-12:15\"",
                "kline:BTC-USDT:1m:+08:60|bad_field|was \"+08:60\"",
                "kline:BTC-USDT:1m:+08:00:1|bad_field|was \"+08:00:1\"",
                "ticker:*@|bad_field|rate must be raw, 100ms",
                "ticker:*@3s|bad_field|was \"3s\"",
                "ticker:*@1s@1s|bad_field|was \"1s@1s\"",
                "inbox@1s|bad_field|inbox has no rate",
                "ticker:B*-*|unknown_symbol|a pattern must be one * and at most 32 characters",
                "ticker:btc-*|unknown_symbol|was \"btc-*\"",
                "ticker:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA*|unknown_symbol|at most 32 characters",
                "trade:BTC-*|unknown_symbol|was \"BTC-*\"",
                "kline:BTC-*:1m|unknown_symbol|was \"BTC-*\"",
                "inbox:7|unknown_room|room must be inbox",
            })
    void saysWhatIsWrongWithAName(String name, String code, String messagePart) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> RoomName.parse(name));

        assertThat(e).isNotNull();
        assertThat(e.code().code()).isEqualTo(code);
        assertThat(e.problem().field()).isEqualTo("room");
        assertThat(e.problem().message()).contains(messagePart);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ticker:BTC-USDT~spread|fields of a ticker room are symbol seq time last lastQty open high low change "
                        + "changePercent vwap volume quoteVolume count openTime closeTime bid bidQty ask askQty, was \"spread\"",
                "kline:BTC-USDT:1m~price|fields of a kline room are symbol interval openTime closeTime open high low close volume "
                        + "quoteVolume takerBuyVolume takerBuyQuoteVolume count firstSeq seq closed cause, was \"price\"",
                "trade:BTC-USDT~Price|fields of a trade room are seq id price qty quoteQty takerSide time, was \"Price\"",
                "ticker:*~last~low~last|field \"last\" is there twice",
                "ticker:*~seq~seq|field \"seq\" is there twice",
                "ticker:*~|was \"\"",
                "ticker:*~last~|was \"\"",
                "ticker:*~last@1s|was \"last@1s\"",
                "inbox~seq|inbox has no fields to select, was \"seq\""
            })
    void saysWhatIsWrongWithASelection(String name, String message) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> RoomName.parse(name));

        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(ErrorCode.BAD_FIELD);
        assertThat(e.problem().field()).isEqualTo("fields");
        assertThat(e.problem().message()).contains(message);
    }

    @Test
    void aPatternMatchesAnyRunOfCharactersAlsoNone() {
        List<Symbol> symbols = Stream.of("BTC-USDT", "BTC-EUR", "ETH-USDT", "BTC", "BT", "T")
                .map(Symbol::new)
                .toList();

        assertThat(matching("*", symbols)).containsExactly("BTC-USDT", "BTC-EUR", "ETH-USDT", "BTC", "BT", "T");
        assertThat(matching("BTC-*", symbols)).containsExactly("BTC-USDT", "BTC-EUR");
        assertThat(matching("*-USDT", symbols)).containsExactly("BTC-USDT", "ETH-USDT");
        assertThat(matching("BTC*", symbols)).containsExactly("BTC-USDT", "BTC-EUR", "BTC");
        assertThat(matching("B*T", symbols)).containsExactly("BTC-USDT", "BT");
        assertThat(matching("T*T", symbols)).isEmpty();
    }

    private static List<String> matching(String pattern, List<Symbol> symbols) {
        return symbols.stream()
                .filter(SymbolPattern.parse(pattern)::matches)
                .map(Symbol::value)
                .toList();
    }

    @Test
    void theLongestNameIsRead() {
        String fields = PayloadField.of(RoomChannel.KLINE).stream()
                .map(field -> "~" + field.code())
                .collect(Collectors.joining());
        String longest = "kline:" + "A".repeat(32) + ":12h:+14:00@100ms" + fields;

        assertThat(longest).hasSize(196);
        assertThat(RoomName.parse(longest)).hasToString(longest.substring(0, 55));
        assertThat(RoomName.parse(longest.replace("~low", "")).toString()).hasSize(150);
        assertThatThrownBy(() -> RoomName.parse("ticker:" + "A".repeat(194)))
                .hasMessageContaining("room must have at most 200 characters, had 201");
    }

    @Test
    void aBaseIsTheSameWhateverRateAndFields() {
        assertThat(RoomName.parse("kline:BTC-USDT:1d:+08:00@raw~close").base())
                .isEqualTo(RoomName.parse("kline:BTC-USDT:1d:+08:00"));
        assertThat(RoomName.parse("ticker:BTC-*@5s~low").base()).isEqualTo(RoomName.parse("ticker:BTC-*"));
    }

    @Test
    void everyOffsetIsReadAsItIsPrinted() {
        for (int offset = -720; offset <= 840; offset += 15) {
            assertThat(UtcOffsets.parse(UtcOffsets.format(offset))).isEqualTo(offset);
        }
    }
}
