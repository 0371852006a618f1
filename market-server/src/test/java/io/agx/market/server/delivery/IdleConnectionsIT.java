package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RunningMarket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections without traffic are kept by pings and heartbeats, cost nothing more with time, and a tenth of them may come and go. In
 * full: 10,000 connections, 10 minutes; both of their ends are in this process, so {@code ulimit -n} must be 21,000, or there are fewer.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=IdleConnectionsIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class IdleConnectionsIT extends DeliverySuite {
    private static final long SECONDS = scaled(5, 600);
    private static final long MOST_GROWTH_BYTES = 48L << 20;

    /** In verify pings come each second and silence ends after three, so that 5 s show what a minute would. */
    @Override
    MarketConfig changed(MarketConfig config) {
        GatewayLimits limits = GatewayLimits.DEFAULTS;
        return FULL
                ? config
                : config.withGateway(new GatewayLimits(
                        limits.messageBytes(),
                        limits.commandsPerSecond(),
                        limits.commandBurst(),
                        limits.maxBadCommands(),
                        limits.maxRefusedCommands(),
                        new SubscriberLimits(1_024, 1L << 20, 1_000, 1_000, 4_000, 15_000)));
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"PORTABLE", "FAST"})
    void idleConnectionsAreKeptAndATenthMayComeAndGo(TransportChoice transport) throws Exception {
        int count = OwnProcess.connections(scaled(1_000, 10_000));
        try (RunningMarket market = start(transport);
                Swarm swarm = Swarm.of(market.port())) {
            market.define(SYMBOL);
            long files = OwnProcess.openFiles();
            long connectNanos = System.nanoTime();
            List<Peer> peers = swarm.join(count, Manners.GOOD, ROOM);
            awaitLive(swarm, count);
            long connectMillis = millisSince(connectNanos);
            long startNanos = System.nanoTime();
            awaitThat(PATIENCE.plusSeconds(SECONDS), () -> millisSince(startNanos) >= Math.min(60, SECONDS) * 1_000);
            long heap = OwnProcess.liveHeapBytes();
            long resident = OwnProcess.residentMiB();
            awaitThat(
                    Duration.ofSeconds(SECONDS + 60),
                    () -> millisSince(startNanos) >= SECONDS * 1_000
                            && swarm.ask(() -> swarm.pings >= count && swarm.heartbeats >= count));
            long growth = OwnProcess.liveHeapBytes() - heap;

            assertThat(swarm.tally().unwantedEnds()).as(swarm::toString).isZero();
            assertThat(growth).isLessThan(MOST_GROWTH_BYTES);

            List<Peer> tenth = peers.subList(0, count / 10);
            for (int round = 0; round < 4; round++) {
                swarm.drop(tenth, round % 2 == 1);
                swarm.reconnect(tenth, 128);
                awaitLive(swarm, count);
            }
            tell(
                    "idle connections",
                    transport,
                    swarm,
                    String.format(
                            Locale.ROOT,
                            "%,d connected in %,d ms; %d MiB resident with both ends, live heap %+.1f MiB since the first minute;"
                                    + " %,d pings answered, %,d heartbeats, %d ended",
                            count,
                            connectMillis,
                            resident,
                            growth / 1048576.0,
                            swarm.ask(() -> swarm.pings),
                            swarm.ask(() -> swarm.heartbeats),
                            swarm.tally().unwantedEnds()));
            assertThat(swarm.tally().unwantedEnds()).isZero();
            assertThat(swarm.tally().problems()).isEmpty();
            swarm.drop(peers, false);
            assertFilesAre(files);
        }
    }
}
