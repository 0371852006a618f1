package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.testing.RunningMarket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The server stops and starts again under its clients, which come back by themselves with their cursors: nobody missed a trade. In full:
 * 1,000 clients; stopped within 10 s, ready within 15 s, all back within 10 s more.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ServerRestartIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServerRestartIT extends DeliverySuite {
    private static final int CLIENTS = scaled(200, 1_000);
    private static final int TRADES_PER_SECOND = 20;

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"PORTABLE", "FAST"})
    void allClientsComeBackAfterARestartAndMissNothing(TransportChoice transport) throws Exception {
        RunningMarket market = start(transport);
        try (Swarm swarm = Swarm.of(market.port())) {
            int port = market.port();
            Instrument instrument = market.define(SYMBOL);
            List<Peer> peers = swarm.join(CLIENTS, Manners.GOOD, ROOM);
            swarm.comeBack(peers);
            awaitLive(swarm, CLIENTS);
            publish(market, instrument, swarm, peers);

            long stopNanos = System.nanoTime();
            market.close();
            long stopMillis = millisSince(stopNanos);
            awaitThat(() -> swarm.live() == 0);
            long startNanos = System.nanoTime();
            market = start(transport, port);
            long readyMillis = millisSince(startNanos);
            assertThat(market.server().notReady()).isEmpty();
            long backNanos = System.nanoTime();
            awaitThat(() -> swarm.live() == CLIENTS);
            long backMillis = millisSince(backNanos);
            Instrument again =
                    market.server().instruments().find(new Symbol(SYMBOL)).orElseThrow();
            publish(market, again, swarm, peers);

            Swarm.Tally tally = swarm.tally();
            tell(
                    "server restart",
                    transport,
                    swarm,
                    String.format(
                            Locale.ROOT,
                            "%,d clients; stopped in %,d ms, ready in %,d ms, all back %,d ms later; %,d connects refused meanwhile",
                            CLIENTS,
                            stopMillis,
                            readyMillis,
                            backMillis,
                            tally.refusedConnects()));
            assertThat(tally.told()).isZero();
            if (FULL) {
                assertThat(stopMillis).isLessThanOrEqualTo(10_000);
                assertThat(readyMillis).isLessThanOrEqualTo(15_000);
                assertThat(backMillis).isLessThanOrEqualTo(10_000);
            }
        } finally {
            market.close();
        }
    }

    private static void publish(RunningMarket market, Instrument instrument, Swarm swarm, List<Peer> peers)
            throws Exception {
        try (Load load = Load.of(market, instrument, TRADES_PER_SECOND)) {
            awaitThat(() -> load.offered() >= TRADES_PER_SECOND);
            assertAllHave(swarm, peers, load.finish());
        }
    }
}
