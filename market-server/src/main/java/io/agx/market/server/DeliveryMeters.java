package io.agx.market.server;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.server.admin.Admin;
import io.agx.market.server.metrics.Metrics;
import io.agx.market.server.room.DeliveryLatency;
import io.agx.market.server.room.RoomEncoder;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.DeliveryCounters;
import io.agx.market.server.subscriber.SubscriberRegistry;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** What {@code /metrics} tells of delivery. */
final class DeliveryMeters {
    /** Bounds of the latency are powers of two in microseconds: from 128 us to 8.4 s. */
    private static final int FIRST_BOUND_BITS = 7;

    private static final int LAST_BOUND_BITS = 23;
    private static final double NANOS_PER_SECOND = 1e9;

    private DeliveryMeters() {}

    static void register(Metrics metrics, SubscriberRegistry subscribers, RoomLoop loop, RoomEncoder encoder) {
        DeliveryCounters counters = subscribers.counters();
        for (DeliveryCounters.Count count : DeliveryCounters.Count.values()) {
            metrics.counter("market.delivery." + count.id(), count.sentence(), () -> counters.count(count));
        }
        for (CloseCode code : CloseCode.values()) {
            metrics.counter(
                    "market.delivery.ends",
                    "Connections that the server ended, by the code that says why.",
                    () -> counters.endCount(code),
                    "code",
                    String.valueOf(code.code()));
        }
        for (String transport : List.of("fast", "portable")) {
            metrics.gauge(
                    "market.delivery.subscribers",
                    "Connections now, by how they are written to.",
                    () -> subscribers.count(transport),
                    "transport",
                    transport);
        }
        metrics.counter(
                "market.room.encodings",
                "Messages encoded for rooms: one for each publication and selection of fields, whatever the number of members.",
                encoder::encodingCount);
        metrics.counter("market.room.rounds", "Rounds of the flush thread.", loop::roundCount);
        metrics.counter(
                "market.room.publications",
                "Times that a room was published: at each it made a message or some, or found that nothing was new.",
                loop::publicationCount);
        metrics.histogram(
                "market_room_round_seconds",
                "What a round of the flush thread took; the sum is how busy it is.",
                loop.roundTimes());
        metrics.gauge(
                "market.room.members", "Memberships now: connections, each in each of its rooms.", loop::memberCount);
        metrics.gauge("market.room.tasks", "Tasks that wait for the flush thread.", loop::waitingTasks);
        for (RoomChannel channel : List.of(RoomChannel.TICKER, RoomChannel.KLINE, RoomChannel.TRADE)) {
            metrics.gauge(
                    "market.room.open",
                    "Rooms that are open now, each rate counted for itself; inboxes are not among them.",
                    () -> loop.registry().openCount(channel),
                    "channel",
                    channel.code());
        }
        metrics.gauge(
                "market.delivery.waiting.messages",
                "Messages that wait behind the write that is under way, of all connections; as of the last second.",
                () -> counters.waiting().messages());
        metrics.gauge(
                "market.delivery.waiting.bytes",
                "Bytes of these messages; what several connections wait for is counted for each.",
                () -> counters.waiting().bytes());
        metrics.gauge(
                "market.delivery.waiting.most.bytes",
                "Bytes that wait for the one connection for which most wait.",
                () -> counters.waiting().mostBytes());
        metrics.gauge(
                "market.delivery.writing",
                "Connections whose socket has not taken the last write yet.",
                () -> counters.waiting().writing());
        DeliveryLatency latency = loop.latency();
        metrics.histogram(
                "market_delivery_latency_seconds",
                "From a trade's being durable to the sockets of its readers, sampled.",
                IntStream.rangeClosed(FIRST_BOUND_BITS, LAST_BOUND_BITS)
                        .mapToDouble(bits -> (1L << bits) / 1e6)
                        .toArray(),
                () -> countsByBound(latency.counts()),
                () -> latency.totalNanos() / 1e9);
    }

    /** From a trade's own time: of no use where the past is replayed. */
    static void registerTradeAges(Metrics metrics, RoomLoop loop) {
        metrics.histogram(
                "market_delivery_trade_age_seconds",
                "From a trade's own time, by its source's clock, to the sockets of its readers, sampled.",
                loop.tradeAges());
    }

    /** Each bound is a power of two, and so the end of a place: no place is shared by two bounds. */
    private static long[] countsByBound(long[] counts) {
        long[] byBound = new long[LAST_BOUND_BITS - FIRST_BOUND_BITS + 2];
        for (int place = 0; place < counts.length; place++) {
            long lastMicros = DeliveryLatency.endMicros(place) - 1;
            int bits = Long.SIZE - Long.numberOfLeadingZeros(lastMicros);
            byBound[Math.max(0, Math.min(bits - FIRST_BOUND_BITS, byBound.length - 1))] += counts[place];
        }
        return byBound;
    }

    static void registerAdmin(Metrics metrics, Admin admin) {
        metrics.counter(
                "market.admin.questions", "Operators' questions that the flush thread came to.", admin::questionCount);
        metrics.counter(
                "market.admin.hold.seconds",
                "How long operators' questions held up the flush thread.",
                () -> admin.totalHoldNanos() / NANOS_PER_SECOND);
        metrics.gauge(
                "market.admin.longest.hold.seconds",
                "The longest that an operator's question held up the flush thread since the start.",
                () -> admin.longestHoldNanos() / NANOS_PER_SECOND);
    }

    static void registerCompression(Metrics metrics, DoubleSupplier compressions) {
        metrics.counter(
                "market.delivery.compressions",
                "Messages compressed, each once for all connections that get it.",
                compressions);
    }
}
