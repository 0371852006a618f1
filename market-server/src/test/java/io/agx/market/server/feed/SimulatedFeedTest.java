package io.agx.market.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class SimulatedFeedTest {
    @Test
    void offersTheSameTradesAgainUnderBackPressureAndLosesNone() {
        RecordingSink sink = new RecordingSink().refusing(offer -> offer % 3 != 2);
        try (SimulatedFeed feed = feed(sink)) {
            feed.start();
            await().until(() -> feed.counts().accepted() >= 100);
        }

        List<List<NewTrade>> offers = sink.offers();
        for (int i = 0; i + 2 < offers.size(); i += 3) {
            assertThat(offers.get(i + 1)).isEqualTo(offers.get(i));
            assertThat(offers.get(i + 2)).isEqualTo(offers.get(i));
        }
        List<Long> ids =
                sink.taken().stream().map(trade -> Long.parseLong(trade.id())).toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void goesOnWhenTheLogTakesNothingForAWhile() {
        RecordingSink sink = new RecordingSink().losing(offer -> offer < 10);
        try (SimulatedFeed feed = feed(sink)) {
            feed.start();
            await().until(() -> feed.counts().accepted() >= 50);

            assertThat(feed.counts().lost()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void boundsWhatIsNotAckedAndEndsItsThreadWhenClosed() {
        RecordingSink sink = new RecordingSink().holdingAcks();
        SimulatedFeed feed = feed(sink);
        feed.start();
        await().until(() -> sink.held() == 16);

        feed.close();
        feed.close();

        assertThat(sink.mostHeld()).isEqualTo(16);
        Set<String> threads = new HashSet<>();
        Thread.getAllStackTraces().keySet().forEach(thread -> threads.add(thread.getName()));
        assertThat(threads).doesNotContain("market-feed");
    }

    @Test
    void saysWhatItFeeds() {
        try (SimulatedFeed feed = feed(new RecordingSink())) {
            assertThat(feed.description()).isEqualTo("simulated: 20 instruments, 2000 trades/s");
        }
    }

    private static SimulatedFeed feed(TradeSink sink) {
        return new SimulatedFeed(
                SimulatedTradesTest.instruments(),
                2000,
                7,
                symbol -> OptionalLong.empty(),
                sink,
                quotes -> List.of(),
                () -> 1_700_000_000_000L);
    }
}
