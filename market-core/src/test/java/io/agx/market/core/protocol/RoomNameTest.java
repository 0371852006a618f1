package io.agx.market.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
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
                "ticker|unknown_room|room must be ticker:<symbol> or ticker:*, was \"ticker\"",
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
                "inbox:7|unknown_room|room must be inbox",
            })
    void saysWhatIsWrongWithAName(String name, String code, String messagePart) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> RoomName.parse(name));

        assertThat(e).isNotNull();
        assertThat(e.code().code()).isEqualTo(code);
        assertThat(e.problem().field()).isEqualTo("room");
        assertThat(e.problem().message()).contains(messagePart);
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThatThrownBy(() -> RoomName.parse("ticker:" + "A".repeat(90)))
                .hasMessageContaining("room must have at most 96 characters, had 97");
    }

    @Test
    void everyOffsetIsReadAsItIsPrinted() {
        for (int offset = -720; offset <= 840; offset += 15) {
            assertThat(UtcOffsets.parse(UtcOffsets.format(offset))).isEqualTo(offset);
        }
    }
}
