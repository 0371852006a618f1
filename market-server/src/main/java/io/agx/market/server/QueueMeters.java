package io.agx.market.server;

import io.agx.market.server.admin.Admin;
import io.agx.market.server.engine.Engine;
import io.agx.market.server.http.BodyPlaces;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.journal.Journal;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.publish.PublishAcks;
import io.agx.market.server.replay.Replays;
import io.agx.market.server.room.RoomRegistry;
import io.agx.market.server.websocket.BlockingCalls;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Every bounded queue in the same three families, so that one rule sees them all: what is in it, its bound, and what it refused. */
final class QueueMeters {
    private final Metrics metrics;

    QueueMeters(Metrics metrics) {
        this.metrics = metrics;
    }

    void register(Journal journal, PublishAcks acks, Inbox inbox, Replays replays, BodyPlaces places) {
        queue(
                "journal_trades",
                () -> journal.stats().inFlight(),
                journal.config().maxInFlightTrades(),
                journal::refusedCount);
        queue("journal_requests", journal::inFlightRequests, journal.config().maxInFlightBatches(), () -> 0);
        queue("publish_trades", acks::inFlightTrades, PublishAcks.MAX_IN_FLIGHT, acks::refusedCount);
        queue(
                "inbox_requests",
                inbox::queuedRequests,
                inbox.limits().queuedRequests(),
                () -> inbox.counters().pushedBackCount());
        queue(
                "inbox_users",
                inbox::userCount,
                () -> inbox.limits().maxUsers(), // May change while it serves.
                () -> inbox.counters().refusedUserCount());
        queue("replays", replays::count, replays.maxAtOnce(), replays::refusedCount);
        queue("publishing_requests", places::taken, BodyPlaces.PLACES, places::refusedCount);
    }

    void register(Engine engine, RoomRegistry rooms, BlockingCalls calls, Admin admin) {
        List<Engine.ShardFigures> shards = engine.shards();
        for (int i = 0; i < shards.size(); i++) {
            // Nothing is refused: the journal's thread waits, and its own queue fills.
            queue("engine_" + i, shards.get(i)::queuedBatches, Engine.QUEUE_CAPACITY, () -> 0);
        }
        queue("pattern_rooms", rooms::patternRoomCount, RoomRegistry.MAX_PATTERN_ROOMS, rooms::refusedCount);
        queue("closes", calls::waitingCloses, BlockingCalls.MAX_WAITING, calls::droppedCloses);
        queue("pings", calls::waitingPings, BlockingCalls.MAX_WAITING, calls::droppedPings);
        queue("admin_questions", admin::openQuestions, Admin.MAX_QUESTIONS, admin::refusedCount);
    }

    private void queue(String name, DoubleSupplier depth, long limit, DoubleSupplier refusals) {
        queue(name, depth, () -> limit, refusals);
    }

    private void queue(String name, DoubleSupplier depth, DoubleSupplier limit, DoubleSupplier refusals) {
        metrics.gauge("market.queue.depth", "What is in a bounded queue now.", depth, "queue", name);
        metrics.gauge("market.queue.limit", "The bound of a queue.", limit, "queue", name);
        metrics.counter(
                "market.queue.refusals", "What a queue did not take because it was full.", refusals, "queue", name);
    }
}
