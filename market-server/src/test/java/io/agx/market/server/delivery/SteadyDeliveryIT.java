package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.testing.RunningMarket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every subscriber gets every trade once and in order. In full: 1,000 subscribers, 40 trades/s, 10 minutes.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SteadyDeliveryIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SteadyDeliveryIT extends DeliverySuite {
    private static final int SUBSCRIBERS = scaled(200, 1_000);
    private static final int TRADES_PER_SECOND = 40;
    private static final int SECONDS = scaled(4, 600);

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"PORTABLE", "FAST"})
    void everySubscriberGetsEveryTradeOnce(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                Swarm swarm = Swarm.of(market.port())) {
            Instrument instrument = market.define(SYMBOL);
            List<Peer> peers = swarm.join(SUBSCRIBERS, Manners.GOOD, ROOM);
            awaitLive(swarm, SUBSCRIBERS);
            long cpuBefore;
            long cpuAfter;
            long seq;
            try (Load load = Load.of(market, instrument, TRADES_PER_SECOND)) {
                cpuBefore = OwnProcess.cpuNanosWithout(swarm.threadId(), load.threadId());
                awaitThat(Duration.ofSeconds(SECONDS + 60), () -> load.offered() >= (long) TRADES_PER_SECOND * SECONDS);
                cpuAfter = OwnProcess.cpuNanosWithout(swarm.threadId(), load.threadId());
                seq = load.finish();
            }
            assertAllHave(swarm, peers, seq);

            Swarm.Tally tally = swarm.tally();
            double micros = (cpuAfter - cpuBefore) / 1e3 / ((double) TRADES_PER_SECOND * SECONDS * SUBSCRIBERS);
            tell(
                    "steady delivery",
                    transport,
                    swarm,
                    String.format(
                            Locale.ROOT,
                            "%,d trades received, %d gaps, %.1f us CPU each; %s",
                            tally.received(),
                            tally.told(),
                            micros,
                            swarm.ask(swarm.latencies::toString)));
            assertThat(tally.received()).isEqualTo(seq * SUBSCRIBERS);
            assertThat(tally.unwantedEnds()).isZero();
            if (FULL) {
                assertThat(swarm.ask(() -> swarm.latencies.withinMillis(0.99))).isLessThanOrEqualTo(250);
                assertThat(micros).isLessThanOrEqualTo(12);
            }
        }
    }
}
