package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM while 100 subscribers get 200 trades a second: all that was acknowledged is pushed, each is told to come back, nobody hangs. In full
 * three rounds for each transport.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class StopSuite {
    private static final int SUBSCRIBERS = 100;
    private static final int ROUNDS = Victim.scaled(1, 3);
    private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");
    private static final String SYMBOL = "STP-USDT";

    @TempDir
    private Path folder;

    private final AtomicLong acknowledged = new AtomicLong();
    private final ConcurrentLinkedQueue<Integer> refusals = new ConcurrentLinkedQueue<>();
    private volatile boolean publishing;

    /** One that listens soon, with the data of the one before. */
    abstract ServerProcess serve(Path dataDir) throws IOException;

    /** How a subscriber's connection may end. */
    Set<String> ends() {
        return Set.of("1001", "1012");
    }

    /** What may come of a handshake while the server stops. */
    Set<String> lateAnswers() {
        return Set.of("503", "refused", "ended");
    }

    /** Whether also what is acknowledged while it stops is pushed before the Close. */
    boolean pushesToTheEnd() {
        return true;
    }

    /** What else the server says at its end. */
    void ended(ServerProcess server) throws IOException {}

    void stops(String name) throws Exception {
        long firstSeq = 1;
        for (int round = 0; round < ROUNDS; round++) {
            try (ServerProcess server = serve(folder.resolve("data"))) {
                int port = server.awaitPort();
                RestClient rest = new RestClient(port);
                if (round == 0) {
                    rest.define(SYMBOL, 2, 3);
                }
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> rest.get("/api/v1/instruments")
                                .body()
                                .toString()
                                .contains(SYMBOL));
                firstSeq = stop(server, port, rest, name, firstSeq);
            }
        }
    }

    /** One round; returns the seq after the last that was acknowledged. */
    private long stop(ServerProcess server, int port, RestClient rest, String name, long firstSeq) throws Exception {
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            subscribers.add(new Subscriber(port));
        }
        acknowledged.set(firstSeq - 1);
        refusals.clear();
        publishing = true;
        Thread publisher = new Thread(() -> publish(rest), "publisher");
        publisher.start();
        long half = firstSeq + 100;
        await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() >= half);

        long ackedBefore = acknowledged.get();
        long stopNanos = System.nanoTime();
        server.beginStop();
        List<String> late = lateHandshakes(server, port);
        int exitCode = server.awaitEnd();
        long stopMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stopNanos);
        publishing = false;
        publisher.join();

        assertThat(exitCode).isIn(0, 143);
        ended(server);
        assertThat(stopMillis).as("ms until the process was gone").isLessThanOrEqualTo(10_000);
        long last = acknowledged.get();
        for (Subscriber subscriber : subscribers) {
            subscriber.join();
            assertThat(subscriber.end).isIn(ends());
            assertThat(subscriber.lastSeq)
                    .as("seq pushed before the Close")
                    .isGreaterThanOrEqualTo(pushesToTheEnd() ? last : ackedBefore);
            assertThat(subscriber.holes).isZero();
        }
        assertThat(late).as("handshakes while it stopped").isSubsetOf(lateAnswers());
        assertThat(refusals).as("answers to trades while it stopped").isSubsetOf(503, 0);
        assertThat(server.wholeLog()).doesNotContain(" ERROR ", "were cut");
        System.out.println("stop, " + name + ": " + stopMillis + " ms, exit code " + exitCode + ", " + SUBSCRIBERS
                + " ended with " + endsOf(subscribers) + ", trades " + (last - firstSeq + 1)
                + " acknowledged and pushed, late handshakes "
                + late.stream().distinct().toList());
        return last + 1;
    }

    private static Map<String, Long> endsOf(List<Subscriber> subscribers) {
        return subscribers.stream()
                .collect(Collectors.groupingBy(subscriber -> subscriber.end, TreeMap::new, Collectors.counting()));
    }

    private void publish(RestClient rest) {
        long next = System.nanoTime();
        long id = acknowledged.get() + 1;
        while (publishing) {
            try {
                SentTrade trade = new SentTrade(
                        SYMBOL,
                        0,
                        String.valueOf(id),
                        BigDecimal.TEN,
                        BigDecimal.ONE,
                        "buy",
                        System.currentTimeMillis());
                RestClient.Answer answer = rest.publish(List.of(trade));
                if (answer.status() == 200) {
                    acknowledged.set(answer.body().at("/results/0/seq").asLong());
                    id++;
                } else {
                    refusals.add(answer.status());
                }
            } catch (IOException e) {
                refusals.add(0); // The port is closed.
            }
            next += TimeUnit.MILLISECONDS.toNanos(5);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private static List<String> lateHandshakes(ServerProcess server, int port) throws Exception {
        List<String> answers = new ArrayList<>();
        while (server.isAlive()) {
            try (Wire wire = new Wire(port, 5_000)) {
                wire.send(Wire.HANDSHAKE + "\r\n");
                int status = wire.answer().status();
                answers.add(status == 0 ? "ended" : status == 101 ? told(wire) : String.valueOf(status));
            } catch (SocketTimeoutException e) {
                answers.add("hangs");
            } catch (IOException e) {
                answers.add("refused");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return answers;
    }

    /** One that came just before the stop: it is sent away like the others. */
    private static String told(Wire wire) {
        String end = wire.end();
        return end.equals("1001") || end.equals("1012") ? "ended" : "101, then " + end;
    }

    private static final class Subscriber extends Thread {
        private final Wire wire;
        private volatile String end = "";
        private volatile long lastSeq;
        private volatile int holes;

        Subscriber(int port) throws IOException {
            wire = new Wire(port, 30_000);
            wire.send(Wire.HANDSHAKE + "\r\n");
            if (wire.answer().status() != 101) {
                throw new IOException("not upgraded");
            }
            wire.sendText("{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[\"trade:" + SYMBOL + "\"]}}");
            wire.awaitText("subscribed");
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try (wire) {
                while (end.isEmpty()) {
                    Wire.Frame frame = wire.frame();
                    if (frame.isClose()) {
                        end = String.valueOf(frame.code());
                        wire.send(Wire.frame(0x88, new byte[] {3, (byte) 0xe9}));
                    } else if (frame.text().contains("\"event\":\"trade\"")) {
                        note(frame.text());
                    }
                }
            } catch (IOException e) {
                end = e instanceof EOFException || e instanceof SocketException ? "eof" : e.toString();
            }
        }

        /** The envelope's seq comes first, and is that of the last trade. */
        private void note(String message) {
            Matcher seqs = SEQ.matcher(message);
            seqs.find();
            while (seqs.find()) {
                long seq = Long.parseLong(seqs.group(1));
                if (lastSeq > 0 && seq != lastSeq + 1) {
                    holes++;
                }
                lastSeq = seq;
            }
        }
    }
}
