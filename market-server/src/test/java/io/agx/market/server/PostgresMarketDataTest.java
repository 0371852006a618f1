package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PostgresMarketDataTest extends MarketDataTest {
    private StoreConfig database = Postgres.shared().newDatabase();

    @Override
    StoreConfig database() {
        return database;
    }

    @Override
    void forgetDatabase() {
        database = Postgres.shared().newDatabase();
    }

    @Override
    void moveDatabase(Path from, Path to) {
        // It is not in the folder.
    }

    @Test
    void aSecondServerIsRefusedAsLongAsTheFirstHasTheDatabase() throws IOException {
        Path other = folder.resolve("other");
        log(folder, source.next(BTC, 1, 10));
        DataFolders.copy(folder.resolve("log"), other.resolve("log"));
        try (MarketData first = MarketData.open(folder, database)) {
            assertThatThrownBy(() -> MarketData.open(other, database))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(database.url() + " is in use by another server: session ")
                    .hasMessageContaining("\"market " + ProcessHandle.current().pid() + "\"");
            assertThat(first.store().checkpointPosition()).isZero();
        }
        MarketData.open(other, database).close();
    }
}
