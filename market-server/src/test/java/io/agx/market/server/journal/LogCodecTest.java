package io.agx.market.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.MessageAdded;
import io.agx.market.server.journal.LogEntry.MessagesRead;
import io.agx.market.server.journal.LogEntry.MessagesTrimmed;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogCodecTest {
    private final LogCodec codec = new LogCodec();
    private final byte[] bytes = new byte[RecordFormat.MAX_RECORD_BYTES];

    @Test
    void readsBackEveryTradeThatItWrites() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            LogEntry entry = TestTrades.random(random, 1 + (random.nextLong() >>> 1));
            assertThat(roundTrip(entry)).as("seed %s", seed).isEqualTo(entry);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "01",
                "-1",
                "+1",
                " 1",
                "9223372036854775807",
                "9223372036854775808",
                "9999999999999999999",
                "10000000000000000000",
                "é€😀",
                "\uD800",
                "\u0000",
                "c0ffee00-1234-5678-9abc-def012345678"
            })
    void keepsAnIdExactly(String id) {
        LogEntry entry = new TradeAccepted(1, new Trade(1, id, 1, 1, Side.UNKNOWN, 0, false));

        assertThat(roundTrip(entry)).isEqualTo(entry);
    }

    @Test
    void readsBackExtremes() {
        LogEntry trade = new TradeAccepted(
                Integer.MAX_VALUE,
                new Trade(
                        Long.MAX_VALUE,
                        "\uFFFF".repeat(36),
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Side.SELL,
                        Trade.MAX_TIME_MILLIS,
                        true));
        LogEntry instrument = new InstrumentDefined(new Instrument(
                Integer.MAX_VALUE,
                new Symbol("Z".repeat(32)),
                "A".repeat(16),
                "9".repeat(16),
                18,
                18,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                InstrumentStatus.HALTED));

        assertThat(roundTrip(trade)).isEqualTo(trade);
        assertThat(roundTrip(instrument)).isEqualTo(instrument);
    }

    @Test
    void writesTheBytesOfTheSpec() {
        LogEntry entry = new TradeAccepted(300, new Trade(2, "128", 80_001, 1, Side.SELL, 1_700_000_000_000L, true));

        int end = codec.encode(entry, bytes, 0);

        assertThat(HexFormat.of().formatHex(bytes, 0, end))
                .isEqualTo("ac02" + "02" + "0e" + "8001" + "81f104" + "01" + "80d095ffbc31");
    }

    @Test
    void refusesWhatItDoesNotWrite() {
        int end = codec.encode(TestTrades.accepted(1, 1), bytes, 0);

        assertThatThrownBy(() -> codec.decode(LogCodec.TRADE, bytes, 0, end - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too early");
        assertThatThrownBy(() -> codec.decode(LogCodec.TRADE, bytes, 0, end + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 bytes left over");
        assertThatThrownBy(() -> codec.decode(9, bytes, 0, end))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type 9");
    }

    @Test
    void keepsWhatHappensInInboxesAtEveryLimit() {
        UserMessage longest = new UserMessage(
                "\uFFFF".repeat(UserMessage.MAX_USER_ID),
                Long.MAX_VALUE,
                "z".repeat(UserMessage.MAX_TYPE),
                "\uFFFF".repeat(UserMessage.MAX_TITLE),
                "\uFFFF".repeat(UserMessage.MAX_CONTENT),
                "\ud83d\ude00".repeat(UserMessage.MAX_DATA_BYTES / 4),
                "\uFFFF".repeat(UserMessage.MAX_SENDER_NAME),
                "\uFFFF".repeat(UserMessage.MAX_SENDER_AVATAR),
                Trade.MAX_TIME_MILLIS,
                "\uFFFF".repeat(UserMessage.MAX_KEY));
        UserMessage shortest = new UserMessage("a", 1, "t", "x", "", null, "s", null, 0, null);
        LogEntry read = new MessagesRead(
                "\uFFFF".repeat(UserMessage.MAX_USER_ID),
                Trade.MAX_TIME_MILLIS,
                Long.MAX_VALUE,
                Collections.nCopies(MessagesRead.MAX_SEQS, Long.MAX_VALUE));

        assertThat(roundTrip(new MessageAdded(longest))).isEqualTo(new MessageAdded(longest));
        assertThat(roundTrip(new MessageAdded(shortest))).isEqualTo(new MessageAdded(shortest));
        assertThat(roundTrip(read)).isEqualTo(read);
        assertThat(roundTrip(new MessagesTrimmed("a", 7))).isEqualTo(new MessagesTrimmed("a", 7));
    }

    private LogEntry roundTrip(LogEntry entry) {
        int end = codec.encode(entry, bytes, 3);
        assertThat(end - 3).isLessThanOrEqualTo(LogCodec.maxPayload(LogCodec.type(entry)));
        return codec.decode(LogCodec.type(entry), bytes, 3, end - 3);
    }
}
