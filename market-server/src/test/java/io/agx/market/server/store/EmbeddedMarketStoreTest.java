package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Trade;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedMarketStoreTest extends JdbiMarketStoreTest {
    @TempDir
    private Path folder;

    @Override
    StoreLocation location() {
        return StoreLocation.embedded(folder.resolve("db"));
    }

    @Test
    void hasNothingPendingAfterACommitAndTheBatchAfterAFailedOne() {
        List<Trade> first = source.next(BTC, 1, 50);
        store.commit(batch(first, 10));
        assertThat(store.pending()).isEmpty();

        assertThatThrownBy(() -> store.commit(batch(first, 20))).isInstanceOf(StoreException.class);
        assertThat(store.pending()).contains(new PendingBatch(10, 20));
    }
}
