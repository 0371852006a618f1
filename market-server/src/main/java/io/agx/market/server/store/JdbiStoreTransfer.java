package io.agx.market.server.store;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.store.InboxStore.StoredMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** {@link StoreTransfer} over SQL. */
final class JdbiStoreTransfer implements StoreTransfer {
    private final MarketStore store;
    private final StoreBackend backend;

    JdbiStoreTransfer(MarketStore store, StoreBackend backend) {
        this.store = store;
        this.backend = backend;
    }

    @Override
    public List<StoredHead> heads() {
        return backend.readAtLeisure(handle -> backend.trades().heads(handle));
    }

    @Override
    public StoreSums sums() {
        return backend.readAtLeisure(handle -> SumQueries.run(handle, backend.keptTimeMillis(), backend::checksumOf));
    }

    @Override
    public Optional<ImportMark> mark() {
        return backend.read(handle -> handle.createQuery("SELECT epoch, log_position FROM import_mark")
                .map((row, context) -> new ImportMark(UUID.fromString(row.getString(1)), row.getLong(2)))
                .findOne());
    }

    @Override
    public boolean isEmpty() {
        return backend.read(handle -> List.of(
                        "log_identity",
                        "import_mark",
                        "instrument",
                        "trade",
                        "kline",
                        "asset_ticker",
                        "user_inbox",
                        "user_message")
                .stream()
                .noneMatch(table -> hasRow(handle, table)));
    }

    private static boolean hasRow(Handle handle, String table) {
        return handle.createQuery("SELECT 1 FROM " + table + " LIMIT 1")
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    @Override
    public void clear() {
        backend.write(handle -> {
            backend.trades().clear(handle);
            handle.execute("TRUNCATE TABLE kline");
            handle.execute("TRUNCATE TABLE asset_ticker");
            handle.execute("TRUNCATE TABLE user_message");
            handle.execute("TRUNCATE TABLE user_inbox");
            handle.execute("DELETE FROM instrument");
            handle.execute("DELETE FROM asset");
            handle.execute("DELETE FROM checkpoint");
            handle.execute("DELETE FROM log_identity");
            handle.execute("DELETE FROM import_mark");
        });
        backend.failed(); // What it remembers is gone.
    }

    @Override
    public void begin(ImportMark mark) {
        backend.write(handle -> handle.execute(
                "INSERT INTO import_mark (id, epoch, log_position, begun_time) VALUES (1, ?, ?, ?)",
                mark.epoch().toString(),
                mark.position(),
                System.currentTimeMillis()));
    }

    @Override
    public void add(StoreBatch rows) {
        try {
            backend.begin(rows);
            backend.write(handle -> {
                for (Instrument instrument : rows.instruments()) {
                    JdbiMarketStore.saveInstrument(handle, instrument);
                }
                if (!rows.trades().isEmpty()) {
                    backend.trades().insert(handle, rows.trades());
                }
                if (!rows.klines().isEmpty()) {
                    backend.klines().merge(handle, rows.klines());
                }
            });
        } catch (RuntimeException e) {
            backend.failed();
            throw e;
        }
    }

    @Override
    public void addInboxes(Map<String, InboxHead> heads) {
        backend.write(handle -> InboxRows.insertHeads(handle.getConnection(), heads));
    }

    @Override
    public void addMessages(List<StoredMessage> messages) {
        backend.write(handle -> InboxRows.insertStored(handle.getConnection(), messages));
    }

    @Override
    public void bind(UUID epoch, long position, List<StoredHead> heads, long keptTimeMillis) {
        store.bind(epoch);
        backend.write(handle -> {
            backend.requireOurs(handle);
            backend.trades().restoreHeads(handle, heads, keptTimeMillis);
            backend.move(handle, position);
        });
        backend.end(position);
    }

    @Override
    public void end() {
        store.flush();
        backend.write(handle -> handle.execute("DELETE FROM import_mark"));
        store.flush();
    }
}
