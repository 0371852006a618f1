package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.testing.RunningMarket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of delivery have in common. In {@code mvn verify} they are small, and wait generously: they find what is wrong and not
 * what is slow. With {@code -Dmarket.delivery.full=true} they have the sizes, durations and figures that are promised; alone on a machine.
 */
abstract class DeliverySuite {
    static final boolean FULL = Boolean.getBoolean("market.delivery.full");
    static final String SYMBOL = "DLV-USDT";
    static final IntFunction<String> ROOM = index -> "trade:" + SYMBOL;

    /** For what must happen, whatever the machine does beside it. */
    static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path dataDir;

    /** A size or a duration: of verify, or of the full test. */
    static int scaled(int inVerify, int inFull) {
        return FULL ? inFull : inVerify;
    }

    RunningMarket start(TransportChoice transport) throws Exception {
        return start(transport, 0);
    }

    RunningMarket start(TransportChoice transport, int port) throws Exception {
        return RunningMarket.listening(
                dataDir,
                config -> changed(config.withAddress("127.0.0.1", port)
                        .withDelivery(config.delivery().withTransport(transport))));
    }

    /** What a suite changes besides. */
    MarketConfig changed(MarketConfig config) {
        return config;
    }

    static void awaitThat(Callable<Boolean> condition) {
        awaitThat(PATIENCE, condition);
    }

    static void awaitThat(Duration patience, Callable<Boolean> condition) {
        await().atMost(patience).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    /** Until all are live; fails at once if one has failed. */
    static void awaitLive(Swarm swarm, int count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .failFast(
                        "a connect failed, or a message could not be read",
                        () -> swarm.tally().failedConnects() > 0
                                || !swarm.tally().problems().isEmpty())
                .untilAsserted(
                        () -> assertThat(swarm.live()).as(swarm::toString).isEqualTo(count));
    }

    /** Until these have every trade, and each of them has it once. */
    static void assertAllHave(Swarm swarm, List<Peer> peers, long seq) {
        awaitThat(() -> swarm.have(peers, seq) || !swarm.tally().problems().isEmpty());
        Swarm.Tally tally = swarm.tally(peers);
        assertThat(tally.isWhole()).as(tally.toString()).isTrue();
        assertThat(swarm.ask(() -> peers.stream()
                        .mapToLong(peer -> peer.cursor.lastSeq())
                        .distinct()
                        .toArray()))
                .containsExactly(seq);
    }

    static void assertFilesAre(long before) {
        awaitThat(() -> OwnProcess.openFiles() <= before + 20);
    }

    static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    static void tell(String name, TransportChoice wanted, Swarm swarm, String figures) {
        assertThat(swarm.ask(() -> String.valueOf(swarm.transport)))
                .as("the transport that welcome tells")
                .isEqualTo(wanted.name().toLowerCase(Locale.ROOT));
        System.out.println(name + (FULL ? " (full)" : "") + ", " + wanted + ": " + figures);
    }
}
