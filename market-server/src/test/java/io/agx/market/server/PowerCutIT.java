package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.durability.RecordedLog;
import io.agx.market.server.store.StoreDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a power cut may leave on the disk: the log as far as it was forced and then anything, and any database file. */
final class PowerCutIT extends PowerCutSuite {
    private static final int ROUNDS = Math.max(Damage.values().length, Integer.getInteger("market.powercut.rounds", 0));

    private enum Damage {
        NONE,
        OLDER_COPY,
        TRUNCATED,
        GARBAGE_IN_THE_MIDDLE,
        GARBAGE_ONLY,
        ZERO_LENGTH,
        MISSING
    }

    private static Stream<Damage> rounds() {
        return IntStream.range(0, ROUNDS).mapToObj(round -> Damage.values()[round % Damage.values().length]);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void startsWithEveryAckedTradeAndADatabaseThatEqualsTheLog(Damage damage) throws Exception {
        Path live = folder.resolve("live");
        Path left = folder.resolve("left");
        try (MarketServer market = server(live)) {
            market.start();
            define(market);
            publish(market, 40);
            DataFolders.copy(live.resolve("db"), folder.resolve("older"));
            publish(market, 40);
            DataFolders.copy(live, left);
            Map<String, Long> ackedBeforeTheCut = Map.copyOf(acked);
            publish(market, 5);
            acked.clear();
            acked.putAll(ackedBeforeTheCut);
        }
        tearLog(live, left);
        damageDatabase(damage, left.resolve("db"));

        try (RecordedLog warnings = RecordedLog.of(StoreDatabase.class)) {
            startPublishAndStop(left);
            if (damage == Damage.GARBAGE_IN_THE_MIDDLE || damage == Damage.TRUNCATED) {
                // What no query of the first start came by is found later, and put aside at the next start.
                startPublishAndStop(left);
            }
            boolean mustWarn = damage == Damage.GARBAGE_ONLY;
            assertThat(warnings.atLeast(Level.WARN)).as("seed %s", seed).hasSizeBetween(mustWarn ? 1 : 0, 1);
        }
        assertWhole(left);
    }

    private void damageDatabase(Damage damage, Path db) throws IOException {
        Path file = db.resolve("market.mv.db");
        byte[] content = Files.readAllBytes(file);
        switch (damage) {
            case NONE -> {}
            case OLDER_COPY -> DataFolders.copy(folder.resolve("older"), db);
            case TRUNCATED -> Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
            case GARBAGE_IN_THE_MIDDLE -> {
                byte[] garbage = new byte[content.length / 3];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, content, content.length / 3, garbage.length);
                Files.write(file, content);
            }
            case GARBAGE_ONLY -> {
                random.nextBytes(content);
                Files.write(file, content);
            }
            case ZERO_LENGTH -> Files.write(file, new byte[0]);
            case MISSING -> Files.delete(file);
        }
    }

    @Override
    MarketData open(Path data) throws IOException {
        return MarketData.open(data);
    }

    @Override
    MarketConfig config(Path data) {
        return MarketConfig.defaults(data).withFeed(FeedConfig.NONE);
    }
}
