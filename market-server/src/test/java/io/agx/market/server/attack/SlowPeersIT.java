package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.attack.SlowPeer.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that begin and do not finish: each is ended in time, however it drips, and meanwhile others connect as ever. In full: 2,000 of them and
 * 400 bodies alone, with the deadlines that a server has by default; in the build a tenth, with a tenth of the deadlines.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SlowPeersIT {
    private static final int PEERS = Victim.scaled(200, 2_000);
    private static final int BODIES = Victim.scaled(260, 400);
    private static final long HEADER_MILLIS = Victim.scaled(2_000, 20_000);
    private static final long BODY_MILLIS = Victim.scaled(4_000, 60_000);
    private static final long MESSAGE_MILLIS = Victim.scaled(2_000, 20_000);
    private static final List<Kind> KINDS = List.of(
            Kind.SILENT,
            Kind.UNFINISHED_HEADER,
            Kind.DRIPPING_HEADER,
            Kind.UNFINISHED_BODY,
            Kind.DRIPPING_BODY,
            Kind.UNFINISHED_MESSAGE,
            Kind.DRIPPING_MESSAGE,
            Kind.NOT_READING);

    @TempDir
    static Path folder;

    private static Victim victim;

    @BeforeAll
    static void start() throws Exception {
        victim = Victim.FULL
                ? Victim.start(folder)
                : Victim.start(
                        folder,
                        "--header-timeout",
                        "" + HEADER_MILLIS,
                        "--body-timeout",
                        "" + BODY_MILLIS,
                        "--message-timeout",
                        "" + MESSAGE_MILLIS);
    }

    @AfterAll
    static void stop() {
        victim.close();
    }

    @Test
    void everyKindOfSlownessHasItsEndAndHealthyClientsDoNotNotice() throws Exception {
        try (SlowPeer.Crowd crowd = new SlowPeer.Crowd(victim.port(), PEERS, KINDS)) {
            List<Long> connects = connectUntilAllEnded(victim, crowd);
            crowd.stop();

            Map<Kind, Long> longest = new EnumMap<>(Kind.class);
            for (SlowPeer peer : crowd.peers) {
                if (peer.kind != Kind.NOT_READING) { // What is left in its socket hides from it that it was cut.
                    assertThat(peer.isOpen()).as("open: " + peer.kind).isFalse();
                    longest.merge(peer.kind, peer.lifeMillis(), Math::max);
                }
            }
            long slack = Victim.scaled(4_000, 0);
            longest.forEach((kind, millis) ->
                    assertThat(millis).as("longest life of %s, ms", kind).isLessThanOrEqualTo(allowed(kind) + slack));
            connects.sort(null);
            long p99 = connects.get(connects.size() * 99 / 100);
            if (Victim.FULL) {
                assertThat(p99).as("p99 of a healthy connect, ms").isLessThanOrEqualTo(1_000);
            }
            System.out.println("slow peers: " + PEERS + " of " + KINDS.size() + " kinds, longest lives " + longest
                    + " ms; " + connects.size() + " healthy connects, p99 " + p99 + " ms, longest "
                    + connects.get(connects.size() - 1) + " ms; " + victim.assertUnharmed());
            assertThat(victim.metric("market_edge_refusals_total{reason=\"header_deadline\"}"))
                    .isPositive();
            assertThat(victim.metric("market_edge_refusals_total{reason=\"body_deadline\"}"))
                    .isPositive();
            assertThat(victim.metric("market_edge_refusals_total{reason=\"message_deadline\"}"))
                    .isPositive();
            assertThat(victim.metric("market_edge_refusals_total{reason=\"response_deadline\"}"))
                    .as("those that do not read")
                    .isEqualTo(crowd.peers.stream()
                            .filter(peer -> peer.kind == Kind.NOT_READING)
                            .count());
        }
    }

    @Test
    void bodiesThatDripTakeNoThreadFromOthers() throws Exception {
        try (SlowPeer.Crowd crowd = new SlowPeer.Crowd(victim.port(), BODIES, List.of(Kind.DRIPPING_BODY))) {
            List<Long> connects = connectUntilAllEnded(victim, crowd);
            crowd.stop();

            assertThat(crowd.peers)
                    .allSatisfy(peer -> assertThat(peer.firstAnswer).startsWith("HTTP/1.1 408"));
            connects.sort(null);
            System.out.println("body drips: " + BODIES + " alone; " + connects.size() + " healthy connects, p99 "
                    + connects.get(connects.size() * 99 / 100) + " ms; " + victim.assertUnharmed());
        }
    }

    private static long allowed(Kind kind) {
        return switch (kind) {
            case SILENT, UNFINISHED_HEADER, DRIPPING_HEADER -> HEADER_MILLIS;
            case UNFINISHED_BODY, DRIPPING_BODY, NOT_READING -> BODY_MILLIS;
            case UNFINISHED_MESSAGE, DRIPPING_MESSAGE -> MESSAGE_MILLIS;
        };
    }

    /** Connects and asks again and again until all slow ones are gone; returns how long each time took, ms. */
    private static List<Long> connectUntilAllEnded(Victim victim, SlowPeer.Crowd crowd) {
        List<Long> millis = new ArrayList<>();
        await().atMost(Duration.ofMillis(BODY_MILLIS + 30_000))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    long startNanos = System.nanoTime();
                    try (Wire wire = Wire.webSocket(victim.port())) {
                        wire.sendText("{\"event\":\"ping\",\"id\":1}");
                        wire.awaitText("pong");
                    }
                    millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
                    assertThat(victim.rest().get("/health/live").status()).isEqualTo(200);
                    return crowd.peers.stream()
                            .filter(peer -> peer.kind != Kind.NOT_READING)
                            .noneMatch(SlowPeer::isOpen);
                });
        return millis;
    }
}
