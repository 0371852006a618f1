package io.agx.market.server.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.durability.AckLedger;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.durability.ServerProcess.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server's wall clock steps by an hour ahead, back, an hour behind, and back, under 600 trades a second. Half of the publishers'
 * clocks step with it, as on one machine; the others' stay right.
 *
 * <p>{@code -Dmarket.clock.seconds=12} is how long each step stays (1): longer than a heartbeat.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ClockStepIT {
    private static final long SECONDS = Integer.getInteger("market.clock.seconds", 1);
    private static final Duration BACK = Duration.ofSeconds(10);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = System.nanoTime();
    private final AckLedger.Totals totals = new AckLedger.Totals();
    private final AckLedger ledger = new AckLedger(totals);
    private final AtomicLong stepMillis = new AtomicLong();

    @Test
    void subscribersStayCandlesAreByEventTimeAndNoLimitCountsTheStep() throws Exception {
        Path data = folder.resolve("data");
        Faults faults = Faults.compile(folder, data);
        try (ServerProcess server = ServerProcess.serve(Launch.SMALL.withEnvironment(faults.environment()), data)) {
            int port = server.awaitPort();
            RestClient rest = new RestClient(port);
            AckLedger.define(rest);
            try (Watcher watcher = new Watcher(port, AckLedger.SYMBOLS);
                    Publishers right = new Publishers(port, ledger, new Random(seed), System::currentTimeMillis);
                    Publishers stepping = new Publishers(
                            port, ledger, new Random(seed + 1), () -> System.currentTimeMillis() + stepMillis.get());
                    Prober pings = new Prober("ping", watcher::pingForTimeMillis)) {
                awaitMore(right);

                step(faults, HOUR);
                assertThat(watcher.pingForTimeMillis())
                        .as("the server's clock is an hour ahead")
                        .isGreaterThan(System.currentTimeMillis() + HOUR.toMillis() / 2);
                long aheadMillis = awaitMore(stepping);
                awaitMore(right); // An hour old for the server, and taken.
                stay();
                step(faults, Duration.ZERO);
                awaitMore(right);
                assertThat(right.rejected()).isZero();

                step(faults, HOUR.negated());
                long behindMillis = awaitMore(stepping);
                // An hour ahead for the server: each is refused by itself, and its publisher is told why.
                Awaitility.await().atMost(BACK).until(() -> right.rejected() > 100);
                stay();
                step(faults, Duration.ZERO);
                long backMillis = awaitMore(right);

                assertThat(right.statuses().keySet()).containsExactly(200);
                assertThat(stepping.statuses().keySet()).containsExactly(200);
                assertThat(stepping.rejected())
                        .as("only those under way while the clock went")
                        .isLessThanOrEqualTo(300);
                assertThat(pings.p99Millis()).isLessThanOrEqualTo(1_000);
                Awaitility.await().atMost(BACK).until(() -> watcher.received() >= ledger.ackedCount() - 200);
                assertThat(watcher.problem()).isNull();
                System.out.println("clock steps of " + SECONDS + " s: seed=" + seed + " accepted="
                        + (right.accepted() + stepping.accepted()) + " refusedAsAhead=" + right.rejected()
                        + " pings=" + pings.count() + " pingP99=" + pings.p99Millis() + "ms; 100 acks after +1h "
                        + aheadMillis + " ms, after -1h " + behindMillis + " ms, after the clock is right again "
                        + backMillis + " ms");
            }
            ledger.check(rest);
            server.kill();
        } catch (AssertionError e) {
            String log = Files.readString(data.resolveSibling("server.log"));
            throw new AssertionError("seed " + seed + "; the server's log:\n" + log, e);
        }
        try (ServerProcess again = ServerProcess.serve(data)) {
            ledger.check(new RestClient(again.awaitPort()));
        }
        System.out.println("  after kill -9: " + totals);
    }

    /** The server's first, then the publishers'; so that nobody is ahead of it who steps with it, but on the way back. */
    private void step(Faults faults, Duration ahead) {
        if (ahead.toMillis() < stepMillis.get()) {
            stepMillis.set(ahead.toMillis());
            faults.stepClock(ahead);
        } else {
            faults.stepClock(ahead);
            stepMillis.set(ahead.toMillis());
        }
    }

    /** Until 100 more were acked; how long that took. */
    private static long awaitMore(Publishers publishers) {
        long startNanos = System.nanoTime();
        long before = publishers.accepted();
        Awaitility.await("acks").atMost(BACK).until(() -> publishers.accepted() >= before + 100);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static void stay() {
        long startNanos = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(SECONDS + 10))
                .until(() -> System.nanoTime() - startNanos >= TimeUnit.SECONDS.toNanos(SECONDS));
    }
}
