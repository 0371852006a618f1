package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.drill.PostgresCluster;
import io.agx.market.server.drill.PowerCutImage;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RandomTrades;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What a power cut may leave of the log and of a PostgreSQL cluster at the same moment: see {@link PowerCutImage}. Both start again from
 * the images. {@code -Dmarket.powercut.rounds=N} sets how often (1).
 */
final class PowerCutOnPostgresIT extends PowerCutSuite {
    private static final int ROUNDS = Integer.getInteger("market.powercut.rounds", 1);

    /** With little memory it writes its pages soon: what is in memory only cannot be torn. */
    private static final String[] WRITES_SOON = {
        "shared_buffers=1MB", "bgwriter_delay=10ms", "bgwriter_lru_maxpages=1000", "bgwriter_lru_multiplier=10"
    };

    private StoreConfig store = StoreConfig.EMBEDDED;

    @Test
    void startsWithEveryAckedTradeAndADatabaseThatEqualsTheLog() throws Exception {
        long pages = 0;
        long lostPages = 0;
        long tornPages = 0;
        long ackedCount = 0;
        try (PostgresCluster live = PostgresCluster.create(folder, WRITES_SOON)) {
            for (int round = 1; round <= ROUNDS; round++) {
                PowerCutImage image = round(live, round);
                pages += image.pages();
                lostPages += image.lostPages();
                tornPages += image.tornPages();
                ackedCount += acked.size();
            }
        }
        System.out.println("power cut on PostgreSQL: seed=" + seed + " rounds=" + ROUNDS + " acked=" + ackedCount
                + " changedPages=" + pages + " ofThemLost=" + lostPages + " torn=" + tornPages);
        if (ROUNDS >= 10) { // One round may happen to lose nothing, and is held against the log all the same.
            assertThat(lostPages).isPositive();
            assertThat(tornPages).isPositive();
        }
    }

    private PowerCutImage round(PostgresCluster postgres, int round) throws Exception {
        Path live = folder.resolve("live" + round);
        Path left = folder.resolve("left" + round);
        Path older = folder.resolve("pg-older");
        Path cut = folder.resolve("pg-cut");
        acked.clear();
        instruments.clear();
        source = new RandomTrades(random.nextLong(), System.currentTimeMillis() - TimeUnit.DAYS.toMillis(3));
        String database = "market" + round;
        postgres.execute("CREATE DATABASE " + database);
        store = config(postgres, database);
        PowerCutImage image;
        try (MarketServer market = server(live)) {
            market.start();
            define(market);
            publish(market, random.nextInt(80));
            image = PowerCutImage.begin(postgres, older, random);
            publish(market, 20 + random.nextInt(100));
            // First the database: a cut is one moment, and the log of a later one is as good as none of the database
            // behind it.
            image.cut(cut);
            DataFolders.copy(live.resolve("log"), left.resolve("log"));
            Map<String, Long> ackedBeforeTheCut = Map.copyOf(acked);
            publish(market, 5);
            acked.clear();
            acked.putAll(ackedBeforeTheCut);
        }
        postgres.execute("DROP DATABASE " + database);
        tearLog(live, left);
        try (PostgresCluster again = postgres.on(cut)) {
            store = config(again, database);
            startPublishAndStop(left);
            assertWhole(left);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ", round " + round, e);
        }
        DataFolders.delete(live);
        DataFolders.delete(left);
        return image;
    }

    private static StoreConfig config(PostgresCluster postgres, String database) {
        return new StoreConfig(postgres.url(database), "postgres", "", 6, 0);
    }

    @Override
    MarketData open(Path data) throws IOException {
        return MarketData.open(data, store);
    }

    @Override
    MarketConfig config(Path data) {
        return MarketConfig.defaults(data).withFeed(FeedConfig.NONE).withStore(store);
    }
}
