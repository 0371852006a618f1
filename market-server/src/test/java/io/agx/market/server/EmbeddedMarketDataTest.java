package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EmbeddedMarketDataTest extends MarketDataTest {
    @Override
    StoreConfig database() {
        return StoreConfig.EMBEDDED;
    }

    @Override
    void forgetDatabase() {
        try {
            DataFolders.delete(folder.resolve("db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void moveDatabase(Path from, Path to) throws IOException {
        DataFolders.copy(from.resolve("db"), to.resolve("db"));
    }

    @Test
    void buildsADatabaseAnewThatTheLastProcessDidNotClose() throws IOException {
        log(folder, source.next(BTC, 1, TRADES));
        try (MarketData data = MarketData.open(folder)) {
            storeFirst(data, TRADES, new Random(seed));
        }
        try (MarketData data = MarketData.open(folder)) {
            assertThat(data.store().lastSeq(BTC.id())).isEqualTo(TRADES);
        }
        Files.createFile(folder.resolve("db/open"));

        try (MarketData data = MarketData.open(folder)) {
            assertThat(data.store().checkpointPosition()).isZero();
            assertThat(data.store().lastSeq(BTC.id())).isZero();
            assertThat(data.recover(LIMITS, 0).replayedTrades()).isEqualTo(TRADES);
        }
        assertThat(folder.resolve("db/open")).doesNotExist();
    }
}
