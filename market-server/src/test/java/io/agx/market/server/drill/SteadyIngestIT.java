package io.agx.market.server.drill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.server.durability.PlainMarket;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * 5,000 trades a second in batches of 50, each ack after its force; then every candle of all intervals against a plain loop over what was
 * acked. {@code -Dmarket.ingest.seconds=600} is the promised size, and judges the times of the acks too.
 *
 * <p>{@code -Dmarket.drill.options="--db-url jdbc:postgresql://..."} adds options to the server's.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class SteadyIngestIT {
    private static final int SECONDS = Integer.getInteger("market.ingest.seconds", 3);
    private static final boolean FULL = SECONDS >= 600;
    private static final int TRADES_PER_SECOND = Integer.getInteger("market.ingest.rate", 5_000);
    private static final int BATCH = 50;
    private static final int THREADS = 4;
    private static final List<String> INTERVALS =
            List.of("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void nothingIsRefusedAndCandlesEqualARecomputationOfWhatWasAcked() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.serve(Drills.launch(FULL), data, Drills.options())) {
            int port = server.awaitPort();
            RestClient rest = new RestClient(port);
            OpenLoop.define(rest);
            ServerFigures figures = new ServerFigures(server.pid());
            long[] first;
            long[] others;
            double cpuSeconds;
            OpenLoop load = new OpenLoop(port, TRADES_PER_SECOND, BATCH, THREADS, 1, true);
            try (load) {
                long warm = TRADES_PER_SECOND * Math.min(10L, SECONDS / 2);
                awaitAcks(load, warm);
                first = load.takeLatencies();
                double before = figures.cpuSeconds();
                awaitAcks(load, (long) TRADES_PER_SECOND * SECONDS);
                cpuSeconds = figures.cpuSeconds() - before;
            }
            others = load.takeLatencies();
            long[] all = new long[first.length + others.length];
            System.arraycopy(first, 0, all, 0, first.length);
            System.arraycopy(others, 0, all, first.length, others.length);
            Arrays.sort(all);
            int klines = compare(rest, load);
            System.out.printf(
                    Locale.ROOT,
                    "steady ingest: %,d trades acked at %,d/s, %d refused; ack ms p50 %.2f p99 %.2f p999 %.2f max %.2f,"
                            + " with the first %,d batches p99 %.2f; %.1f s CPU; load average %.1f; %,d candles equal%n",
                    load.ackedCount(),
                    TRADES_PER_SECOND,
                    load.refusedCount(),
                    OpenLoop.millis(others, 0.5),
                    OpenLoop.millis(others, 0.99),
                    OpenLoop.millis(others, 0.999),
                    OpenLoop.millis(others, 1),
                    first.length,
                    OpenLoop.millis(all, 0.99),
                    cpuSeconds,
                    ServerFigures.loadAverage(),
                    klines);
            assertThat(load.refusedCount()).as(load.refusal()).isZero();
            if (FULL) {
                assertThat(OpenLoop.millis(others, 0.99)).as("ack p99").isLessThanOrEqualTo(20);
            }
            assertThat(server.stop()).isIn(0, 143);
        }
    }

    private static void awaitAcks(OpenLoop load, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(SECONDS + 120))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> load.ackedCount() + load.refusedCount() >= count);
    }

    private static int compare(RestClient rest, OpenLoop load) throws Exception {
        int compared = 0;
        for (int i = 0; i < OpenLoop.SYMBOLS.size(); i++) {
            String symbol = OpenLoop.SYMBOLS.get(i);
            List<SentTrade> acked = new ArrayList<>(load.acked(i));
            acked.sort(Comparator.comparingLong(SentTrade::seq));
            for (int at = 0; at < acked.size(); at++) {
                assertThat(acked.get(at).seq()).as(symbol).isEqualTo(at + 1L);
            }
            PlainMarket expected = new PlainMarket(acked);
            Awaitility.await(symbol)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> rest.get("/api/v1/tickers/" + symbol)
                                    .body()
                                    .path("seq")
                                    .longValue()
                            == acked.size());
            for (String interval : INTERVALS) {
                List<JsonNode> klines = rest.klines(symbol, interval, expected.firstOpenMillis(interval));
                assertThat(expected.difference(interval, klines)).as(symbol).isNull();
                compared += klines.size();
            }
            assertThat(expected.tickerDifference(rest.ok("/api/v1/tickers/" + symbol)))
                    .isNull();
        }
        return compared;
    }
}
