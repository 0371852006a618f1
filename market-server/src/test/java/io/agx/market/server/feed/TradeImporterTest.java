package io.agx.market.server.feed;

import static io.agx.market.server.feed.CsvFixtures.BTC_USD;
import static io.agx.market.server.feed.CsvFixtures.counting;
import static io.agx.market.server.feed.CsvFixtures.plain;
import static io.agx.market.server.feed.CsvFixtures.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class TradeImporterTest {
    @TempDir
    Path folder;

    @Test
    void importsEveryTradeInOrderAndTellsProgress() throws Exception {
        CsvTradeFile file = counting(folder, 1_234);
        RecordingSink sink = new RecordingSink().refusing(offer -> offer < 2);
        List<ImportProgress> told = new ArrayList<>();

        ImportSummary summary =
                new TradeImporter(file, sink, new ManualPacing()).run(BTC_USD, BadLines.STOP, told::add);

        assertThat(sink.taken()).isEqualTo(read(file)).allMatch(NewTrade::backfill);
        assertThat(summary.progress().counts()).isEqualTo(new FeedCounts(1_234, 0, 0, 0, 2));
        assertThat(summary.progress().lineCount()).isEqualTo(1_234);
        assertThat(summary.progress().percent()).isEqualTo(100);
        assertThat(summary.progress().elapsedNanos()).isEqualTo(10_000_000);
        assertThat(summary.progress().tradesPerSecond()).isEqualTo(123_400);
        assertThat(summary.firstTimeMillis()).isEqualTo(1385337600000L);
        assertThat(summary.lastTimeMillis()).isEqualTo(1385337600000L + 1_233_000);
        assertThat(told).last().isEqualTo(summary.progress());
    }

    @Test
    void importedAgainAddsNothing() throws Exception {
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337600,1,1", "1385337601,1,1");
        RecordingSink sink = new RecordingSink();

        FeedCounts first = run(file, sink).progress().counts();
        FeedCounts second = run(file, sink).progress().counts();

        assertThat(first).isEqualTo(new FeedCounts(3, 0, 0, 0, 0));
        assertThat(second).isEqualTo(new FeedCounts(0, 3, 0, 0, 0));
    }

    @Test
    void keepsTheFirstRejectionAndTheFirstSkippedLine() throws Exception {
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337601,0,1", "1385337602,bad,1", "1385337603,0,1");

        ImportSummary summary = new TradeImporter(file, new RecordingSink()).run(BTC_USD, BadLines.SKIP, p -> {});

        assertThat(summary.progress().counts()).isEqualTo(new FeedCounts(1, 0, 2, 0, 0));
        assertThat(summary.skippedCount()).isEqualTo(1);
        assertThat(summary.firstSkipped()).get().asString().contains("line 3, column price");
        assertThat(summary.firstRejected()).hasValueSatisfying(rejection -> {
            assertThat(rejection.trade().id()).isEqualTo("1385337601000000");
            assertThat(rejection.reason().code()).isEqualTo("price_not_positive");
        });
    }

    @Test
    void keepsAtMostEightBatchesInFlight() throws Exception {
        RecordingSink sink = new RecordingSink().holdingAcks();
        ManualPacing pacing = new ManualPacing().onPark(sink::ackOne);

        ImportSummary summary =
                new TradeImporter(counting(folder, 10_000), sink, pacing).run(BTC_USD, BadLines.STOP, p -> {});

        assertThat(summary.progress().counts().accepted()).isEqualTo(10_000);
        assertThat(sink.mostHeld()).isEqualTo(8);
    }

    @Test
    void stopsWithAClearErrorWhenTheLogTakesNothing() throws Exception {
        CsvTradeFile file = counting(folder, 5_000);
        RecordingSink sink = new RecordingSink().losing(offer -> offer == 3);

        assertThatThrownBy(() -> run(file, sink))
                .isInstanceOfSatisfying(
                        LogUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(LogUnavailableException.Reason.DISK_FULL))
                .hasMessage("import of " + file.path() + " stopped near line 2000 after 1500 trades: no space left");
        assertThat(sink.taken()).hasSize(1_500);
    }

    @Test
    void importsWhatIsBeforeABadLineAndStopsThere() throws Exception {
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337601,1,1", "1385337602,1,oops", "1385337603,1,1");
        RecordingSink sink = new RecordingSink();

        assertThatThrownBy(() -> run(file, sink))
                .isInstanceOf(CsvTradeException.class)
                .hasMessageContaining("line 3, column qty");
        assertThat(sink.taken()).hasSize(2);
    }

    @Test
    void tellsOfTheLogRatherThanOfABadLineWhenTradesBeforeItWereLost() throws Exception {
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337601,1,oops");

        assertThatThrownBy(() -> run(file, new RecordingSink().losing(offer -> true)))
                .isInstanceOf(LogUnavailableException.class);
    }

    @Test
    void importsAFileWithoutTradesAsNothing() throws Exception {
        ImportSummary summary = run(plain(folder, "time,price,qty"), new RecordingSink());

        assertThat(summary.progress().counts()).isEqualTo(FeedCounts.NONE);
        assertThat(summary.firstTimeMillis()).isZero();
    }

    @Test
    void endsWhenInterrupted() throws Exception {
        CsvTradeFile file = counting(folder, 10_000);
        RecordingSink sink = new RecordingSink().holdingAcks();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> run(file, sink)).isInstanceOf(InterruptedException.class);
    }

    private static ImportSummary run(CsvTradeFile file, TradeSink sink) throws Exception {
        return new TradeImporter(file, sink).run(BTC_USD, BadLines.STOP, progress -> {});
    }
}
