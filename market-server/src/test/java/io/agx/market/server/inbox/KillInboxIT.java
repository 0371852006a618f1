package io.agx.market.server.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.testing.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a server with SIGKILL while messages are sent and read, starts it again on the same folder, and looks for what it acknowledged.
 * {@code -Dmarket.kill.rounds=N} sets how often (2), {@code -Dmarket.kill.seed=N} repeats a run's choices.
 */
final class KillInboxIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = Integer.getInteger("market.kill.rounds", 2);
    private static final long SEED = Long.getLong("market.kill.seed", System.nanoTime());
    private static final List<String> USERS = List.of("alice", "bob", "carol", "dave", "erin", "frank");
    private static final int SENDERS = 2;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private record Sent(String userId, String key) {}

    private final Random random = new Random(SEED);
    private final AtomicLong nextKey = new AtomicLong();
    private final HttpClient http = HttpClient.newHttpClient();
    // Guarded by this.
    private final Map<Sent, Long> acked = new HashMap<>();
    private final Set<Sent> unacked = new HashSet<>();
    private final Map<String, Set<Long>> read = new TreeMap<>();
    private int keptUnacked;

    @Test
    void losesNoAckedMessageKeepsNoneTwiceAndForgetsNotWhatWasRead() throws Exception {
        Path data = folder.resolve("data");
        ServerProcess server = ServerProcess.serveWithTokens(data);
        try {
            int port = server.awaitPort();
            for (int round = 0; round < ROUNDS; round++) {
                sendAndKill(server, port);
                server.close();
                server = ServerProcess.serveWithTokens(data);
                port = server.awaitPort();
                check(port, "seed " + SEED + " round " + round);
            }
            server.kill();
        } finally {
            server.close();
        }
        List<String> verdict = ServerProcess.verify(data);
        print("inbox kill test: seed=" + SEED + " rounds=" + ROUNDS + " acked=" + acked.size() + " keptUnacked="
                + keptUnacked + " read="
                + read.values().stream().mapToInt(Set::size).sum() + " " + verdict);
        assertThat(verdict)
                .anyMatch(line -> line.startsWith("equal: ")
                        && line.contains(" 0 differences")
                        && line.contains("and " + String.format("%,d", acked.size()) + " messages"));
    }

    private void sendAndKill(ServerProcess server, int port) throws Exception {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            long seed = random.nextLong();
            senders.add(new Thread(() -> sendUntilGone(port, new Random(seed)), "send-" + i));
        }
        senders.forEach(Thread::start);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(1_000)));
        server.kill();
        for (Thread sender : senders) {
            sender.join(TimeUnit.SECONDS.toMillis(40));
            assertThat(sender.isAlive()).isFalse();
        }
    }

    private void sendUntilGone(int port, Random choices) {
        while (true) {
            List<Sent> batch = new ArrayList<>();
            for (int i = choices.nextInt(40); i >= 0; i--) {
                batch.add(new Sent(USERS.get(choices.nextInt(USERS.size())), "k" + nextKey.incrementAndGet()));
            }
            try {
                remember(batch, send(port, batch));
                if (choices.nextInt(5) == 0) {
                    readSome(port, choices);
                }
            } catch (IOException e) {
                synchronized (this) {
                    unacked.addAll(batch);
                }
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void remember(List<Sent> batch, JsonNode results) {
        for (int i = 0; i < batch.size(); i++) {
            assertThat(results.get(i).get("ok").asBoolean())
                    .as("%s", results.get(i))
                    .isTrue();
            acked.put(batch.get(i), results.get(i).get("seq").asLong());
        }
    }

    private void readSome(int port, Random choices) throws IOException, InterruptedException {
        String userId = USERS.get(choices.nextInt(USERS.size()));
        Set<Long> seqs = new HashSet<>();
        synchronized (this) {
            acked.forEach((sent, seq) -> {
                if (sent.userId.equals(userId) && choices.nextInt(20) == 0 && seqs.size() < 100) {
                    seqs.add(seq);
                }
            });
        }
        post(port, "/api/v1/users/me/messages/read", TestTokens.of(userId), "{\"ids\":" + seqs + "}");
        synchronized (this) {
            read.computeIfAbsent(userId, key -> new HashSet<>()).addAll(seqs);
        }
    }

    private JsonNode send(int port, List<Sent> batch) throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder("[");
        for (Sent sent : batch) {
            body.append(body.length() > 1 ? "," : "")
                    .append("{\"userId\":\"")
                    .append(sent.userId)
                    .append("\",\"title\":\"")
                    .append(sent.key)
                    .append("\",\"idempotencyKey\":\"")
                    .append(sent.key)
                    .append("\"}");
        }
        return post(
                        port,
                        "/api/v1/notifications",
                        TestTokens.notifier(),
                        body.append(']').toString())
                .get("results");
    }

    private void check(int port, String as) throws Exception {
        List<Sent> again = List.copyOf(unacked);
        for (int from = 0; from < again.size(); from += 500) {
            List<Sent> batch = again.subList(from, Math.min(again.size(), from + 500));
            JsonNode results = send(port, batch);
            remember(batch, results);
            for (JsonNode result : results) {
                keptUnacked += result.has("duplicate") ? 1 : 0;
            }
        }
        unacked.clear();
        for (String userId : USERS) {
            Map<Sent, Long> found = new HashMap<>();
            long next = 1;
            JsonNode page;
            do {
                page = get(port, "/api/v1/users/me/messages?limit=1000&since=" + (next - 1), TestTokens.of(userId));
                for (JsonNode message : page.get("messages")) {
                    assertThat(message.get("seq").asLong()).as(as).isEqualTo(next++);
                    Sent sent = new Sent(userId, message.get("title").asText());
                    assertThat(found.put(sent, message.get("seq").asLong()))
                            .as(as + " %s twice", sent)
                            .isNull();
                    if (read.getOrDefault(userId, Set.of())
                            .contains(message.get("seq").asLong())) {
                        assertThat(message.get("read").asBoolean()).as(as).isTrue();
                    }
                }
            } while (page.get("messages").size() == 1_000);
            Map<Sent, Long> mine = new HashMap<>(acked);
            mine.keySet().removeIf(sent -> !sent.userId.equals(userId));
            assertThat(found).as(as).isEqualTo(mine);
        }
    }

    private JsonNode get(int port, String path, String token) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)), token);
    }

    private JsonNode post(int port, String path, String token, String body) throws IOException, InterruptedException {
        return answer(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                token);
    }

    private JsonNode answer(HttpRequest.Builder request, String token) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
