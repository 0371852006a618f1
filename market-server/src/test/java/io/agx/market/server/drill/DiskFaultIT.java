package io.agx.market.server.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agx.market.server.durability.AckLedger;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.durability.ServerProcess.Launch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk under a real server fails, under 300 trades a second: it is full, refuses writes, forces slowly, or cannot force. Then the
 * server is killed, starts again on a disk that is well, and is held against what the publishers were told.
 *
 * <p>{@code -Dmarket.fault.seconds=6} makes each fault as long as it is promised for (1), and looks at the database afterwards.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DiskFaultIT {
    private static final int SECONDS = Integer.getInteger("market.fault.seconds", 1);
    private static final boolean FULL = SECONDS >= 6;
    private static final Duration BACK = Duration.ofSeconds(10);
    private static final long HUNG_MILLIS = 10_000;
    private static final long SLOWEST_PROBE_MILLIS = 1_000;
    private static final String SYMBOL = AckLedger.SYMBOLS.get(0);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = System.nanoTime();
    private final AckLedger.Totals totals = new AckLedger.Totals();
    private final AckLedger ledger = new AckLedger(totals);

    /** What is done to the disk. */
    @FunctionalInterface
    private interface Illness {
        void begin(Faults faults);
    }

    @Test
    void aFullDiskIsRefusedAndTakenAgainWhenThereIsRoom() throws Exception {
        passes("disk full", faults -> faults.fillDisk(3_000), 200, 507);
    }

    @Test
    void aDiskThatRefusesWritesIsTakenAgainWhenItWrites() throws Exception {
        passes("writes fail", Faults::failWrites, 200, 503);
    }

    @Test
    void aSlowForceDelaysAcksAndNothingElse() throws Exception {
        passes("force takes 500 ms", faults -> faults.slowForces(Duration.ofMillis(500)), 200);
    }

    @Test
    void afterAFailedForceNothingIsTakenUntilARestartAndReadsGoOn() throws Exception {
        Path data = folder.resolve("data");
        Faults faults = Faults.compile(folder, data);
        try (ServerProcess server = ServerProcess.serve(Launch.SMALL.withEnvironment(faults.environment()), data)) {
            int port = server.awaitPort();
            RestClient rest = new RestClient(port);
            AckLedger.define(rest);
            try (Ward ward = new Ward(port)) {
                ward.awaitTrades();
                faults.failForces();
                Awaitility.await()
                        .atMost(BACK)
                        .until(() -> rest.get("/health/ready").status() == 503);
                long acked = ledger.ackedCount();
                pause(SECONDS);
                faults.healDisk();
                pause(1);

                // The disk is well, and still nobody knows what it kept: only a restart reads it.
                assertThat(ledger.ackedCount())
                        .as("acks after the failed force")
                        .isEqualTo(acked);
                assertThat(rest.get("/health/ready").status()).isEqualTo(503);
                assertThat(rest.get("/api/v1/trades?symbol=" + SYMBOL + "&limit=10")
                                .status())
                        .isEqualTo(200);
                assertThat(ward.publishers.statuses().keySet()).containsExactly(200, 503);
                assertThat(faults.count()).isPositive();
                ward.assertWell();
                ward.tell("force fails", "told by /health/ready, no ack after it");
            }
            server.kill();
        }
        startsAgainAndHasEverything(data);
    }

    /** A file system of its own, which is really full; where one may be mounted. */
    @Test
    void aFileSystemThatIsReallyFullIsRefusedAndTakenAgainWhenThereIsRoom() throws Exception {
        assumeTrue(FULL, "at full size only");
        Path data = Files.createDirectory(folder.resolve("data"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", "" + data) == 0,
                "no file system can be mounted here");
        try {
            Path filler = data.resolve("filler");
            try (ServerProcess server = ServerProcess.serve(data)) {
                int port = server.awaitPort();
                RestClient rest = new RestClient(port);
                AckLedger.define(rest);
                try (Ward ward = new Ward(port)) {
                    ward.awaitTrades();
                    fill(filler);
                    pause(SECONDS);
                    Files.delete(filler);
                    long backMillis = awaitAcks();
                    assertThat(ward.publishers.statuses().keySet()).containsExactly(200, 507);
                    ward.assertWell();
                    ward.tell("file system full", "100 acks within " + backMillis + " ms of healing");
                }
                server.kill();
            }
            startsAgainAndHasEverything(data);
        } finally {
            run("umount", "-l", "" + data);
        }
    }

    /** Writes until there is no room. */
    private static void fill(Path file) throws IOException {
        byte[] block = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(Files.getFileStore(file).getUsableSpace()).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Milliseconds until 100 more trades were acked. */
    private long awaitAcks() {
        long startNanos = System.nanoTime();
        long acked = ledger.ackedCount();
        Awaitility.await("acks again").atMost(BACK).until(() -> ledger.ackedCount() >= acked + 100);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private void passes(String name, Illness illness, Integer... statuses) throws Exception {
        Path data = folder.resolve("data");
        Faults faults = Faults.compile(folder, data);
        try (ServerProcess server = ServerProcess.serve(Launch.SMALL.withEnvironment(faults.environment()), data)) {
            int port = server.awaitPort();
            RestClient rest = new RestClient(port);
            AckLedger.define(rest);
            try (Ward ward = new Ward(port)) {
                ward.awaitTrades();
                illness.begin(faults);
                pause(SECONDS);
                faults.healDisk();

                long backMillis = awaitAcks();
                assertThat(ward.publishers.statuses().keySet()).containsExactly(statuses);
                assertThat(faults.count()).as("calls that failed or were late").isPositive();
                ward.assertWell();
                ward.tell(name, "100 acks within " + backMillis + " ms of healing; faults " + faults.count());
            }
            Awaitility.await("the database, on the same disk, is written again")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> rest.get("/health/ready").status() == 200);
            ledger.check(rest);
            server.kill();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + "; the server's log ends with:\n" + logOf(data), e);
        }
        startsAgainAndHasEverything(data);
    }

    private void startsAgainAndHasEverything(Path data) throws Exception {
        try (ServerProcess again = ServerProcess.serve(data)) {
            ledger.check(new RestClient(again.awaitPort()));
            assertThat(again.stop()).isIn(0, 143);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + "; the server's log ends with:\n" + logOf(data), e);
        }
        if (FULL) {
            assertThat(ServerProcess.verify(data)).contains("exit code 0");
        }
        print("  after kill -9: " + totals);
    }

    private static String logOf(Path data) throws Exception {
        String log = Files.readString(data.resolveSibling("server.log"));
        return log.substring(Math.max(0, log.length() - 10_000));
    }

    private static void pause(int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /** A server's users: publishers, a subscriber that pings, whoever asks for its health, and a reader. */
    private final class Ward implements AutoCloseable {
        private final Watcher watcher;
        private final Publishers publishers;
        private final Prober pings;
        private final Prober health;
        private final Prober reads;

        Ward(int port) {
            RestClient rest = new RestClient(port);
            watcher = new Watcher(port, AckLedger.SYMBOLS);
            publishers = new Publishers(port, ledger, new Random(seed), System::currentTimeMillis);
            pings = new Prober("ping", watcher::pingForTimeMillis);
            health = new Prober("health", () -> {
                assertThat(rest.get("/health/live").status()).isEqualTo(200);
                return null;
            });
            reads = new Prober("read", () -> {
                assertThat(rest.get("/api/v1/tickers/" + SYMBOL).status()).isIn(200, 404);
                return null;
            });
        }

        void awaitTrades() {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> watcher.received() >= 100);
            // What is looked at is the fault, not a JVM that has just begun.
            List.of(pings, health, reads).forEach(Prober::begin);
        }

        void assertWell() {
            assertThat(publishers.worstMillis())
                    .as("longest wait for an answer")
                    .isLessThan(HUNG_MILLIS);
            assertThat(publishers.unanswered()).isZero();
            assertThat(publishers.rejected()).isZero();
            assertThat(health.p99Millis()).as("health").isLessThanOrEqualTo(SLOWEST_PROBE_MILLIS);
            assertThat(pings.p99Millis()).as("ping").isLessThanOrEqualTo(SLOWEST_PROBE_MILLIS);
            assertThat(reads.p99Millis()).as("read").isLessThanOrEqualTo(SLOWEST_PROBE_MILLIS);
            assertThat(watcher.problem()).isNull();
        }

        void tell(String name, String more) {
            print(name + " for " + SECONDS + " s: seed=" + seed + " statuses=" + publishers.statuses() + " worst="
                    + publishers.worstMillis() + "ms healthP99=" + health.p99Millis() + "ms pingP99="
                    + pings.p99Millis() + "ms readP99=" + reads.p99Millis() + "ms; " + more);
        }

        @Override
        public void close() {
            publishers.close();
            pings.close();
            health.close();
            reads.close();
            watcher.close();
        }
    }
}
