package io.agx.market.server.feed;

import static io.agx.market.server.feed.CsvFixtures.BTC_USD;
import static io.agx.market.server.feed.CsvFixtures.counting;
import static io.agx.market.server.feed.CsvFixtures.plain;
import static io.agx.market.server.feed.CsvFixtures.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class ReplayFeedTest {
    private static final long FIRST = 1385337600000L;

    @TempDir
    Path folder;

    @Test
    void offersEachTradeWhenItIsDue() throws IOException {
        ManualPacing pacing = new ManualPacing();
        RecordingSink sink = new RecordingSink();
        List<Long> offeredNanos = new ArrayList<>();
        TradeSink timed = trades -> {
            offeredNanos.add(pacing.nanoTime());
            return sink.offer(trades);
        };
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337600.5,2,1", "1385337610,3,1", "1385337610,4,1");
        long start = pacing.nanoTime();
        try (ReplayFeed feed = ReplayFeed.of(file, BTC_USD, new ReplaySpeed(10), BadLines.STOP, timed, pacing)) {
            assertThat(feed.clockMillis()).isEqualTo(FIRST);
            feed.start();
            assertThat(feed.done().join()).isEqualTo(new FeedCounts(4, 0, 0, 0, 0));
        }

        assertThat(offeredNanos).containsExactly(start, start + 50_000_000, start + 1_000_000_000);
        assertThat(sink.offers().get(2)).extracting(NewTrade::price).containsExactly(300L, 400L);
        assertThat(sink.taken()).noneMatch(NewTrade::backfill);
    }

    @Test
    void clockMovesSmoothlyAndGoesOnAfterTheEnd() throws IOException {
        ManualPacing pacing = new ManualPacing();
        List<Long> seen = new ArrayList<>();
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337602.5,2,1");
        try (ReplayFeed feed =
                ReplayFeed.of(file, BTC_USD, new ReplaySpeed(10), BadLines.STOP, new RecordingSink(), pacing)) {
            pacing.onPark(() -> seen.add(feed.clockMillis()));
            feed.start();
            feed.done().join();

            assertThat(seen).containsExactly(FIRST, FIRST + 1_000, FIRST + 2_000);
            assertThat(feed.clockMillis()).isEqualTo(FIRST + 2_500);
            pacing.advanceMillis(1_000);
            assertThat(feed.clockMillis()).isEqualTo(FIRST + 3_500);
        }
    }

    @Test
    void clockWaitsForTradesThatAreNotDurable() throws IOException {
        ManualPacing pacing = new ManualPacing();
        RecordingSink sink = new RecordingSink().holdingAcks();
        List<Long> seen = new ArrayList<>();
        try (ReplayFeed feed =
                ReplayFeed.of(counting(folder, 3), BTC_USD, new ReplaySpeed(10), BadLines.STOP, sink, pacing)) {
            pacing.onPark(() -> {
                seen.add(feed.clockMillis());
                if (seen.size() > 5) {
                    sink.ackOne();
                }
            });
            feed.start();
            feed.done().join();

            assertThat(seen.subList(0, 6)).containsOnly(FIRST);
            assertThat(feed.clockMillis()).isEqualTo(FIRST + 2_000);
        }
    }

    @Test
    void keepsOrderAtMaxSpeedThroughBackPressureAndLosesNone() throws IOException {
        RecordingSink sink = new RecordingSink().refusing(offer -> offer % 4 == 1);
        CsvTradeFile file = counting(folder, 20_001);
        try (ReplayFeed feed = ReplayFeed.of(file, BTC_USD, ReplaySpeed.MAX, BadLines.STOP, sink, new ManualPacing())) {
            feed.start();
            FeedCounts counts = feed.done().join();

            assertThat(counts.accepted()).isEqualTo(20_001);
            assertThat(counts.backPressured()).isPositive();
            assertThat(feed.clockMillis()).isEqualTo(FIRST + 20_000_000);
        }
        assertThat(sink.taken())
                .extracting(NewTrade::price)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 20_001).boxed().toList());
    }

    @Test
    void boundsBatchesInFlightAndItsClockFollowsTheAcksAtMaxSpeed() throws IOException {
        RecordingSink sink = new RecordingSink().holdingAcks();
        try (ReplayFeed feed = ReplayFeed.of(counting(folder, 6_000), BTC_USD, ReplaySpeed.MAX, BadLines.STOP, sink)) {
            feed.start();
            await().until(() -> sink.held() == 8);
            assertThat(feed.clockMillis()).isEqualTo(FIRST);

            sink.ackOne();
            await().until(() -> sink.held() == 8 && feed.clockMillis() == FIRST + 499_000);
            await().until(() -> {
                while (sink.ackOne()) {
                    // everything that is held
                }
                return feed.done().isDone();
            });
        }
        assertThat(sink.mostHeld()).isEqualTo(8);
        assertThat(sink.taken()).hasSize(6_000);
    }

    @Test
    void replayedAgainEveryTradeIsADuplicate() throws IOException {
        RecordingSink sink = new RecordingSink();
        CsvTradeFile file = counting(folder, 700);
        for (int round = 0; round < 2; round++) {
            try (ReplayFeed feed = ReplayFeed.of(file, BTC_USD, ReplaySpeed.MAX, BadLines.STOP, sink)) {
                feed.start();
                FeedCounts counts = feed.done().join();
                assertThat(round == 0 ? counts.accepted() : counts.duplicates()).isEqualTo(700);
            }
        }
        assertThat(sink.taken().subList(0, 700)).isEqualTo(sink.taken().subList(700, 1_400));
        assertThat(sink.taken().subList(0, 700))
                .extracting(NewTrade::id)
                .isEqualTo(read(file).stream().map(NewTrade::id).toList());
    }

    @Test
    void endsWithTheErrorOfALogThatTakesNothing() throws IOException {
        RecordingSink sink = new RecordingSink().losing(offer -> offer == 1);
        try (ReplayFeed feed = ReplayFeed.of(counting(folder, 6_000), BTC_USD, ReplaySpeed.MAX, BadLines.STOP, sink)) {
            feed.start();

            assertThatThrownBy(() -> feed.done().join()).hasCauseInstanceOf(LogUnavailableException.class);
        }
        assertThat(sink.offers()).hasSize(2);
    }

    @Test
    void endsWithTheErrorOfABadLine() throws IOException {
        RecordingSink sink = new RecordingSink();
        CsvTradeFile file = plain(folder, "1385337600,1,1", "1385337601,x,1");
        try (ReplayFeed feed = ReplayFeed.of(file, BTC_USD, ReplaySpeed.MAX, BadLines.STOP, sink)) {
            feed.start();

            assertThatThrownBy(() -> feed.done().join())
                    .hasCauseInstanceOf(CsvTradeException.class)
                    .hasMessageContaining("line 2, column price");
        }
        assertThat(sink.taken()).hasSize(1);
    }

    @Test
    void refusesAFileWithoutTrades() throws IOException {
        CsvTradeFile file = plain(folder, "time,price,qty");

        assertThatThrownBy(() -> ReplayFeed.of(file, BTC_USD, ReplaySpeed.MAX, BadLines.STOP, new RecordingSink()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no trade");
    }

    @Test
    void isCancelledWhenClosedBeforeTheEnd() throws IOException {
        ReplayFeed feed = ReplayFeed.of(
                counting(folder, 10_000), BTC_USD, new ReplaySpeed(1), BadLines.STOP, new RecordingSink());
        CompletableFuture<FeedCounts> done = feed.done();
        feed.start();

        feed.close();
        feed.close();

        assertThatThrownBy(done::join)
                .satisfiesAnyOf(
                        e -> assertThat(e).isInstanceOf(CancellationException.class),
                        e -> assertThat(e).hasCauseInstanceOf(CancellationException.class));
    }

    @Test
    void readsSpeeds() {
        assertThat(ReplaySpeed.parse("max")).isEqualTo(ReplaySpeed.MAX).hasToString("max speed");
        assertThat(ReplaySpeed.parse("1000x")).isEqualTo(new ReplaySpeed(1000)).hasToString("1000x");
        assertThat(ReplaySpeed.parse("0.5")).hasToString("0.5x");
        assertThatThrownBy(() -> ReplaySpeed.parse("fast"))
                .hasMessage("speed must be 0.001 to 1000000 or max, was \"fast\"");
        assertThatThrownBy(() -> ReplaySpeed.parse("0")).hasMessageContaining("was 0");
    }
}
