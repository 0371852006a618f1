package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A week of real trades, replayed to a subscriber in about a minute: what it has at the end is what SQL says. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class RealReplayIT {
    private static final String SYMBOL = RealTrades.SYMBOL;
    private static final long GRACE_MILLIS = 2_000;
    private static final Duration WITHIN = Duration.ofSeconds(150);

    @TempDir
    Path dataDir;

    /**
     * At full speed a week's seconds pass in about one. Their closes are more than a room keeps between two flushes, and more than a
     * connection may have waiting: who is in the room of {@code 1s} is ended as too slow, so there it is left out.
     */
    @ParameterizedTest
    @ValueSource(strings = {"10000x", "max"})
    void subscriberEndsWithTheNumbersOfSql(String speed) throws Exception {
        List<String> complete = new ArrayList<>(RealTrades.INTERVALS);
        if (speed.equals("max")) {
            complete.remove("1s");
        }
        FeedConfig replay = FeedConfig.replay(RealTrades.file(), SYMBOL, speed);
        try (RealTrades sql = RealTrades.load();
                RunningMarket server = RunningMarket.listening(dataDir, config -> config.withFeed(replay));
                LiveClient live = new LiveClient()) {
            MarketRest rest = new MarketRest(server);
            List<Map<String, Object>> rooms =
                    live.subscribe(HttpClient.newHttpClient(), server.webSocket(), rooms(complete));
            assertThat(rooms)
                    .hasSize(complete.size() + 2)
                    .allSatisfy(
                            room -> assertThat(room).containsEntry("ok", true).containsEntry("seq", 0L));
            Map<String, List<Candle>> closed = new HashMap<>();
            for (String interval : complete) {
                closed.put(interval, closedBy(sql.lastTime(), sql.candles(interval, 0)));
            }

            server.server().startFeed();
            await().atMost(WITHIN).until(() -> live.ended != null || live.lastSeq >= RealTrades.TRADES);
            await().atMost(WITHIN)
                    .untilAsserted(() -> assertThat(live.ended != null ? Map.of() : live.missingCloses(closed))
                            .isEmpty());

            assertThat(live.ended).isNull();
            assertThat(live.tradesWithGapsFilledBy(rest)).isEqualTo(sql.trades());
            for (String interval : complete) {
                assertThat(live.newestRevisions(interval, sql.candles(interval, 0)))
                        .as("last revisions, " + interval)
                        .isEqualTo(sql.candles(interval, 0));
                List<Candle> expected = Objects.requireNonNull(closed.get(interval));
                List<Candle> closes = live.closesOf(interval, expected);
                assertThat(closes).as("closes, " + interval).hasSameSizeAs(expected);
                // A close may come before its last trades; the revisions that follow it were compared above.
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(closes.get(i).openTime())
                            .isEqualTo(expected.get(i).openTime());
                }
            }
            for (String interval : complete) {
                assertThat(live.closedTwice(interval))
                        .as("closed twice, " + interval)
                        .isEmpty();
                await().atMost(WITHIN).untilAsserted(() -> assertNewestEqualsRest(live, rest, interval));
            }
            TickerNumbers ticker = Objects.requireNonNull(live.ticker);
            assertThat(ticker).isEqualTo(sql.ticker(ticker.openTime() + 86_399_999));
            System.out.println("replay at " + speed + ": " + live.messages + " messages, " + live.skipped
                    + " conflated, " + live.gaps.size() + " gaps, " + live.filled + " trades from REST");
        }
    }

    /** Compared again while candles of the running clock come in. */
    private static void assertNewestEqualsRest(LiveClient live, MarketRest rest, String interval)
            throws IOException, InterruptedException {
        Map<String, Object> newest = Objects.requireNonNull(live.newestCandle.get(interval));
        assertThat(rest.klines(interval, "limit=1&startTime=" + newest.get("openTime")))
                .containsExactly(newest);
    }

    private static List<String> rooms(List<String> intervals) {
        List<String> rooms = new ArrayList<>(List.of("trade:" + SYMBOL, "ticker:" + SYMBOL + "@raw"));
        intervals.forEach(interval -> rooms.add("kline:" + SYMBOL + ":" + interval + "@raw"));
        return rooms;
    }

    /** The candles that the clock has closed when it stands at the last trade, flat ones among them. */
    private static List<Candle> closedBy(long lastTime, List<Candle> traded) {
        return Candle.filled(traded, lastTime).stream()
                .filter(candle -> candle.closeTime() + 1 + GRACE_MILLIS <= lastTime)
                .toList();
    }
}
