package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/**
 * Subscribers that stall, trickle, close without reading and flood with pings, among healthy ones: these miss nothing, and the bad ones
 * cost bounded memory until they are ended; who is not ended finds every trade or a gap when it reads again (INVARIANTS.md, 6). In full:
 * 100 bad and 100 healthy, 400 trades/s, 60 s.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='BadReaders*IT' \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
abstract class BadReadersSuite extends DeliverySuite {
    private static final List<Manners> BAD =
            List.of(Manners.STALLED, Manners.TRICKLING, Manners.CLOSING, Manners.PINGING, Manners.PINGING_UNREAD);
    private static final int HEALTHY = scaled(50, 100);
    private static final int BAD_OF_EACH = scaled(4, 20);
    private static final int TRADES_PER_SECOND = 400;
    private static final int SECONDS = scaled(4, 60);
    private static final long MOST_BYTES = (64L << 20) + BAD.size() * (long) BAD_OF_EACH * (1 << 20);

    /** Publishes trades of {@link #SYMBOL}, which there is, to the server on this port. */
    abstract Load load(int tradesPerSecond) throws Exception;

    /** @param transport that the server tells */
    void attack(String name, int port, TransportChoice transport) throws Exception {
        try (Swarm swarm = Swarm.of(port)) {
            List<Peer> healthy = swarm.join(HEALTHY, Manners.GOOD, ROOM);
            awaitLive(swarm, HEALTHY);
            List<Peer> bad = new ArrayList<>();
            long growth;
            int endedAlready;
            long seq;
            try (Load load = load(TRADES_PER_SECOND)) {
                awaitThat(() -> load.offered() >= TRADES_PER_SECOND && swarm.have(healthy, TRADES_PER_SECOND / 2));
                long heap = OwnProcess.liveHeapBytes();
                swarm.clearLatencies();
                for (Manners manners : BAD) {
                    bad.addAll(swarm.join(BAD_OF_EACH, manners, ROOM));
                }
                awaitThat(swarm::isSettled);
                long until = load.offered() + (long) TRADES_PER_SECOND * SECONDS;
                awaitThat(PATIENCE.plusSeconds(SECONDS), () -> load.offered() >= until);
                growth = OwnProcess.liveHeapBytes() - heap;
                endedAlready = bad.size() - swarm.tally(bad).live();
                seq = load.finish();
            }
            assertAllHave(swarm, healthy, seq);
            String latencies = swarm.ask(swarm.latencies::toString);
            int p99Millis = swarm.ask(() -> swarm.latencies.withinMillis(0.99));
            swarm.calm(bad); // What is left to do for peers that are told to close and do not read.
            long cpuNanos = OwnProcess.cpuNanosWithout(swarm.threadId());
            long quietNanos = System.nanoTime();
            awaitThat(() -> millisSince(quietNanos) >= scaled(200, 5_000));
            double cores = (OwnProcess.cpuNanosWithout(swarm.threadId()) - cpuNanos)
                    / (double) (System.nanoTime() - quietNanos);

            swarm.resume(bad);
            // Each is ended, or has all that was published, received or told as a gap. It may take long: where less of
            // a small receive buffer is
            // free than a segment, Linux sends no more until its persist timer is due, which has grown to a minute, and
            // is 120 s at most.
            await().atMost(Duration.ofSeconds(150))
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> assertThat(swarm.ask(() -> unfinished(bad, seq)))
                            .as("neither ended nor at trade %d", seq)
                            .isEmpty());
            Swarm.Tally tally = swarm.tally(bad);
            long backlog = swarm.ask(() ->
                    bad.stream().mapToLong(peer -> peer.backlogBytes).max().orElse(0));
            tell(
                    name,
                    transport,
                    swarm,
                    String.format(
                            Locale.ROOT,
                            "healthy %s; live heap %+.1f MiB; of %d bad %d ended while it lasted, %d when they read again, %,d trades told"
                                    + " as gaps; longest backlog %,d bytes; %.2f cores after the last trade",
                            latencies,
                            growth / 1048576.0,
                            bad.size(),
                            endedAlready,
                            bad.size() - tally.live() - endedAlready,
                            tally.told(),
                            backlog,
                            cores));
            assertThat(tally.isWhole()).as(tally.toString()).isTrue();
            assertThat(swarm.tally(healthy).live()).isEqualTo(HEALTHY);
            assertThat(swarm.tally(healthy).told()).isZero();
            assertThat(growth).isLessThanOrEqualTo(MOST_BYTES);
            if (FULL) {
                assertThat(p99Millis).isLessThanOrEqualTo(250);
                assertThat(cores).isLessThanOrEqualTo(0.35);
            }
        }
    }

    private static List<String> unfinished(List<Peer> peers, long seq) {
        return peers.stream()
                .filter(peer -> peer.state != Peer.State.NONE && peer.cursor.lastSeq() < seq)
                .map(Peer::toString)
                .toList();
    }
}
