package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.testing.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The server under attack, with a neighbour that keeps to the rules, and what is promised of both whatever others do. */
final class Victim implements AutoCloseable {
    static final boolean FULL = Boolean.getBoolean("market.attack.full");

    private static final long MOST_HEAP_GROWTH = 48L << 20;
    private static final long MOST_FILES = 20;
    private static final long MOST_THREADS = 40;
    private static final Pattern FAULTS = Pattern.compile(
            "OutOfMemoryError|StackOverflowError|NullPointerException|ClassCastException|Exception in thread"
                    + "|IllegalStateException|IndexOutOfBounds| ERROR ");

    /** How Tomcat tells, at the first time only and with a stack, that it refused a request: it is none of the server's faults. */
    private static final String REFUSED_BY_TOMCAT =
            "java.lang.IllegalStateException: More than the maximum allowed number of headers";

    private final ServerProcess process;
    private final int port;
    private final RestClient rest;
    private final Neighbour neighbour;
    private final Vitals before;

    private Victim(ServerProcess process) throws Exception {
        this.process = process;
        port = process.awaitPort();
        rest = new RestClient(port);
        neighbour = new Neighbour(port);
        warmUp();
        before = Vitals.of(process.pid());
    }

    static Victim start(Path folder, String... options) throws Exception {
        return of(ServerProcess.serve(knowingTokens(folder.resolve("data")), options));
    }

    /** The WAR in Tomcat. */
    static Victim startInTomcat(Path folder) throws Exception {
        return of(ServerProcess.serveInTomcat(knowingTokens(folder.resolve("data"))));
    }

    /** Its development secret is the one of {@link Tokens}. */
    private static Path knowingTokens(Path dataDir) throws IOException {
        Tokens.prepare(dataDir);
        return dataDir;
    }

    private static Victim of(ServerProcess process) throws Exception {
        try {
            return new Victim(process);
        } catch (Exception e) {
            process.close();
            throw e;
        }
    }

    /** A size of the default build, or the promised one. */
    static int scaled(int inBuild, int inFull) {
        return FULL ? inFull : inBuild;
    }

    int port() {
        return port;
    }

    RestClient rest() {
        return rest;
    }

    ServerProcess process() {
        return process;
    }

    /** A counter or gauge in {@code /metrics}; 0 if there is none. */
    double metric(String name) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return wire.answer()
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** It lives as before, and its neighbour has noticed nothing. Returns the figures. */
    String assertUnharmed() throws Exception {
        assertThat(process.isAlive()).as("the server lives").isTrue();
        assertThat(rest.get("/health/ready").status()).isEqualTo(200);
        String served = neighbour.assertServed(FULL);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    Vitals now = Vitals.of(process.pid());
                    assertThat(now.files() - before.files()).as("files more").isLessThanOrEqualTo(MOST_FILES);
                    assertThat(now.threads() - before.threads())
                            .as("threads more")
                            .isLessThanOrEqualTo(MOST_THREADS);
                    assertThat(now.heapBytes() - before.heapBytes())
                            .as("heap more")
                            .isLessThanOrEqualTo(MOST_HEAP_GROWTH);
                });
        Vitals now = Vitals.of(process.pid());
        assertThat(process.wholeLog()
                        .lines()
                        .filter(line -> FAULTS.matcher(line).find())
                        .filter(line -> !line.startsWith(REFUSED_BY_TOMCAT)))
                .as("faults in the log")
                .isEmpty();
        return served + "; heap " + ((now.heapBytes() - before.heapBytes()) >> 10) + " KiB, files "
                + (now.files() - before.files()) + ", threads " + (now.threads() - before.threads())
                + " more; resident "
                + before.residentMiB() + " to " + now.residentMiB() + " MiB";
    }

    /** So that classes are loaded and pools are filled before anything is compared. */
    private void warmUp() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Wire wire = Wire.webSocket(port)) {
                wire.sendText("{\"event\":\"ping\",\"id\":1}");
                wire.awaitText("pong");
                wire.sendText("{\"event\":");
                wire.awaitText("bad_json");
            }
            rest.get("/api/v1/tickers");
            rest.get("/api/v1/klines?symbol=NBR-USDT&interval=1m");
            rest.post("/api/v1/trades", "[{}]");
        }
    }

    @Override
    public void close() {
        neighbour.close();
        process.close();
    }
}
