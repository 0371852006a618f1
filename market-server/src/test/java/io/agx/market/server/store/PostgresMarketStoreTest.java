package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Side;
import io.agx.market.core.model.Trade;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.testing.Postgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PostgresMarketStoreTest extends JdbiMarketStoreTest {
    private final StoreConfig database = Postgres.shared().newDatabase();
    private final StoreLocation location = PostgresLocations.of(database);

    @Override
    StoreLocation location() {
        return location;
    }

    @Test
    void aServerThatAnotherTookOverFromNeverWritesAgain() {
        List<Trade> trades = source.next(BTC, 1, 60);
        store.commit(batch(trades.subList(0, 20), 10));
        endSessions();
        MarketStore other = StoreDatabase.open(location);
        assertThatThrownBy(() -> store.commit(batch(trades.subList(20, 40), 20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("terminating connection");
        assertThatThrownBy(() -> store.commit(batch(trades.subList(20, 40), 20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is in use by another server: session ");
        other.commit(batch(trades.subList(20, 30), 15));
        other.close();

        assertThatThrownBy(() -> store.commit(batch(trades.subList(20, 40), 20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("was opened by another server since");
        assertThat(store.checkpointPosition()).isEqualTo(15);
        assertThatThrownBy(() -> store.commit(batch(trades.subList(30, 40), 20)))
                .hasMessageContaining("was opened by another server since");
        assertThat(store.lastSeq(1)).isEqualTo(30);
    }

    /** As after a failover to a standby that did not have the last transactions. */
    @Test
    void aDatabaseThatWentBackIsNotWrittenToUntilItsPositionIsRead() {
        List<Trade> trades = source.next(BTC, 1, 60);
        store.commit(batch(trades.subList(0, 20), 10));
        Postgres.shared().execute(database, "UPDATE checkpoint SET log_position = 7");

        assertThatThrownBy(() -> store.commit(batch(trades.subList(20, 40), 20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is at position 7 and not at 10");
        assertThatThrownBy(store::flush).isInstanceOf(StoreException.class);
        assertThat(store.lastSeq(1)).isEqualTo(20);
        assertThat(store.checkpointPosition()).isEqualTo(7);
        store.commit(batch(trades.subList(20, 40), 20));
        store.flush();
    }

    @Test
    void idsOfAnyCharactersArriveUnchanged() {
        List<Trade> trades = new ArrayList<>();
        for (String id : List.of("\\N", "\\.", "a\\tb", "tab\there", "'quote\"", "{brace,}", "%41", "\u00e9")) {
            trades.add(new Trade(trades.size() + 1L, id, 1, 1, Side.BUY, 1_000, false));
        }
        store.commit(batch(trades, 10));

        assertThat(store.tradesBySeq(1, 1, 100, 100)).isEqualTo(trades);
    }

    /** All of the database's, but this one. */
    private void endSessions() {
        Postgres.shared()
                .execute(
                        database,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND pid <> pg_backend_pid()");
    }

    @Test
    void hasNothingPendingForATransactionIsWhollyThereOrNotAtAll() {
        List<Trade> first = source.next(BTC, 1, 50);
        store.commit(batch(first, 10));
        assertThat(store.pending()).isEmpty();

        assertThatThrownBy(() -> store.commit(batch(first, 20))).isInstanceOf(StoreException.class);
        assertThat(store.pending()).isEmpty();
        assertThat(store.checkpointPosition()).isEqualTo(10);
    }
}
