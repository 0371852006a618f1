package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.durability.RecordedLog;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.testing.DatabaseProxy;
import io.agx.market.server.testing.Postgres;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL fails while trades come: ingest, live and what is in the cache go on; history that only it has is refused in time; afterwards it
 * has everything, digit for digit. Those that wait for time-outs run with {@code -Dmarket.postgres.full=true}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class PostgresOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** RELIABILITY: nothing hangs longer. */
    private static final long MAX_ANSWER_MILLIS = 10_000;

    private static final String SYMBOL = "SOL-USDT";

    @TempDir
    private static Path postgresFolder;

    private static Postgres postgres;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final RandomTrades source = new RandomTrades(seed, System.currentTimeMillis() - TimeUnit.DAYS.toMillis(2));
    private final StoreConfig direct = postgres.newDatabase();
    private long published;

    /** What is done to the database and undone again. */
    private interface Fault {
        void begin() throws Exception;

        void end() throws Exception;
    }

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = Postgres.start(postgresFolder);
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @Test
    void aCrashOfTheDatabaseIsSatOut() throws Exception {
        survives(direct, new Fault() {
            @Override
            public void begin() {
                postgres.stop("immediate");
            }

            @Override
            public void end() {
                postgres.start();
            }
        });
    }

    @Test
    void aDatabaseThatIsFullIsSatOut() throws Exception {
        survives(direct, new Fault() {
            @Override
            public void begin() {
                // As a full disk answers: https://www.postgresql.org/docs/current/errcodes-appendix.html, class 53.
                postgres.execute(
                        direct,
                        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
                                + " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
                                + " CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON kline"
                                + " FOR EACH STATEMENT EXECUTE FUNCTION full_disk()");
            }

            @Override
            public void end() {
                postgres.execute(direct, "DROP TRIGGER full_disk ON kline; DROP FUNCTION full_disk()");
            }
        });
    }

    @Test
    void sessionsThatAreEndedAreOpenedAgain() throws Exception {
        try (RunningMarket market = start(direct)) {
            Instrument instrument = market.define(SYMBOL, 2, 8);
            publish(market, instrument, 20);
            awaitAllStored();
            for (int i = 0; i < 5; i++) {
                postgres.execute(
                        direct,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND pid <> pg_backend_pid()");
                publish(market, instrument, 5);
            }
            awaitAllStored();
        }
        assertEqual();
    }

    @Test
    @EnabledIfSystemProperty(named = "market.postgres.full", matches = "true")
    void aNetworkThatSwallowsEverythingHoldsNobodyUp() throws Exception {
        throughProxy(DatabaseProxy.State.SWALLOWS);
    }

    @Test
    @EnabledIfSystemProperty(named = "market.postgres.full", matches = "true")
    void refusedAndCutConnectionsAreOpenedAgain() throws Exception {
        throughProxy(DatabaseProxy.State.REFUSES);
    }

    @Test
    @EnabledIfSystemProperty(named = "market.postgres.full", matches = "true")
    void aTableThatAnotherSessionLocksIsWaitedForWithinABound() throws Exception {
        try (Connection other = postgres.connect(direct)) {
            survives(direct, new Fault() {
                @Override
                public void begin() throws Exception {
                    other.setAutoCommit(false);
                    try (Statement statement = other.createStatement()) {
                        statement.execute("LOCK TABLE kline IN ACCESS EXCLUSIVE MODE");
                    }
                }

                @Override
                public void end() throws Exception {
                    other.rollback();
                }
            });
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "market.postgres.full", matches = "true")
    void aDatabaseFarAwayIsOnlySlower() throws Exception {
        MarketData.open(folder, direct).close(); // Makes the tables, which is hundreds of round trips.
        try (DatabaseProxy proxy = new DatabaseProxy(postgres.port())) {
            proxy.set(DatabaseProxy.State.DELAYS);
            try (RunningMarket market = start(Postgres.through(proxy.port(), direct))) {
                Instrument instrument = market.define(SYMBOL, 2, 8);
                publish(market, instrument, 100);
                awaitAllStored();
                assertThat(oldHistory(market)).isEqualTo(200);
            }
        }
        assertEqual();
    }

    private void throughProxy(DatabaseProxy.State state) throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(postgres.port())) {
            survives(Postgres.through(proxy.port(), direct), new Fault() {
                @Override
                public void begin() {
                    proxy.set(state);
                }

                @Override
                public void end() {
                    proxy.set(DatabaseProxy.State.PASSES);
                }
            });
        }
    }

    /** History that the database has, or does not have yet, is 503 meanwhile: what was published pushed it out of the window. */
    private void survives(StoreConfig config, Fault fault) throws Exception {
        try (RecordedLog log = RecordedLog.of(StoreWriter.class);
                RunningMarket market = start(config)) {
            Instrument instrument = market.define(SYMBOL, 2, 8);
            publish(market, instrument, 20);
            awaitAllStored();
            fault.begin();
            publish(market, instrument, 20);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !log.atLeast(Level.ERROR).isEmpty());

            for (int i = 0; i < 5; i++) {
                assertThat(oldHistory(market)).isEqualTo(503);
                publish(market, instrument, 5);
                assertThat(newest(market)).isEqualTo(200);
            }
            assertThat(market.server().notReady()).isEmpty();
            assertThat(log.atLeast(Level.ERROR)).as("once per outage").hasSize(1);

            fault.end();
            awaitAllStored();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> log.atLeast(Level.INFO).contains("store is written again"));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(oldHistory(market)).isEqualTo(200));
        }
        assertEqual();
    }

    private RunningMarket start(StoreConfig config) throws IOException {
        return RunningMarket.listening(
                folder, market -> market.withStore(config).withState(new StateLimits(50, 100, 2_000)));
    }

    private void publish(RunningMarket market, Instrument instrument, int batches) throws Exception {
        for (int i = 0; i < batches; i++) {
            Offer offer = market.server().ingest().offer(source.next(instrument, 50));
            ((Offer.Accepted) offer).durable().get(MAX_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            published += 50;
        }
    }

    private static int oldHistory(RunningMarket market) throws Exception {
        return get(market, "/api/v1/klines?symbol=" + SYMBOL + "&interval=1s&limit=10&fill=false&startTime=0");
    }

    private static int newest(RunningMarket market) throws Exception {
        return get(market, "/api/v1/klines?symbol=" + SYMBOL + "&interval=1s&limit=10&fill=false");
    }

    private static int get(RunningMarket market, String path) throws Exception {
        long startNanos = System.nanoTime();
        int status = new RestClient(market.port()).get(path).status();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos))
                .as(path)
                .isLessThan(MAX_ANSWER_MILLIS);
        return status;
    }

    private void awaitAllStored() {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (Connection connection = postgres.connect(direct);
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT COUNT(*) FROM trade")) {
                rows.next();
                return rows.getLong(1) == published;
            }
        });
    }

    private void assertEqual() throws IOException {
        try (MarketData data = MarketData.open(folder, direct)) {
            List<String> differences = new ArrayList<>();
            StoreVerifier verifier = new StoreVerifier(data.log(), data.store(), differences::add);
            verifier.run();
            assertThat(differences).as("seed %s", seed).isEmpty();
            assertThat(verifier.behindBytes()).isZero();
            assertThat(verifier.tradeCount()).isEqualTo(published);
        }
    }
}
