package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.PlainMarket;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import io.agx.market.server.durability.ServerProcess;
import io.agx.market.server.testing.Handbook;
import io.agx.market.server.testing.PostgresTools;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/OPERATIONS.md, "Backup, restore and moving", run as they stand there, against servers that are processes of their own, hold the
 * real trades and messages, and are published to while they are copied. What is restored is compared with the file of the real trades and with what the
 * test was told is durable.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class RestoreDrillIT {
    private static final String LOAD = "LOAD-USDT";
    private static final List<String> USERS = List.of("alice", "bob");
    private static final int MESSAGES = 30;
    /** The exit code of a JVM after SIGTERM, unless its main thread ends it first. */
    private static final int STOPPED = 143;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<SentTrade> realTrades;

    @TempDir
    private static Path template;

    @TempDir
    private Path work;

    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Publisher publisher;
    private ServerProcess server;

    /** A data folder with the real trades, as {@code market import} makes it. */
    @BeforeAll
    static void importRealTrades() throws Exception {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        assertThat(MarketCommand.run(
                        new MarketActions(false),
                        name -> null,
                        out,
                        out,
                        "import",
                        RealTrades.file().toString(),
                        "--symbol",
                        RealTrades.SYMBOL,
                        "--skip-bad-lines",
                        "--data",
                        template.resolve("data").toString()))
                .as(said.toString())
                .isZero();
        try (RealTrades real = RealTrades.load()) {
            realTrades = real.trades().stream()
                    .map(trade -> new SentTrade(
                            RealTrades.SYMBOL,
                            trade.seq(),
                            "",
                            new BigDecimal(trade.price()),
                            new BigDecimal(trade.qty()),
                            "",
                            trade.time()))
                    .toList();
        }
    }

    @Test
    void aCopyOfTheLogOfARunningServerHasAllThatWasAcknowledgedBefore() throws Exception {
        Handbook handbook = new Handbook(work, Path.of("/usr/bin"));
        Path backup = work.resolve("backup");
        Path data = work.resolve("data");
        DataFolders.copy(template.resolve("data"), data);
        set(data, backup);
        serve(data);
        long acknowledged = publishFor(data, handbook);

        handbook.run("backup-log", variables);
        handbook.run("backup-log", variables);
        long later = publisher.stop();
        server.kill();

        Path restored = work.resolve("restored");
        set(restored, backup);
        assertThat(handbook.run("restore-log", variables)).contains("equal: ").contains(", 0 differences");
        serve(restored);
        assertHolds(acknowledged, later);
        assertThat(server.stop()).isIn(0, STOPPED);

        handbook.run("export", variables);
        Path imported = work.resolve("imported");
        set(imported, backup);
        assertThat(handbook.run("import", variables))
                .contains("equal: counts, sums and checksums", "a new trade log begins");
        Files.copy(restored.resolve("token-secret"), imported.resolve("token-secret"));
        serve(imported);
        assertHolds(acknowledged, later);
        assertGoesOn();
    }

    @Test
    void aDatabaseAndItsLogComeBackTogetherAndEachWithoutTheOther() throws Exception {
        Optional<PostgresTools> found = PostgresTools.find();
        Assumptions.assumeTrue(found.isPresent(), "no installed PostgreSQL with initdb, pg_dump and pg_basebackup");
        PostgresTools postgres = found.get();
        Path cluster = work.resolve("cluster");
        postgres.init(cluster);
        int port = freePort();
        postgres.start(cluster, port);
        Handbook handbook = new Handbook(work, postgres.binaries());
        Path backup = work.resolve("backup");
        try {
            handbook.shell(
                    "psql -q -d postgresql://postgres@127.0.0.1:" + port
                            + "/postgres -c 'CREATE ROLE market LOGIN REPLICATION'"
                            + "; for name in moved restored again; do createdb -h 127.0.0.1 -p " + port
                            + " -U postgres -O market $name; done",
                    variables);
            Path data = work.resolve("data");
            DataFolders.copy(template.resolve("data"), data);
            set(data, backup);
            setDatabase(port, "moved");
            Files.createDirectories(backup);
            assertThat(handbook.run("move", variables))
                    .contains("equal: counts, sums and checksums", "recomputed from the whole log");
            serve(data, "--db-url", url(port, "moved"), "--db-user", "market");
            long acknowledged = publishFor(data, handbook);

            handbook.run("backup-postgres", variables);
            handbook.run("backup-cluster", variables);
            long later = publisher.stop();
            server.kill();

            restoreDump(handbook, backup, port, acknowledged, later);
            loseTheLog(handbook, backup, port, acknowledged, later);
            restoreCluster(postgres, backup, acknowledged, later);
            // Every block of the chapter was run, by this test or the other.
            assertThat(handbook.names())
                    .containsExactlyInAnyOrder(
                            "backup-log",
                            "restore-log",
                            "export",
                            "import",
                            "backup-postgres",
                            "restore-postgres",
                            "backup-cluster",
                            "log-lost",
                            "move");
        } finally {
            postgres.stop(cluster);
        }
    }

    private void restoreDump(Handbook handbook, Path backup, int port, long acknowledged, long later) throws Exception {
        Path restored = work.resolve("restored");
        set(restored, backup);
        setDatabase(port, "restored");
        handbook.run("restore-postgres", variables);
        serve(restored, "--db-url", url(port, "restored"), "--db-user", "market");
        assertHolds(acknowledged, later);
        assertThat(server.stop()).isIn(0, STOPPED);
        assertThat(handbook.shell(
                        "bin/market verify --data \"$DATA\" --db-url \"$DB_URL\" --db-user market", variables))
                .contains("equal: ");
    }

    /** What was stopped cleanly is in the database to the end, so nothing is missing without the log. */
    private void loseTheLog(Handbook handbook, Path backup, int port, long acknowledged, long later) throws Exception {
        variables.put("NEW_DB_URL", url(port, "again"));
        assertThat(handbook.run("log-lost", variables))
                .contains("equal: counts, sums and checksums", "a new trade log begins");
        serve(work.resolve("restored"), "--db-url", url(port, "again"), "--db-user", "market");
        assertHolds(acknowledged, later);
        assertGoesOn();
        assertThat(server.stop()).isIn(0, STOPPED);
    }

    private void restoreCluster(PostgresTools postgres, Path backup, long acknowledged, long later) throws Exception {
        Path cluster = backup.resolve("cluster");
        int port = freePort();
        postgres.start(cluster, port);
        try {
            Path data = work.resolve("from-cluster");
            DataFolders.copy(backup.resolve("log"), data.resolve("log"));
            Files.copy(backup.resolve("token-secret"), data.resolve("token-secret"));
            serve(data, "--db-url", url(port, "moved"), "--db-user", "market");
            assertHolds(acknowledged, later);
            server.kill();
        } finally {
            postgres.stop(cluster);
        }
    }

    private void set(Path data, Path backup) {
        variables.put("DATA", data.toString());
        variables.put("BACKUP", backup.toString());
    }

    private void setDatabase(int port, String name) {
        variables.put("DB_URL", url(port, name));
        variables.put("PG_URL", "postgresql://market@127.0.0.1:" + port + "/" + name);
    }

    private static String url(int port, String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    private void serve(Path data, String... options) throws IOException {
        Files.createDirectories(data);
        server = ServerProcess.serve(data, options);
        publisher = publisher == null ? new Publisher() : publisher;
        publisher.port = server.awaitPort();
        publisher.rest = new RestClient(publisher.port);
    }

    /** Sends messages, makes their readers' tokens, publishes for two seconds and goes on; returns how many trades were acknowledged by then. */
    private long publishFor(Path data, Handbook handbook) throws Exception {
        for (String user : USERS) {
            String command = "bin/market token --scope notify --sub " + user + " --data \"$DATA\"";
            tokens.put(user, handbook.shell(command, variables).strip());
        }
        for (String user : USERS) {
            for (int i = 1; i <= MESSAGES; i++) {
                String message = "{\"title\":\"" + user + " " + i + "\",\"content\":\"\\u00e9 " + i + "\"}";
                HttpRequest.Builder post = HttpRequest.newBuilder(at("/api/v1/users/" + user + "/notifications"))
                        .POST(HttpRequest.BodyPublishers.ofString(message));
                assertThat(send(post, user).statusCode()).isEqualTo(201);
            }
        }
        publisher.rest.define(LOAD, 2, 8);
        publisher.start();
        Awaitility.await().atMost(PATIENCE).until(() -> publisher.acknowledged >= 5_000);
        return publisher.acknowledged;
    }

    /** All real trades, all messages, and of the others at least those acknowledged before the copy: nothing else, and their candles. */
    private void assertHolds(long acknowledged, long sent) throws Exception {
        List<SentTrade> real = publisher.rest.trades(RealTrades.SYMBOL, 1);
        assertSame(real, realTrades);
        List<SentTrade> load = publisher.rest.trades(LOAD, 1);
        assertThat((long) load.size()).isBetween(acknowledged, sent);
        assertSame(load, publisher.trades(1, load.size()));
        for (String interval : List.of("1m", "1h", "1d")) {
            assertThat(new PlainMarket(load).difference(interval, publisher.rest.klines(LOAD, interval, 0)))
                    .isNull();
        }
        for (String interval : List.of("1h", "1d", "1M")) {
            assertThat(new PlainMarket(real)
                            .difference(interval, publisher.rest.klines(RealTrades.SYMBOL, interval, 0)))
                    .isNull();
        }
        for (String user : USERS) {
            JsonNode messages = messagesOf(user);
            assertThat(messages.size()).isEqualTo(MESSAGES);
            for (int i = 1; i <= MESSAGES; i++) {
                assertThat(messages.get(i - 1).get("title").textValue()).isEqualTo(user + " " + i);
                assertThat(messages.get(i - 1).get("content").textValue()).isEqualTo("\u00e9 " + i);
            }
        }
    }

    private static void assertSame(List<SentTrade> actual, List<SentTrade> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            SentTrade is = actual.get(i);
            SentTrade should = expected.get(i);
            boolean same = is.seq() == should.seq()
                    && is.timeMillis() == should.timeMillis()
                    && is.price().compareTo(should.price()) == 0
                    && is.quantity().compareTo(should.quantity()) == 0
                    && (should.id().isEmpty() || should.id().equals(is.id()));
            assertThat(same).as("%s, should be %s", is, should).isTrue();
        }
    }

    /** With the token that was made before the backup: the secret came back as well. */
    private JsonNode messagesOf(String user) throws Exception {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(at("/api/v1/users/me/messages?since=0&limit=100")), user);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).get("messages");
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String user) throws Exception {
        return http.send(
                request.header("Authorization", "Bearer " + tokens.get(user))
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + publisher.port + path);
    }

    /** An old trade is known, and a new one gets the next number. */
    private void assertGoesOn() throws IOException {
        List<SentTrade> load = publisher.rest.trades(LOAD, 1);
        int last = load.size();
        JsonNode results = publisher
                .rest
                .publish(List.of(publisher.trade(1), publisher.trade(last + 1)))
                .body()
                .get("results");
        assertThat(results.get(0).get("duplicate").asBoolean())
                .as("%s", results)
                .isTrue();
        assertThat(results.get(1).get("seq").asLong()).as("%s", results).isEqualTo(last + 1L);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Publishes 5,000 trades a second in order, and counts those that were acknowledged. */
    private static final class Publisher {
        private static final int BATCH = 250;
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
        private static final long BASE_MILLIS = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);

        private volatile RestClient rest;
        private volatile int port;
        private volatile long acknowledged;
        private volatile boolean stopping;
        private volatile long sent;
        private Thread thread;

        void start() {
            thread = new Thread(this::run, "publish");
            thread.start();
        }

        /** Ends it; returns how many trades it sent. */
        long stop() throws InterruptedException {
            stopping = true;
            thread.join();
            return sent;
        }

        private void run() {
            long next = System.nanoTime();
            while (!stopping) {
                List<SentTrade> batch = trades(sent + 1, BATCH);
                try {
                    sent += BATCH;
                    RestClient.Answer answer = rest.publish(batch);
                    if (answer.status() != 200) {
                        throw new IOException(answer.toString());
                    }
                    acknowledged = sent;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                next += PAUSE_NANOS;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }

        SentTrade trade(long number) {
            return new SentTrade(
                    LOAD,
                    number,
                    Long.toString(number),
                    BigDecimal.valueOf(10_000 + number % 977, 2),
                    BigDecimal.valueOf(1 + number * 7_919 % 100_000_000, 8),
                    number % 3 == 0 ? "buy" : "sell",
                    BASE_MILLIS + number);
        }

        List<SentTrade> trades(long from, int count) {
            List<SentTrade> trades = new ArrayList<>(count);
            for (long number = from; number < from + count; number++) {
                trades.add(trade(number));
            }
            return trades;
        }
    }
}
