package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.server.durability.AckLedger;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a server under load with SIGKILL, starts it again on the same folder, and looks for what it acknowledged. A folder is used for
 * {@value #ROUNDS_PER_FOLDER} kills, and then verified. {@code -Dmarket.kill.seed=N} repeats a run's choices.
 */
abstract class KillSuite {
    private static final long SEED = Long.getLong("market.kill.seed", System.nanoTime());
    private static final int ROUNDS_PER_FOLDER = 5;
    private static final int PUBLISHERS = 2;
    /** Trades of a publisher in one round, from which on it publishes less. */
    private static final int MUCH = 4_000;

    private static final long LONGEST_START_MILLIS = 15_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Random random = new Random(SEED);
    private final AckLedger.Totals totals = new AckLedger.Totals();
    private final AtomicLong resent = new AtomicLong();
    private final List<Long> readyMillis = new ArrayList<>();
    private AckLedger ledger = new AckLedger(totals);
    private long roundCount;
    private long startKillCount;

    /** @param judgesStarts whether a start may not take longer than is promised */
    final void killRounds(int rounds, boolean judgesStarts) throws Exception {
        try {
            for (int number = 1; roundCount < rounds; number++) {
                int some = (int) Math.min(ROUNDS_PER_FOLDER, rounds - roundCount);
                Path data = Files.createDirectory(folder.resolve("f" + number)).resolve("data");
                beginFolder(number);
                useFolder(data, some);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + SEED + ", round " + roundCount, e);
        } finally {
            print(getClass().getSimpleName() + ": seed=" + SEED + " rounds=" + roundCount + " killedWhileStarting="
                    + startKillCount + " " + totals + " resent=" + resent + " readyMillis p50="
                    + quantile(0.5) + " max=" + quantile(1) + figures());
        }
        if (judgesStarts) {
            assertThat(quantile(1)).as("milliseconds until ready").isLessThanOrEqualTo(LONGEST_START_MILLIS);
        }
    }

    /** Another folder is used from now on. */
    void beginFolder(int number) throws Exception {}

    /** What the server is told besides. */
    String[] options() {
        return new String[0];
    }

    /** The server is about to be killed, under load. */
    void beforeKill(Random choices) throws Exception {}

    /** The server is about to start again. */
    void beforeStart() throws Exception {}

    /** What is to be told besides. */
    String figures() {
        return "";
    }

    private long quantile(double part) {
        List<Long> sorted = readyMillis.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * part) - 1);
    }

    private void useFolder(Path data, int rounds) throws Exception {
        ledger = new AckLedger(totals);
        ServerProcess server = ServerProcess.serve(data, options());
        try {
            int port = server.awaitPort();
            AckLedger.define(new RestClient(port));
            for (int round = 0; round < rounds; round++) {
                loadAndKill(server, port);
                if (random.nextInt(4) == 0) {
                    server.close();
                    beforeStart();
                    server = ServerProcess.serve(data, options());
                    pause(100 + random.nextInt(1_000));
                    server.kill();
                    startKillCount++;
                }
                server.close();
                beforeStart();
                long startNanos = System.nanoTime();
                server = ServerProcess.serve(data, options());
                port = server.awaitPort();
                readyMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
                try {
                    ledger.check(new RestClient(port));
                } catch (IOException | AssertionError e) {
                    throw new AssertionError("the server's log ends with:\n" + server.log(), e);
                }
                roundCount++;
            }
            assertThat(server.stop()).as("exit code").isIn(0, 143);
        } finally {
            server.close();
        }
        List<String> verdict = ServerProcess.verify(data, options());
        assertThat(verdict.get(0)).startsWith("equal: ").contains(" 3 tickers ", " 0 differences");
        assertThat(verdict).noneMatch(line -> line.startsWith("not compared"));
    }

    private void loadAndKill(ServerProcess server, int port) throws Exception {
        List<Thread> publishers = new ArrayList<>();
        List<SentTrade> before = ledger.acked();
        for (int i = 0; i < PUBLISHERS; i++) {
            long seed = random.nextLong();
            Thread publisher =
                    new Thread(() -> publish(new RestClient(port), new Random(seed), before), "publish-" + i);
            publisher.start();
            publishers.add(publisher);
        }
        pause(20 + random.nextInt(781));
        beforeKill(random);
        server.kill();
        for (Thread publisher : publishers) {
            publisher.join(TimeUnit.SECONDS.toMillis(40));
            assertThat(publisher.isAlive()).isFalse();
        }
    }

    /** Publishes until the server is gone. */
    private void publish(RestClient rest, Random choices, List<SentTrade> before) {
        List<SentTrade> mine = new ArrayList<>(before);
        while (true) {
            List<SentTrade> fresh = new ArrayList<>();
            // What is compared grows with it, and a database takes longer to be killed and restarted than a server
            // alone.
            boolean much = mine.size() - before.size() > MUCH;
            if (much) {
                pause(20);
            }
            int size = 1 + choices.nextInt(much ? 10 : 300);
            for (int i = 0; i < size; i++) {
                fresh.add(ledger.newTrade(choices));
            }
            List<SentTrade> batch = new ArrayList<>(fresh);
            int again = mine.isEmpty() || choices.nextInt(3) > 0 ? 0 : choices.nextInt(20);
            for (int i = 0; i < again; i++) {
                batch.add(mine.get(choices.nextInt(mine.size())));
            }
            try {
                RestClient.Answer answer = rest.publish(batch);
                if (answer.status() == 503) {
                    ledger.doubt(fresh);
                    continue;
                }
                List<SentTrade> accepted = accepted(batch, fresh.size(), answer);
                mine.addAll(accepted);
                ledger.ack(accepted);
                resent.addAndGet(again);
            } catch (IOException e) {
                ledger.doubt(fresh);
                return;
            }
        }
    }

    private static List<SentTrade> accepted(List<SentTrade> batch, int fresh, RestClient.Answer answer) {
        List<SentTrade> accepted = new ArrayList<>();
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        for (int i = 0; i < batch.size(); i++) {
            JsonNode result = answer.body().get("results").get(i);
            assertThat(result.get("ok").booleanValue()).as("%s", result).isTrue();
            assertThat(result.has("duplicate")).as("%s", result).isEqualTo(i >= fresh);
            if (i < fresh) {
                accepted.add(batch.get(i).withSeq(result.get("seq").longValue()));
            }
        }
        return accepted;
    }

    static void pause(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
