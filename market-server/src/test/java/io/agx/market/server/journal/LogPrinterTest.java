package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.BTC;
import static io.agx.market.server.journal.TestTrades.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogPrinterTest {
    private static final String FIRST = SegmentHeader.fileName(0);

    @TempDir
    private Path directory;

    private final StringBuilder out = new StringBuilder();

    @BeforeEach
    void writeThreeGroups() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 130)) {
            log.append(new InstrumentDefined(BTC));
            log.append(accepted(1, 1));
            log.force();
            log.append(new TradeAccepted(2, new Trade(1, "a\nb", 5, 6, Side.UNKNOWN, 0, true)));
            log.force();
            log.append(accepted(1, 2));
            log.force();
            log.append(accepted(1, 3));
            log.force();
        }
    }

    @Test
    void printsEveryEntryAndASummary() throws IOException {
        boolean whole = new LogPrinter(out, true).print(directory);

        assertThat(out).hasToString("""
                40 instrument BTC-USDT #1 BTC/USDT scales=2,8 tick=0.01 step=0.00000001 TRADING
                71 trade BTC-USDT seq=1 id=1 price=800.01 qty=0.1 BUY 2026-01-02T03:04:05.678Z
                95 trade #2 seq=1 id=a?b price=5u qty=6u UNKNOWN 1970-01-01T00:00:00Z backfill
                112 trade BTC-USDT seq=2 id=2 price=800.01 qty=0.1 BUY 2026-01-02T03:04:05.678Z
                176 trade BTC-USDT seq=3 id=3 price=800.01 qty=0.1 BUY 2026-01-02T03:04:05.678Z
                5 entries, 4 groups, 200 bytes: ok
                """);
        assertThat(whole).isTrue();
    }

    @Test
    void printsOfAMessageHowLongItIsAndNotWhatItSays() throws IOException {
        Path other = directory.resolve("other");
        try (SegmentedTradeLog log = SegmentedTradeLog.open(other, 1_000)) {
            log.append(new LogEntry.MessageAdded(new UserMessage(
                    "al\nice", 1, "notice", "secret", "secret too", "{\"secret\":1}", "secret", null, 0, "k-1")));
            log.append(new LogEntry.MessagesRead("al\nice", 5, 1, List.of()));
            log.append(new LogEntry.MessagesTrimmed("al\nice", 1));
            log.force();
        }

        assertThat(new LogPrinter(out, true).print(other)).isTrue();

        assertThat(out.toString())
                .doesNotContain("secret")
                .contains(" message al?ice seq=1 type=notice key=k-1 content=16 1970-01-01T00:00:00Z\n")
                .contains(" read al?ice to=1 seqs=0 1970-01-01T00:00:00.005Z\n")
                .contains(" trimmed al?ice to=1\n");
    }

    @Test
    void printsOnlyTheSummaryWhenItChecks() throws IOException {
        boolean whole = new LogPrinter(out, false).print(directory);

        assertThat(out).hasToString("5 entries, 4 groups, 200 bytes: ok\n");
        assertThat(whole).isTrue();
    }

    @Test
    void tellsATornTailFromDamage() throws IOException {
        Path first = directory.resolve(FIRST);
        byte[] bytes = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(bytes, bytes.length - 1));
        boolean whole = new LogPrinter(out, false).print(first);
        assertThat(out)
                .hasToString("3 entries, 2 groups, 135 bytes: torn tail, cut at the next start: " + FIRST
                        + " at offset 112: a record ends too early\n");
        assertThat(whole).isFalse();

        out.setLength(0);
        bytes[60] ^= 1;
        Files.write(first, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(new LogPrinter(out, false).print(directory)).isFalse();
        assertThat(out)
                .hasToString("0 entries, 0 groups, 136 bytes: damaged: " + FIRST
                        + " at offset 40: a record's CRC does not match\n");
    }

    @Test
    void refusesWhatIsNoLog() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThatThrownBy(() -> new LogPrinter(out, true).print(empty)).hasMessageContaining("no segments");
        assertThatThrownBy(() -> new LogPrinter(out, true).print(directory.resolve("lock")))
                .hasMessageContaining("not named like a segment");
    }
}
