package io.agx.market.server;

import io.agx.market.server.admin.ServerFigures;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.journal.JournalStats;
import io.agx.market.server.journal.TradeLog;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.DeliveryCounters.Count;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.function.Supplier;

/** Reads the server's figures where they are counted. Thread-safe: all of them may be read by anyone. */
final class FigureReader implements Supplier<ServerFigures> {
    private final TradeLog log;
    private final Journal journal;
    private final Ingest ingest;
    private final Engine engine;
    private final StoreWriter storeWriter;
    private final RoomLoop loop;
    private final SubscriberRegistry subscribers;

    FigureReader(
            TradeLog log,
            Journal journal,
            Ingest ingest,
            Engine engine,
            StoreWriter storeWriter,
            RoomLoop loop,
            SubscriberRegistry subscribers) {
        this.log = log;
        this.journal = journal;
        this.ingest = ingest;
        this.engine = engine;
        this.storeWriter = storeWriter;
        this.loop = loop;
        this.subscribers = subscribers;
    }

    @Override
    public ServerFigures get() {
        JournalStats journaled = journal.stats();
        DeliveryCounters delivered = subscribers.counters();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long storedPosition = storeWriter.storedPosition(); // Before the log's, which it follows.
        return new ServerFigures(
                System.currentTimeMillis(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                journaled.trades(),
                journaled.duplicates(),
                ingest.rejectedCount(),
                delivered.count(Count.MESSAGES),
                delivered.count(Count.BYTES),
                delivered.count(Count.WRITES),
                delivered.count(Count.CONFLATED),
                delivered.count(Count.DROPPED),
                subscribers.count(),
                loop.registry().openCount(),
                journaled.inFlight(),
                engine.queuedBatches(),
                Math.max(0, log.durablePosition() - storedPosition),
                heap.getUsed(),
                heap.getMax(),
                ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toNanos)
                        .orElse(0L));
    }
}
