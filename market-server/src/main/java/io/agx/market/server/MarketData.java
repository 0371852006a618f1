package io.agx.market.server;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.StateLimits;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.engine.MarketRecovery;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.inbox.InboxRecovery;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.store.HalfWritten;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreException;
import io.agx.market.server.store.StoreLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A data folder, open: {@code log/} with the truth, {@code db/} or a PostgreSQL database with the copy; and what is rebuilt from both. */
final class MarketData implements AutoCloseable {
    /** A log up to this size is replayed whole: about 3.5 million trades, which take less than two seconds. */
    private static final long MAX_REPLAYED_BYTES = 96L << 20;

    private final Path dataDir;
    private final StoreLocation location;
    private final SegmentedTradeLog log;
    private MarketStore store;

    private MarketData(Path dataDir, StoreLocation location, SegmentedTradeLog log, MarketStore store) {
        this.dataDir = dataDir;
        this.location = location;
        this.log = log;
        this.store = store;
    }

    /**
     * @throws IOException if the log cannot be opened, or is open in another process
     * @throws IllegalStateException if the database cannot be used, or is the copy of another log
     */
    static MarketData open(Path dataDir, StoreConfig config) throws IOException {
        StoreLocation location = locationOf(dataDir, config);
        if (location.isEmbedded() && StoreDatabase.importWasCut(location.folder())) {
            throw new IllegalStateException(
                    cutImport(location)); // Before a log is created, or the database taken for a killed server's.
        }
        SegmentedTradeLog log = SegmentedTradeLog.open(dataDir.resolve("log"));
        try {
            return new MarketData(dataDir, location, log, openStore(log, location, dataDir));
        } catch (RuntimeException | IOException e) {
            log.close();
            throw e;
        }
    }

    /** With the embedded database. */
    static MarketData open(Path dataDir) throws IOException {
        return open(dataDir, StoreConfig.EMBEDDED);
    }

    /** Where the store of a data folder is. */
    static StoreLocation locationOf(Path dataDir, StoreConfig config) {
        return new StoreLocation(
                dataDir.resolve("db"),
                config.url(),
                config.user(),
                config.password(),
                config.connections(),
                config.retainDays());
    }

    private static MarketStore openStore(TradeLog log, StoreLocation location, Path dataDir) throws IOException {
        Path folder = location.folder();
        if (location.isEmbedded() && StoreDatabase.wasLeftOpen(folder) && log.startPosition() == 0) {
            StoreDatabase.discard(folder);
        }
        MarketStore store = StoreDatabase.open(location);
        try {
            refuseCutImport(store, location);
            requireSameHistory(log, store, dataDir, location);
            HalfWritten.undo(log, store);
            return store;
        } catch (RuntimeException | IOException e) {
            store.close();
            throw e;
        }
    }

    SegmentedTradeLog log() {
        return log;
    }

    MarketStore store() {
        return store;
    }

    /** All instruments' state, as of a moment. */
    record Recovered(Map<Integer, InstrumentState> states, long replayedTrades) {}

    /**
     * Loads the checkpoint and replays the log from there. An embedded database that opened and turns out to be damaged is put aside, and
     * all of the log is replayed. Called before anyone is given the {@link #store()}.
     *
     * @param clockMillis the moment; what has closed by then has closed
     * @throws IllegalStateException if the database cannot be read for another reason
     */
    Recovered recover(StateLimits limits, long clockMillis) throws IOException {
        return recover(limits, clockMillis, MAX_REPLAYED_BYTES);
    }

    /**
     * What the store has of inboxes, to be completed from the log behind its position. A damaged database is put aside. Called after
     * {@link #recover} and before anyone is given the {@link #store()}.
     *
     * @throws IllegalStateException as {@link #recover}
     */
    InboxRecovery recoverInboxes(InboxLimits limits) throws IOException {
        try {
            return new InboxRecovery(store.inbox(), store.checkpointPosition(), limits);
        } catch (StoreException e) {
            putStoreAside(e);
            return new InboxRecovery(store.inbox(), store.checkpointPosition(), limits);
        }
    }

    private void putStoreAside(StoreException cause) throws IOException {
        if (!location.isEmbedded() || !StoreDatabase.isDamage(cause)) {
            throw new IllegalStateException("the " + location + " cannot be read: " + cause.getMessage(), cause);
        }
        store.close();
        StoreDatabase.putAside(location.folder(), cause);
        store = openStore(log, location, dataDir);
    }

    /** @param maxReplayedBytes a longer log is replayed from the checkpoint only */
    Recovered recover(StateLimits limits, long clockMillis, long maxReplayedBytes) throws IOException {
        try {
            return load(limits, clockMillis, maxReplayedBytes);
        } catch (StoreException e) {
            putStoreAside(e);
            return load(limits, clockMillis, maxReplayedBytes);
        }
    }

    private Recovered load(StateLimits limits, long clockMillis, long maxReplayedBytes) throws IOException {
        // Reading 28 bytes a trade and applying them is faster than reading the candles of the same trades from the
        // database.
        boolean wholeLog = log.startPosition() == 0 && log.durablePosition() <= maxReplayedBytes;
        InstrumentCheckpoint nothing =
                new InstrumentCheckpoint(0, clockMillis, 0, 0, 0, Map.of(), List.of(), List.of());
        Map<Integer, Instrument> stored = new HashMap<>();
        store.instruments().forEach(instrument -> stored.put(instrument.id(), instrument));
        MarketRecovery recovery = new MarketRecovery(
                limits,
                store.readers(),
                instrument -> wholeLog || !stored.containsKey(instrument.id())
                        ? nothing
                        : store.checkpoint(instrument, clockMillis, limits.klinesKept(), limits.tradesKept()));
        if (!wholeLog) {
            recovery.restore(stored.values());
        }
        long from = wholeLog ? log.startPosition() : Math.max(store.checkpointPosition(), log.startPosition());
        try (LogReader reader = log.reader(from)) {
            recovery.replay(reader);
        }
        return new Recovered(recovery.finish(clockMillis), recovery.replayedTrades());
    }

    @Override
    public void close() {
        try (log) {
            store.close();
        } catch (IOException e) {
            throw new IllegalStateException("the trade log could not be closed", e);
        }
    }

    /** @throws IllegalStateException if an import into the store did not end */
    static void refuseCutImport(MarketStore store, StoreLocation location) {
        if (store.transfer().mark().isPresent()) {
            throw new IllegalStateException(cutImport(location));
        }
    }

    /** What is told of a store that is not whole. */
    static String cutImport(StoreLocation location) {
        return "an import into the " + location
                + " was begun and did not end, so it is not whole: run market import again";
    }

    private static void requireSameHistory(TradeLog log, MarketStore store, Path dataDir, StoreLocation location) {
        Optional<UUID> epoch = store.epoch();
        if (epoch.isEmpty()) {
            if (log.startPosition() > 0) {
                throw new IllegalStateException("the trade log in " + dataDir + "/log begins at " + log.startPosition()
                        + ", and there is nothing in the " + location + " of what was before: put it back");
            }
            store.bind(log.epoch());
            return;
        }
        if (!epoch.get().equals(log.epoch())) {
            throw new IllegalStateException("the " + location + " is the copy of another trade log (epoch "
                    + epoch.get() + ", the log's is " + log.epoch() + "); move it away, and it is built anew");
        }
        long position = store.checkpointPosition();
        if (position > log.durablePosition()) {
            throw new IllegalStateException("the " + location + " is ahead of the trade log (" + position + " > "
                    + log.durablePosition() + "): log files are missing");
        }
        if (position < log.startPosition() && log.startPosition() > 0 && position > 0) {
            throw new IllegalStateException("the trade log in " + dataDir + "/log begins at " + log.startPosition()
                    + ", after the database's checkpoint " + position + ": log files are missing");
        }
    }
}
