package io.agx.market.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.testing.RunningMarket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code market load} against a real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LoadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 20;

    @TempDir
    private Path dataDir;

    @Test
    void deliversExactlyWhatItPublishedToEveryConnection() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument bitcoin = market.define("BTC-USDT");
            Instrument ether = market.define("ETH-USDT");
            market.trade(bitcoin, 10);
            CommandRun load = CommandRun.of(
                    "load",
                    "--connections=" + CONNECTIONS,
                    "--rooms=trade:BTC-USDT,trade:ETH-USDT,ticker:*,kline:BTC-USDT:1m",
                    "--seconds=2",
                    "--warm=1",
                    "--publish-rate=300",
                    "--pid=" + ProcessHandle.current().pid(),
                    "--json",
                    "--url=" + market.webSocket());
            try (load) {
                assertThat(load.exitCode(PATIENCE)).as(load.err()).isEqualTo(ExitCode.OK);
            }
            JsonNode report = new ObjectMapper().readTree(load.out());
            long published = report.get("publishedTradeCount").asLong();
            assertThat(market.server().history().snapshot(bitcoin.symbol()).seq()
                            - 10
                            + market.server().history().snapshot(ether.symbol()).seq())
                    .isEqualTo(published)
                    .isBetween(300L, 1_200L);
            assertThat(report.get("totalTradeCount").asLong()).isEqualTo(published * CONNECTIONS);
            assertThat(report.get("connections").asInt()).isEqualTo(CONNECTIONS);
            for (String none : new String[] {
                "lostTradeCount", "gapCount", "duplicateTradeCount", "reconnectCount", "failedConnections"
            }) {
                assertThat(report.get(none).asLong()).as(none).isZero();
            }
            for (String some : new String[] {
                "messageCount", "tradeCount", "tickerCount", "klineCount", "serverCpuSeconds", "serverResidentBytes"
            }) {
                assertThat(report.get(some).asDouble()).as(some).isPositive();
            }
            assertThat(report.at("/latencyMillis/p50").asLong())
                    .isBetween(0L, report.at("/latencyMillis/max").asLong());
        }
    }

    @Test
    void withoutTradesItSaysThatLatencyIsUnknown() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            market.trade(market.define("BTC-USDT"), 1);
            try (CommandRun load = CommandRun.of(
                    "load",
                    "--connections=3",
                    "--rooms=trade:BTC-USDT",
                    "--seconds=1",
                    "--warm=0",
                    "--url=" + market.webSocket())) {
                assertThat(load.exitCode(PATIENCE)).as(load.err()).isEqualTo(ExitCode.OK);
                assertThat(load.out())
                        .contains("connections 3 of 3", "lost        0 of 0", "latency     unknown: no trade came")
                        .contains("own CPU");
            }
        }
    }

    @Test
    void aRefusedRoomAnUnknownInstrumentAndAnUnknownProcessAreNamed() throws Exception {
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            market.define("BTC-USDT");
            assertFails(market, "room trade:NOPE was refused: unknown_symbol", "--rooms=trade:BTC-USDT,trade:NOPE");
            assertFails(
                    market,
                    "--symbols: the server has no instrument NOPE",
                    "--rooms=trade:BTC-USDT",
                    "--publish-rate=1",
                    "--symbols=NOPE");
            assertFails(market, "--pid 2147483647: there is no such process", "--rooms=ticker:*", "--pid=2147483647");
        }
    }

    private static void assertFails(RunningMarket market, String message, String... options) throws Exception {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "load";
        arguments[1] = "--connections=5";
        arguments[2] = "--url=" + market.webSocket();
        System.arraycopy(options, 0, arguments, 3, options.length);
        try (CommandRun load = CommandRun.of(arguments)) {
            assertThat(load.exitCode(PATIENCE)).isEqualTo(ExitCode.UNUSABLE);
            assertThat(load.err()).contains(message);
            assertThat(load.out()).isEmpty();
        }
    }
}
