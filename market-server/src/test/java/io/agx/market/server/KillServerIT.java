package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.server.durability.PlainMarket;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a server under load with SIGKILL, starts it again on the same folder, and looks for what it acknowledged.
 *
 * <p>{@code -Dmarket.kill.rounds=N} sets how often (3), {@code -Dmarket.kill.seed=N} repeats a run's choices; a folder is used for
 * {@value #ROUNDS_PER_FOLDER} kills, and then verified.
 */
final class KillServerIT {
    private static final int ROUNDS = Integer.getInteger("market.kill.rounds", 3);
    private static final long SEED = Long.getLong("market.kill.seed", System.nanoTime());
    private static final int ROUNDS_PER_FOLDER = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PUBLISHERS = 2;
    private static final int REPUBLISH_BATCH = 1_000;
    private static final Map<String, int[]> SCALES =
            Map.of("BTC-USDT", new int[] {2, 8}, "ETH-USDT", new int[] {4, 6}, "PEPE-USDT", new int[] {8, 0});
    private static final List<String> SYMBOLS =
            SCALES.keySet().stream().sorted().toList();
    private static final List<String> INTERVALS = List.of("1s", "1m", "5m", "1h", "4h", "1d", "1w", "1M");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final Random random = new Random(SEED);
    private final AtomicLong nextId = new AtomicLong();
    private final List<SentTrade> acked = new ArrayList<>();
    private final List<SentTrade> unacked = new ArrayList<>();
    private long roundCount;
    private long startKillCount;
    private long ackedTotal;
    private long unackedTotal;
    private long unackedKeptTotal;
    private long resentTotal;
    private long klinesCompared;
    private long tickersCompared;

    @Test
    void losesNoAckedTradeAndKeepsNoneTwiceWhenKilledUnderLoad() throws Exception {
        try {
            for (int number = 1; roundCount < ROUNDS; number++) {
                int rounds = (int) Math.min(ROUNDS_PER_FOLDER, ROUNDS - roundCount);
                useFolder(Files.createDirectory(folder.resolve("f" + number)).resolve("data"), rounds);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + SEED + ", round " + roundCount, e);
        } finally {
            print("kill test: seed=" + SEED + " rounds=" + roundCount + " killedWhileStarting=" + startKillCount
                    + " acked=" + ackedTotal + " unacked=" + unackedTotal + " unackedButKept=" + unackedKeptTotal
                    + " resent=" + resentTotal + " klinesCompared=" + klinesCompared + " tickersCompared="
                    + tickersCompared);
        }
    }

    private void useFolder(Path data, int rounds) throws Exception {
        acked.clear();
        unacked.clear();
        ServerProcess server = ServerProcess.serve(data);
        try {
            int port = server.awaitPort();
            for (String symbol : SYMBOLS) {
                new RestClient(port).define(symbol, SCALES.get(symbol)[0], SCALES.get(symbol)[1]);
            }
            for (int round = 0; round < rounds; round++) {
                loadAndKill(server, port);
                if (random.nextInt(4) == 0) {
                    server.close();
                    server = ServerProcess.serve(data);
                    pause(100 + random.nextInt(1_000));
                    server.kill();
                    startKillCount++;
                }
                server.close();
                server = ServerProcess.serve(data);
                port = server.awaitPort();
                try {
                    check(new RestClient(port));
                } catch (IOException | AssertionError e) {
                    throw new AssertionError("the server's log ends with:\n" + server.log(), e);
                }
                roundCount++;
            }
            assertThat(server.stop()).as("exit code").isIn(0, 143);
        } finally {
            server.close();
        }
        List<String> verdict = ServerProcess.verify(data);
        assertThat(verdict.get(0)).startsWith("equal: ").contains(" 3 tickers ", " 0 differences");
        assertThat(verdict).noneMatch(line -> line.startsWith("not compared"));
    }

    private void loadAndKill(ServerProcess server, int port) throws Exception {
        List<Thread> publishers = new ArrayList<>();
        List<SentTrade> before = List.copyOf(acked);
        for (int i = 0; i < PUBLISHERS; i++) {
            long seed = random.nextLong();
            Thread publisher =
                    new Thread(() -> publish(new RestClient(port), new Random(seed), before), "publish-" + i);
            publisher.start();
            publishers.add(publisher);
        }
        pause(20 + random.nextInt(781));
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
            int size = 1 + choices.nextInt(300);
            for (int i = 0; i < size; i++) {
                fresh.add(newTrade(choices));
            }
            List<SentTrade> batch = new ArrayList<>(fresh);
            int resent = mine.isEmpty() || choices.nextInt(3) > 0 ? 0 : choices.nextInt(20);
            for (int i = 0; i < resent; i++) {
                batch.add(mine.get(choices.nextInt(mine.size())));
            }
            try {
                RestClient.Answer answer = rest.publish(batch);
                if (answer.status() == 503) {
                    remember(List.of(), fresh, 0);
                    continue;
                }
                List<SentTrade> accepted = accepted(batch, fresh.size(), answer);
                mine.addAll(accepted);
                remember(accepted, List.of(), resent);
            } catch (IOException e) {
                remember(List.of(), fresh, 0);
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

    private synchronized void remember(List<SentTrade> accepted, List<SentTrade> failed, int resent) {
        acked.addAll(accepted);
        unacked.addAll(failed);
        ackedTotal += accepted.size();
        unackedTotal += failed.size();
        resentTotal += resent;
    }

    private SentTrade newTrade(Random choices) {
        String symbol = SYMBOLS.get(choices.nextInt(SYMBOLS.size()));
        int[] scales = SCALES.get(symbol);
        int kind = choices.nextInt(100);
        long age = kind < 80
                ? choices.nextInt(2_000)
                : kind < 95 ? choices.nextInt(10_000_000) : choices.nextInt(100_000_000);
        return new SentTrade(
                symbol,
                0,
                Long.toString(nextId.incrementAndGet()),
                BigDecimal.valueOf(1 + choices.nextInt(10_000_000), scales[0]),
                BigDecimal.valueOf(1 + choices.nextLong(1_000_000_000_000L), scales[1]),
                List.of("buy", "sell", "").get(choices.nextInt(3)),
                System.currentTimeMillis() - age);
    }

    private void check(RestClient rest) throws IOException {
        assertThat(rest.get("/health/ready").status()).as("ready").isEqualTo(200);
        Map<String, List<SentTrade>> kept = new HashMap<>();
        for (String symbol : SYMBOLS) {
            kept.put(symbol, wholeHistory(rest, symbol));
        }
        for (SentTrade trade : acked) {
            List<SentTrade> history = kept.get(trade.symbol());
            assertThat(history).as("has acked %s", trade).hasSizeGreaterThanOrEqualTo((int) trade.seq());
            SentTrade found = history.get((int) trade.seq() - 1);
            assertThat(found.sameAs(trade))
                    .as("acked %s, kept %s", trade, found)
                    .isTrue();
        }
        republish(rest);
        for (String symbol : SYMBOLS) {
            compare(rest, symbol);
        }
    }

    /** All trades of an instrument; seq without a hole, no id twice, nothing that was not sent. */
    private List<SentTrade> wholeHistory(RestClient rest, String symbol) throws IOException {
        List<SentTrade> history = rest.trades(symbol, 1);
        Map<String, SentTrade> sent = new HashMap<>();
        acked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> sent.put(trade.id(), trade));
        unacked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> sent.put(trade.id(), trade));
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < history.size(); i++) {
            SentTrade trade = history.get(i);
            assertThat(trade.seq()).as("%s", trade).isEqualTo(i + 1L);
            assertThat(ids.add(trade.id())).as("%s is there once", trade).isTrue();
            SentTrade original = sent.get(trade.id());
            assertThat(original != null && original.sameAs(trade))
                    .as("kept %s, sent %s", trade, original)
                    .isTrue();
        }
        return history;
    }

    /** Sends again what was not acked: each is a duplicate, or is taken now. */
    private void republish(RestClient rest) throws IOException {
        for (int from = 0; from < unacked.size(); from += REPUBLISH_BATCH) {
            List<SentTrade> batch = unacked.subList(from, Math.min(unacked.size(), from + REPUBLISH_BATCH));
            RestClient.Answer answer = rest.publish(batch);
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
            assertThat(answer.body().get("rejected").intValue()).isZero();
            unackedKeptTotal += answer.body().get("duplicates").intValue();
        }
        Map<String, SentTrade> missing = new HashMap<>();
        unacked.forEach(trade -> missing.put(trade.id(), trade));
        for (String symbol : SYMBOLS) {
            awaitSeq(rest, symbol);
            for (SentTrade trade : wholeHistory(rest, symbol)) {
                if (missing.remove(trade.id()) != null) {
                    acked.add(trade);
                }
            }
        }
        assertThat(missing.values()).as("sent again and not there").isEmpty();
        unacked.clear();
    }

    /** An ack means durable; readers see the trade a moment later. */
    private void awaitSeq(RestClient rest, String symbol) {
        Set<String> ids = new HashSet<>();
        acked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> ids.add(trade.id()));
        unacked.stream().filter(trade -> trade.symbol().equals(symbol)).forEach(trade -> ids.add(trade.id()));
        Awaitility.await(symbol + " at seq " + ids.size())
                .atMost(PATIENCE)
                .until(() -> ids.isEmpty() || seqOf(rest, symbol) >= ids.size());
    }

    /** 0 before the first trade is seen: until then there is no ticker, and readers are answered 404. */
    private static long seqOf(RestClient rest, String symbol) throws IOException {
        RestClient.Answer answer = rest.get("/api/v1/tickers/" + symbol);
        return answer.status() == 200 ? answer.body().get("seq").longValue() : 0;
    }

    private void compare(RestClient rest, String symbol) throws IOException {
        List<SentTrade> history = rest.trades(symbol, 1);
        if (history.isEmpty()) {
            return;
        }
        PlainMarket expected = new PlainMarket(history);
        for (String interval : INTERVALS) {
            // A late trade in a candle older than the cache's window is seen when the database has it.
            Awaitility.await(symbol).atMost(PATIENCE).untilAsserted(() -> {
                List<JsonNode> klines = rest.klines(symbol, interval, expected.firstOpenMillis(interval));
                assertThat(expected.difference(interval, klines)).isNull();
                klinesCompared += klines.size();
            });
        }
        assertThat(expected.tickerDifference(rest.ok("/api/v1/tickers/" + symbol)))
                .as(symbol)
                .isNull();
        tickersCompared++;
    }

    private static void pause(int millis) {
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
