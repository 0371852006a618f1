package io.agx.market.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.state.MarketListener;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatsTest {
    private final MarketRig rig = new MarketRig();
    private long durableNanos;
    private final MarketListener engine = rig.publisher.of(() -> durableNanos);
    private long seconds;
    private final Stats stats = new Stats(this::figures, rig.loop.latency());

    @AfterEach
    void endThread() {
        stats.close();
    }

    @Test
    void aSecondHasItsOwnLatencyAndNowThatOfTheLastTen() {
        rig.join(rig.connect(new RecordingTransport()), "trade:BTC-USDT@raw");
        trade(100);
        second();
        for (int i = 0; i < 99; i++) {
            trade(2);
        }
        trade(50);
        second();

        Stats.Now now = stats.now(0);
        assertThat(now.history()).hasSize(2);
        assertThat(now.history().get(0).latency().count()).isEqualTo(1);
        assertNear(now.history().get(0).latency().p50Micros(), 100_000);
        assertNear(now.history().get(1).latency().p50Micros(), 2_000);
        assertNear(now.history().get(1).latency().p99Micros(), 2_000);
        assertNear(now.history().get(1).latency().maxMicros(), 50_000);
        assertThat(now.latency().count()).isEqualTo(101);
        assertNear(now.latency().maxMicros(), 100_000);
        for (int i = 0; i < 9; i++) {
            second();
        }
        assertThat(stats.now(0).latency().count())
                .as("the first second is over ten ago")
                .isEqualTo(100);
        second();
        assertThat(stats.now(0).latency()).isEqualTo(new LatencyFigures(0, 0, 0, 0));
    }

    @Test
    void fiveMinutesAreKeptAndOnlyNewerOnesAreTold() {
        for (int i = 0; i < 310; i++) {
            second();
        }

        assertThat(stats.now(0).history())
                .hasSize(300)
                .extracting(second -> second.figures().timeMillis())
                .startsWith(11_000L)
                .endsWith(310_000L)
                .isSorted();
        assertThat(stats.now(308_000).history()).hasSize(2);
        assertThat(stats.now(310_000).history()).isEmpty();
    }

    private void second() {
        seconds++;
        stats.look();
    }

    private void trade(long millis) {
        rig.clock.advanceMillis(20);
        durableNanos = rig.clock.nanos();
        rig.apply(rig.btc);
        rig.btc.flush(engine);
        rig.clock.advanceMillis(millis);
        rig.loop.runDue();
    }

    private static void assertNear(long micros, long wantedMicros) {
        assertThat(micros).isBetween(wantedMicros, wantedMicros + wantedMicros / 31);
    }

    private ServerFigures figures() {
        return new ServerFigures(seconds * 1_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
