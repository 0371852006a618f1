package io.agx.market.server.inbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints how fast messages are kept on this disk: {@code InboxMeasure DIRECTORY [MESSAGES]}; the directory must be empty. Over REST on loopback, in the
 * process of the server: batches of 500 from 4 senders to 1,000 users, each with a key and 100 characters of content; until the database has
 * all; then one at a time; then a restart; then every user's messages read back.
 */
public final class InboxMeasure {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 500;
    private static final int USERS = 1_000;
    private static final int SENDERS = 4;
    private static final int SINGLES = 1_000;

    private InboxMeasure() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int messages = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        HttpClient http = HttpClient.newHttpClient();
        try (RunningMarket market = RunningMarket.listening(directory)) {
            long start = System.nanoTime();
            sendBatches(http, market, messages);
            print("kept: %,d messages/s in batches of %d by %d senders", perSecond(messages, start), BATCH, SENDERS);
            while (market.server().inboxStore().messageCount() < messages) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            print("stored: %,d messages/s to the end of the database", perSecond(messages, start));
            long[] nanos = new long[SINGLES];
            for (int i = 0; i < SINGLES; i++) {
                long one = System.nanoTime();
                post(http, market, "/users/single/notifications", "{\"title\":\"one\"}");
                nanos[i] = System.nanoTime() - one;
            }
            Arrays.sort(nanos);
            print(
                    "one at a time: p50 %,d us, p99 %,d us",
                    nanos[SINGLES / 2] / 1_000, nanos[SINGLES * 99 / 100] / 1_000);
        }
        long start = System.nanoTime();
        try (RunningMarket market = RunningMarket.listening(directory)) {
            print("restarted in %,d ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            long readStart = System.nanoTime();
            long found = 0;
            for (int user = 0; user < USERS; user++) {
                found += readBack(http, market, user);
            }
            print("read back: %,d of %,d messages, %,d messages/s", found, messages, perSecond(found, readStart));
            if (found != messages) {
                throw new IllegalStateException("messages are missing");
            }
        }
    }

    private static void sendBatches(HttpClient http, RunningMarket market, int messages) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Thread sender = new Thread(() -> {
                int from;
                while ((from = next.getAndAdd(BATCH)) < messages) {
                    StringBuilder body = new StringBuilder("[");
                    for (int each = from; each < from + BATCH; each++) {
                        body.append(each == from ? "" : ",")
                                .append("{\"userId\":\"user-")
                                .append(each % USERS);
                        body.append("\",\"title\":\"m").append(each).append("\",\"content\":\"");
                        body.append("x".repeat(100))
                                .append("\",\"idempotencyKey\":\"k")
                                .append(each)
                                .append("\"}");
                    }
                    try {
                        post(http, market, "/notifications", body.append(']').toString());
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            sender.start();
            senders.add(sender);
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    private static long readBack(HttpClient http, RunningMarket market, int user) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(market.rest("/users/me/messages?limit=1000"))
                .header("Authorization", "Bearer " + TestTokens.of("user-" + user))
                .build();
        JsonNode page = JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        long next = 1;
        for (JsonNode message : page.get("messages")) {
            if (message.get("seq").asLong() != next++) {
                throw new IllegalStateException("user " + user + " has a hole at " + (next - 1));
            }
        }
        return page.get("messages").size();
    }

    private static void post(HttpClient http, RunningMarket market, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(market.rest(path))
                        .header("Authorization", "Bearer " + TestTokens.notifier())
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() > 201 || response.body().contains("\"ok\":false")) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
    }

    private static long perSecond(long count, long startNanos) {
        return count * TimeUnit.SECONDS.toNanos(1) / Math.max(1, System.nanoTime() - startNanos);
    }

    @SuppressWarnings("SystemOut")
    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
