package io.agx.market.server.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadPartsTest {
    @Test
    void aHoleBetweenTheFirstAndTheLastIsMissing() {
        TradeTally tally = new TradeTally();
        tally.add(trades(100, 101));
        tally.add(trades(103));
        tally.add(trades(103, 110));

        assertThat(tally.count()).isEqualTo(4);
        assertThat(tally.missing()).isEqualTo(1 + 6);
        assertThat(tally.repeated()).isEqualTo(1);
        assertThat(tally.lastSeq()).isEqualTo(110);
    }

    @Test
    void anotherHistoryIsNoHole() {
        TradeTally tally = new TradeTally();
        tally.add(trades(100));
        tally.restart();
        tally.add(trades(1, 2));

        assertThat(tally.missing()).isZero();
        assertThat(tally.repeated()).isZero();
        assertThat(tally.count()).isEqualTo(3);
    }

    @Test
    void measuresOnlyWhileItIsToldToAndWithTheServersClock() {
        Totals totals = new Totals();
        long now = System.currentTimeMillis();
        totals.received(now - 10_000);
        assertThat(totals.latencies().getTotalCount()).isZero();

        totals.useClockOffset(50_000);
        totals.measure(true);
        totals.received(now);
        totals.received(now + 3_600_000); // A trade of the future.
        totals.received(0); // A trade of history.

        assertThat(totals.latencies().getValueAtPercentile(50)).isBetween(50_000L, 80_000L);
        assertThat(totals.latencies().getMinValue()).isZero();
        assertThat(totals.latencies().getMaxValue()).isGreaterThanOrEqualTo(Totals.MAX_LATENCY_MILLIS);
    }

    @Test
    void tooLowALimitOfOpenFilesIsToldWithTheWayToRaiseIt() {
        assertThatCode(() -> SystemLimits.requireFiles("this process", 800, OptionalLong.of(1_000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> SystemLimits.requireFiles("this process", 800, OptionalLong.empty()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> SystemLimits.requireFiles("the server", 801, OptionalLong.of(1_000)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("--connections 801", "the server may have 1000", "ulimit -n 1001");
    }

    @Test
    void tooFewLocalPortsAreToldWithTheWayToHaveMore() {
        assertThatCode(() -> SystemLimits.requirePorts(28_232, OptionalLong.of(28_232)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> SystemLimits.requirePorts(28_233, OptionalLong.of(28_232)))
                .hasMessageContainingAll("28232", "ip_local_port_range");
    }

    @Test
    void readsItsOwnProcess() throws IOException {
        ProcessUsage own = ProcessUsage.of(ProcessHandle.current().pid());

        assertThat(own.cpu()).hasValueSatisfying(cpu -> assertThat(cpu).isPositive());
        assertThat(own.residentBytes().orElseThrow()).isBetween(10L << 20, 100L << 30);
        assertThat(own.maxOpenFiles().orElseThrow()).isPositive();
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ProcessUsage.of(Integer.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--pid 2147483647");
    }

    @Test
    void theReportHasEveryFigure() {
        LoadReport report = report(0, new LoadReport.Clock(false, -12, 800));

        assertThat(report.isClean()).isTrue();
        assertThat(report.text().lines())
                .containsExactly(
                        "server      ws://market.example.org/ws, rooms [trade:BTC-USDT]",
                        "connections 1,001 of 1,001 in 5.0 s, 200/s; 2 attempts failed, the last: HTTP 503",
                        "counted     10.0 s, after 3 s",
                        "messages    5,000/s (50,000)",
                        "trades      4,000/s (40,000)",
                        "tickers     30/s (300)",
                        "candles     2/s (20)",
                        "lost        0 of 60,000 trades of the whole run; 1 gaps told, 2 read from history, 3 duplicates,"
                                + " 5 reconnects",
                        "left out    4 tickers and candles, because this program did not keep up",
                        "latency     p50 50 ms, p90 90 ms, p99 99 ms, max 100 ms, from a trade's time to its receipt; the"
                                + " server's clock is -12 ms from ours by ping (right to 0.4 ms), taken into account",
                        "own CPU     2.50 s, 25 %",
                        "server      1.00 s CPU, 10 %, 20.0 us per delivered message; 64 MiB resident");
        assertThat(report.text()).doesNotContain("secret");
        assertThat(report.json()).doesNotContain("secret");
    }

    @Test
    void oneLostTradeIsNotClean() {
        LoadReport report = report(1, new LoadReport.Clock(true, 0, 0));

        assertThat(report.isClean()).isFalse();
        assertThat(report.text()).contains("lost        1 of 60,001 trades");
        assertThat(report.json()).contains("\"lostTradeCount\":1");
    }

    private static LoadReport report(long missing, LoadReport.Clock clock) {
        Histogram latencies = new Histogram(3);
        LongStream.rangeClosed(1, 100).forEach(latencies::recordValue);
        return new LoadReport(
                new LoadOptions(
                        URI.create("ws://market.example.org/ws?token=secret"),
                        "",
                        1_001,
                        List.of(RoomName.trade(new Symbol("BTC-USDT"))),
                        10,
                        3,
                        200,
                        77L,
                        0,
                        List.of()),
                new LoadReport.Connects(1_001, 0, 2, "HTTP 503", 5),
                new LoadReport.Window(
                        10,
                        50_000,
                        40_000,
                        300,
                        20,
                        Duration.ofMillis(2_500),
                        Optional.of(Duration.ofSeconds(1)),
                        OptionalLong.of(64 << 20)),
                new LoadReport.Delivery(60_000, missing, 0, 1, 2, 3, 4, 5),
                latencies,
                clock,
                0);
    }

    private static List<TradeData> trades(long... seqs) {
        BigDecimal one = BigDecimal.ONE;
        return LongStream.of(seqs)
                .mapToObj(seq -> new TradeData(seq, "t" + seq, one, one, one, Side.BUY, 1))
                .toList();
    }
}
