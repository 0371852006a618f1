package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.testing.RunningMarket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All clients lose their connection and come back in the same moment, each with a cursor: all are served, and nobody missed a trade. In
 * full: 2,000 clients, 4 rounds, by FIN and by RST in turn, each over within 10 s.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ReconnectStormIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ReconnectStormIT extends DeliverySuite {
    private static final int CLIENTS = scaled(300, 2_000);
    private static final int ROUNDS = scaled(2, 4);
    private static final int TRADES_PER_SECOND = 20;

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"PORTABLE", "FAST"})
    void allComeBackAtOnceAndNobodyMissesATrade(TransportChoice transport) throws Exception {
        try (RunningMarket market = start(transport);
                Swarm swarm = Swarm.of(market.port())) {
            Instrument instrument = market.define(SYMBOL);
            long files = OwnProcess.openFiles();
            List<Peer> peers = swarm.join(CLIENTS, Manners.GOOD, ROOM);
            awaitLive(swarm, CLIENTS);
            long slowestMillis = 0;
            double dearestMillis = 0;
            try (Load load = Load.of(market, instrument, TRADES_PER_SECOND)) {
                for (int round = 0; round < ROUNDS; round++) {
                    boolean reset = round % 2 == 1;
                    long before = load.offered();
                    awaitThat(() -> load.offered() > before + 2 && swarm.have(peers, before));
                    long cpuNanos = OwnProcess.cpuNanosWithout(swarm.threadId(), load.threadId());
                    swarm.drop(peers, reset);
                    long startNanos = System.nanoTime();
                    swarm.reconnect(peers, CLIENTS);
                    awaitLive(swarm, CLIENTS);
                    long resubscribedMillis = millisSince(startNanos);
                    long since = load.offered();
                    awaitThat(() -> swarm.have(peers, since)); // Live again: what was published after they came back.
                    long liveMillis = millisSince(startNanos);
                    double cpuMillis =
                            (OwnProcess.cpuNanosWithout(swarm.threadId(), load.threadId()) - cpuNanos) / 1e6 / CLIENTS;
                    tell(
                            "reconnect storm, round " + round + (reset ? " (RST)" : " (FIN)"),
                            transport,
                            swarm,
                            String.format(
                                    Locale.ROOT,
                                    "%,d resubscribed in %,d ms, live in %,d ms; %.2f ms CPU each",
                                    CLIENTS,
                                    resubscribedMillis,
                                    liveMillis,
                                    cpuMillis));
                    slowestMillis = Math.max(slowestMillis, liveMillis);
                    dearestMillis = Math.max(dearestMillis, cpuMillis);
                }
                assertAllHave(swarm, peers, load.finish());
            }
            Swarm.Tally tally = swarm.tally();
            assertThat(tally.failedConnects()).isZero();
            assertThat(tally.unwantedEnds()).isZero();
            assertThat(tally.told()).isZero();
            swarm.drop(peers, false);
            assertFilesAre(files);
            if (FULL) {
                assertThat(slowestMillis).isLessThanOrEqualTo(10_000);
                assertThat(dearestMillis).isLessThanOrEqualTo(5);
            }
        }
    }
}
