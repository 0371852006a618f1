package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.durability.RecordedLog;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.inbox.SendResult;
import io.agx.market.server.jetty.EmbeddedServer;
import io.agx.market.server.room.Publication;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.subscriber.Transport;
import io.agx.market.server.testing.Scrape;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database fails while trades come: another session takes it for itself, so that every statement fails, as with a full disk; or
 * holds the row that each transaction writes, so that it is slow and then fails.
 */
final class StoreOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SYMBOL = "S1-USDT";

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final RandomTrades source = new RandomTrades(seed, System.currentTimeMillis() - TimeUnit.DAYS.toMillis(2));
    private final RecordingTransport subscriber = new RecordingTransport();
    private MarketServer market;
    private EmbeddedServer http;
    private Instrument instrument;
    private long published;
    private long told;

    @BeforeEach
    void start() throws IOException {
        market = new MarketServer(
                MarketConfig.defaults(folder).withFeed(FeedConfig.NONE).withState(new StateLimits(50, 100, 2_000)));
        http = new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS, market::install);
        market.start();
        http.start();
        instrument = market.instruments().define(new Symbol(SYMBOL), "S1", "USDT", 2, 8, 1, 1);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> market.history().instruments().contains(instrument));
        market.gateway().open(subscriber, List.of("ticker:" + SYMBOL));
    }

    @AfterEach
    void stop() {
        market.close();
        http.close();
    }

    @Test
    void everythingButOldHistoryGoesOnWhileTheDatabaseRefusesEveryStatement() throws Exception {
        failAndRecover("SET EXCLUSIVE 2", "SET EXCLUSIVE 0", true);
    }

    @Test
    void everythingGoesOnWhileTheDatabaseIsSlow() throws Exception {
        failAndRecover("SELECT * FROM checkpoint FOR UPDATE", "ROLLBACK", false);
    }

    private void failAndRecover(String failure, String release, boolean refuses) throws Exception {
        publish(20);
        try (RecordedLog log = RecordedLog.of(StoreWriter.class);
                Connection other = connect();
                Statement statement = other.createStatement()) {
            tellAlice(5);
            awaitAllStored(statement);
            other.setAutoCommit(false);
            statement.execute(failure);
            publish(20);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !log.atLeast(Level.ERROR).isEmpty());

            RestClient rest = new RestClient(http.port());
            publish(20);
            awaitTicker();
            assertThat(rest.get("/api/v1/klines?symbol=" + SYMBOL + "&interval=1s&limit=10&fill=false")
                            .status())
                    .isEqualTo(200);
            if (refuses) {
                RestClient.Answer old =
                        rest.get("/api/v1/klines?symbol=" + SYMBOL + "&interval=1s&limit=10&fill=false&startTime=0");
                assertThat(old.status()).as("%s", old.body()).isEqualTo(503);
                assertThat(old.body().get("code").textValue()).isEqualTo("store_behind");
            }
            inboxesGoOn();
            publish(20);
            assertThat(market.notReady()).isEmpty();
            tellsThatTheStoreIsGone(rest);
            assertThat(log.atLeast(Level.ERROR)).as("once per outage").hasSize(1);

            statement.execute(release);
            other.setAutoCommit(true);
            awaitAllStored(statement);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> log.atLeast(Level.INFO).contains("store is written again"));
            assertThat(log.atLeast(Level.INFO)).as("one error, one end of it").hasSize(2);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> rest.get("/health/ready").status() == 200);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Scrape.of(market.metrics().scrape()).sum("market_store_lag_bytes") == 0);
            Scrape scrape = Scrape.of(market.metrics().scrape());
            assertThat(scrape.sum("market_store_up")).isEqualTo(1);
            assertThat(scrape.sum("market_store_failures_total")).isPositive();
            assertThat(scrape.sum("market_store_trades_total"))
                    .as("without those whose transaction was committed and not heard of")
                    .isBetween(1.0, (double) published);
        }
        market.close();
        try (MarketData data = MarketData.open(folder)) {
            List<String> differences = new ArrayList<>();
            StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), differences::add);
            verifier.run();
            assertThat(differences).as("seed %s", seed).isEmpty();
            assertThat(verifier.behindBytes()).isZero();
            assertThat(verifier.tradeCount()).isEqualTo(published);
            assertThat(verifier.messageCount()).isEqualTo(told);
        }
    }

    private void tellsThatTheStoreIsGone(RestClient rest) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            RestClient.Answer ready = rest.get("/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body().get("status").textValue()).isEqualTo("degraded");
            for (JsonNode part : ready.body().get("parts")) {
                boolean isStore = part.get("name").textValue().equals("store");
                assertThat(part.get("ok").booleanValue()).as("%s", part).isEqualTo(!isStore);
                assertThat(Instant.parse(part.get("since").textValue())).isBefore(Instant.now());
                assertThat(part.has("reason")).isEqualTo(isStore);
            }
        });
        Scrape scrape = Scrape.of(market.metrics().scrape());
        assertThat(scrape.sum("market_health_ready")).isZero();
        assertThat(scrape.sum("market_health_part", "part", "log")).isEqualTo(1);
        assertThat(scrape.sum("market_health_part", "part", "store")).isZero();
        assertThat(scrape.sum("market_store_up")).isZero();
        assertThat(scrape.sum("market_store_lag_bytes")).isPositive();
    }

    private void tellAlice(int count) throws Exception {
        List<UserMessage> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drafts.add(new UserMessage("alice", 0, "notice", "m", "", null, "tests", null, 0, "key " + ++told));
        }
        assertThat(market.inbox().send(drafts).get(10, TimeUnit.SECONDS))
                .containsOnly(market.inbox().send(drafts).get(10, TimeUnit.SECONDS).stream()
                        .map(again -> (SendResult.Kept) again)
                        .map(again -> new SendResult.Kept("alice", again.seq(), false))
                        .toArray(SendResult[]::new));
    }

    /** Messages are kept once, read, and marked as before. */
    private void inboxesGoOn() throws Exception {
        tellAlice(20);
        assertThat(market.inbox()
                        .read("alice", List.of(told), 3, null, null)
                        .get(10, TimeUnit.SECONDS)
                        .unreadCount())
                .isEqualTo(told - 4);
        assertThat(market.inbox().messages("alice", 0, 1_000, false).messages()).hasSize((int) told);
        assertThat(market.inbox().messages("alice", 0, 1_000, true).messages()).hasSize((int) told - 4);
    }

    private void publish(int batches) throws Exception {
        for (int i = 0; i < batches; i++) {
            Offer offer = market.ingest().offer(source.next(instrument, 50));
            ((Offer.Accepted) offer).durable().get(10, TimeUnit.SECONDS);
            published += 50;
        }
    }

    /** Until the subscriber heard of the newest trade. */
    private void awaitTicker() {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(subscriber.messages).anyMatch(text -> text.contains("\"seq\":" + published)));
    }

    private void awaitAllStored(Statement statement) {
        Awaitility.await().atMost(PATIENCE).until(() -> storedTrades(statement) == published);
    }

    private static long storedTrades(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM trade")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** A session of the same database in this process; H2 shares what is open already. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("db/market"));
    }

    /** Keeps every message. */
    private static final class RecordingTransport implements Transport {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @Override
        public String name() {
            return "recording";
        }

        @Override
        public boolean write(List<Publication> publications, Runnable done) {
            publications.forEach(publication -> messages.add(publication.text()));
            return true;
        }

        @Override
        public void ping(int nonce) {}

        @Override
        public void close(CloseCode code, String reason) {}

        @Override
        public void abort() {}
    }
}
