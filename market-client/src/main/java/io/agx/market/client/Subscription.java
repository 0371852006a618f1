package io.agx.market.client;

import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomKind;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One room of a client: where its data goes and how far it has come. Owned by the client's thread. */
final class Subscription {
    /** Candles that may wait for their close: at 1s a grace of many minutes. */
    private static final int MAX_OPEN = 1_500;

    private final int snapshotCount;
    private final Sink sink;
    private final @Nullable TradeSequence trades;
    // By open time: candles of which no close has come, with their newest seq.
    private final TreeMap<Long, Long> openSeqs = new TreeMap<>();
    private RoomName room;
    private RoomName joinedAs;
    private CompletableFuture<SubscribeReply> reply;
    private Freshness freshness;
    private boolean joined;
    private long seq;
    private @Nullable String epoch;

    /**
     * @param snapshotCount elements of history wanted at first, or {@link RoomRequest#UNSET}
     * @param trades keeps the order of a trade room's trades and tells them; null for other rooms
     */
    Subscription(
            RoomName room,
            int snapshotCount,
            Sink sink,
            @Nullable TradeSequence trades,
            CompletableFuture<SubscribeReply> reply) {
        this.room = room;
        this.joinedAs = room;
        this.snapshotCount = snapshotCount;
        this.sink = sink;
        this.trades = trades;
        this.reply = reply;
        freshness = new Freshness(room.rate().periodMillis());
    }

    RoomName room() {
        return room;
    }

    /** What the server knows the room as: until it has answered, not yet its new rate. */
    RoomName joinedAs() {
        return joinedAs;
    }

    /** Completes when the room is joined, or joined as it was changed last. */
    CompletableFuture<SubscribeReply> reply() {
        return reply;
    }

    Sink sink() {
        return sink;
    }

    boolean isJoined() {
        return joined;
    }

    long duplicateTradeCount() {
        return trades == null ? 0 : trades.duplicateCount();
    }

    /** Another rate of the same room. */
    void change(RoomName to, CompletableFuture<SubscribeReply> changed) {
        room = to;
        reply = changed;
        freshness = new Freshness(to.rate().periodMillis());
        if (trades != null) {
            trades.pause(); // The answer goes on from the cursor.
        }
    }

    /** Another history began: what came before says nothing about what comes. */
    void forgetPosition() {
        epoch = null;
        seq = 0;
        openSeqs.clear();
        if (trades != null) {
            trades.restart();
        }
    }

    /** The connection was lost. */
    void disconnected() {
        freshness.restart();
        if (trades != null) {
            trades.pause();
        }
    }

    /** What to ask for now: from the start, or from where the room stands. */
    RoomRequest request() {
        RoomRequest request = RoomRequest.of(room);
        if (epoch != null && room.kind() != RoomKind.STATE) {
            return request.since(new Cursor(epoch, trades == null ? openSeq() : trades.seq()));
        }
        return request.snapshot(snapshotCount);
    }

    /**
     * The cursor of a kline room: the oldest candle of which no close has come. A close does not raise a candle's seq, so the newest seq would
     * not say that it is missing.
     */
    private long openSeq() {
        return openSeqs.values().stream().mapToLong(Long::longValue).min().orElse(seq);
    }

    private void tell(KlineData kline) {
        if (kline.closed()) {
            openSeqs.remove(kline.openTimeMillis());
        } else {
            openSeqs.put(kline.openTimeMillis(), kline.seq());
            if (openSeqs.size() > MAX_OPEN) {
                openSeqs.pollFirstEntry();
            }
        }
        sink.kline(room, kline);
    }

    void onJoined(String serverEpoch, ReceivedEvent.RoomResult result) {
        ReceivedEvent.Snapshot snapshot = result.snapshot();
        if (!snapshot.tickers().isEmpty()) {
            sink.tickers(room, snapshot.tickers());
        }
        for (KlineData kline : snapshot.klines()) {
            tell(kline);
        }
        if (trades != null) {
            trades.joined(snapshot.trades(), result.seq());
        }
        seq = Math.max(seq, result.seq());
        epoch = serverEpoch;
        joined = true;
        joinedAs = room;
        SubscribeReply done = new SubscribeReply(room, result.seq(), snapshot);
        // On the common pool: what the application hangs on it must not hold up the connection.
        reply.completeAsync(() -> done);
    }

    void onTickers(ReceivedEvent.TickerUpdate update) {
        sink.tickers(room, update.tickers());
        seq = Math.max(seq, update.seq());
    }

    void onKline(ReceivedEvent.KlineUpdate update) {
        tell(update.kline());
        seq = Math.max(seq, update.seq());
    }

    void onTrades(ReceivedEvent.TradeUpdate update) {
        if (trades != null) {
            trades.offer(update.trades());
        }
    }

    void onGap(ReceivedEvent.Gap gap) {
        if (trades != null) {
            trades.lost(gap.toSeq(), gap.rest());
        }
    }

    /** A watermark of the server. Returns whether the room became stale by it, or is so no longer. */
    boolean onWatermark(long serverTimeMillis, ReceivedEvent.RoomPosition position) {
        if (trades != null && joined) {
            trades.known(position.seq());
        }
        return freshness.heard(serverTimeMillis, position.timeMillis());
    }

    Freshness freshness() {
        return freshness;
    }
}
